"""What the interface of requests takes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chathaven.base.fields import EmailText, NameText
from chathaven.product.rights.states import Kind, RefusalGround
from chathaven.product.visitors.identify import Profile

Words = Annotated[str, Meta(max_length=10_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=2_000)]
Subject = Annotated[str, Meta(min_length=1, max_length=200)]
LetterText = Annotated[str, Meta(min_length=1, max_length=20_000)]
Language = Annotated[str, Meta(max_length=35)]


class NewRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A request that an operator enters; without a time it was received now."""

    kind: Kind
    via: Literal["letter", "phone", "email"]
    received_at: datetime | None = None
    visitor_id: UUID | None = None
    name: NameText | None = None
    email: EmailText | None = None
    text: Words | None = None
    language: Language = "en"
    on_behalf: Words | None = None
    wishes: Profile | None = None


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """A correction of what was entered, or that the requester is this visitor."""

    kind: Kind | UnsetType = UNSET
    visitor_id: UUID | UnsetType = UNSET
    name: NameText | UnsetType = UNSET
    email: EmailText | UnsetType = UNSET
    language: Language | UnsetType = UNSET


class NewStep(msgspec.Struct, forbid_unknown_fields=True):
    """A step without a letter. Verifying by hand takes the reason, duplicates the other request."""

    to: Literal[
        "identity_pending",
        "verified",
        "in_scope_check",
        "waiting_external",
        "running",
        "partially_done",
        "done",
        "duplicate",
        "withdrawn",
    ]
    reason: Reason | None = None
    duplicate_of: UUID | None = None


class Doubt(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is doubtful who asks; it stops the clock."""

    reason: Reason


class Approval(msgspec.Struct, forbid_unknown_fields=True):
    """The answer, and of a correction what is corrected.

    `do_not_contact` keeps a keyed hash of the address, so that it gets no advertising; an objection
    always does.
    """

    subject: Subject
    text: LetterText
    profile: Profile | None = None
    do_not_contact: bool = False


class Refusal(msgspec.Struct, forbid_unknown_fields=True):
    """On which ground of the law, why, and the letter."""

    ground: RefusalGround
    reason: Reason
    subject: Subject
    text: LetterText


class Extension(msgspec.Struct, forbid_unknown_fields=True):
    """Why two months more are needed, and the letter that says so."""

    reason: Reason
    subject: Subject
    text: LetterText


class NewLetter(msgspec.Struct, forbid_unknown_fields=True):
    """Any other letter to the person."""

    subject: Subject
    text: LetterText


class MarkedMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A visitor's message that is a request, by its number in the chat.

    `again` makes a new one where the message was a request before and that one is closed.
    """

    kind: Kind
    seq: Annotated[int, Meta(ge=0, le=2**53)]
    again: bool = False


class OwnAsking(msgspec.Struct, forbid_unknown_fields=True):
    """What a visitor asks for in the widget."""

    kind: Kind
    text: Words | None = None
    wishes: Profile | None = None
