"""What is asked about a breach: the fields of the authorities' common template."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Text = Annotated[str, Meta(max_length=10_000)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Nature = Literal["confidentiality", "integrity", "availability"]
Natures = Annotated[list[Nature], Meta(max_length=3)]
Count = Annotated[int, Meta(ge=0, le=10**12)]
TEXTS = (
    "title",
    "description",
    "reporter",
    "detection",
    "subjects",
    "records",
    "measures_before",
    "consequences",
    "measures_taken",
    "decision_reason",
    "people_reason",
    "authority",
)
"""Fields of the content, besides the two numbers."""
CHANGEABLE = frozenset({"nature", "risk", "decision", "began_at", "ended_at"})
"""Columns that a change may set; `aware_at` is none of them."""


class NewBreach(msgspec.Struct, forbid_unknown_fields=True):
    """A breach as it is entered. `aware_at`: since when it is reasonably certain."""

    title: Title
    aware_at: datetime
    description: Text = ""
    nature: Natures = []


class BreachChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is known by now; what is left out stays.

    `detection`: how it was noticed. `subjects` and `records`: categories, in words, beside the
    approximate numbers. `measures_before`: what protected the data. `people_reason`: why those
    concerned are told, or not (Art. 34(3)).
    """

    title: Title | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    nature: Natures | UnsetType = UNSET
    reporter: Text | UnsetType = UNSET
    detection: Text | UnsetType = UNSET
    began_at: datetime | None | UnsetType = UNSET
    ended_at: datetime | None | UnsetType = UNSET
    subjects: Text | UnsetType = UNSET
    subject_count: Count | None | UnsetType = UNSET
    records: Text | UnsetType = UNSET
    record_count: Count | None | UnsetType = UNSET
    measures_before: Text | UnsetType = UNSET
    consequences: Text | UnsetType = UNSET
    measures_taken: Text | UnsetType = UNSET
    risk: Literal["unknown", "unlikely", "risk", "high"] | UnsetType = UNSET
    decision: Literal["undecided", "notify", "not-needed"] | UnsetType = UNSET
    decision_reason: Text | UnsetType = UNSET
    authority: Text | UnsetType = UNSET
    people_reason: Text | UnsetType = UNSET


class Told(msgspec.Struct, forbid_unknown_fields=True):
    """That somebody was told, when, and what. `final`: nothing more is to come."""

    whom: Literal["authority", "people"]
    text: Text
    at: datetime | None = None
    final: bool = False
    late_reason: Text | None = None
