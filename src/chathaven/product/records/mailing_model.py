"""Letters to those concerned by a breach (GDPR Art. 34): the batch, and one row a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Category
from chathaven.engines.database.tables import Table
from chathaven.product.records.model import CONCERNED, KEPT

FILL_JOB = "breach-mailing"
SEND_JOB = "breach-letter"
AT_ONCE = 500
"""How many letters one step of a batch writes or enqueues."""


class BreachMailing(Table):
    """One batch of letters about a breach. `letters` has subject and text by language, sealed;
    `hashes` the SHA-256 of each.
    """

    __tablename__ = "breach_mailings"
    holding = KEPT

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    breach_id: Mapped[UUID] = columns.identifier()
    scope_id: Mapped[UUID] = columns.identifier()
    certainties: Mapped[list[str]] = columns.states()
    letters: Mapped[dict[str, Any] | None] = columns.sealed(Category.CONTENT)
    hashes: Mapped[dict[str, str]] = columns.configuration_object()
    asked_by: Mapped[UUID] = columns.identifier()
    total: Mapped[int] = columns.counter()
    created_at: Mapped[datetime] = columns.time()
    finished_at: Mapped[datetime | None] = columns.optional_time()


class LetterState(StrEnum):
    """How far a letter has come.

    `UNCLEAR`: the server fell silent, or the process died, while it was handed over. It is not
    sent again by itself, for nobody may get it twice.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCLEAR = "unclear"
    NO_ADDRESS = "no-address"


class BreachLetter(Table):
    """One person's letter: the proof that they were told, or not. Goes with the person."""

    __tablename__ = "breach_letters"
    holding = CONCERNED
    __table_args__ = (
        Index("breach_letters_once_idx", "account_id", "mailing_id", "visitor_id", unique=True),
        Index("breach_letters_visitor_idx", "account_id", "visitor_id"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    mailing_id: Mapped[UUID] = columns.identifier()
    breach_id: Mapped[UUID] = columns.identifier()
    visitor_id: Mapped[UUID] = columns.identifier()
    language: Mapped[str] = columns.state()
    sha256: Mapped[str] = columns.public_key()
    state: Mapped[str] = columns.state()
    tries: Mapped[int] = columns.counter()
    begun_at: Mapped[datetime | None] = columns.optional_time()
    sent_at: Mapped[datetime | None] = columns.optional_time()
