"""Versions of the record of processing, and the register of breaches with what is known of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import (
    Basis,
    Category,
    Holding,
    Purpose,
    Retention,
    Whose,
)
from chathaven.engines.database.tables import Table

KEPT = Holding(
    whose=Whose.ACCOUNT,
    purpose=Purpose.ACCOUNTABILITY,
    basis=Basis.LEGAL_DUTY,
    retention=Retention.ACCOUNT,
    person="account_id",
)
CONCERNED = Holding(
    whose=Whose.VISITOR,
    purpose=Purpose.ACCOUNTABILITY,
    basis=Basis.LEGAL_DUTY,
    retention=Retention.ACCOUNT,
    person="visitor_id",
)
"""Of those whom a breach concerns: it goes with the person."""


class RecordVersion(Table):
    """The record of processing (GDPR Art. 30) as it was from one time to the next. Never changed.

    It names people of the company, so it is sealed with the account's key.
    """

    __tablename__ = "record_versions"
    holding = KEPT

    account_id: Mapped[UUID] = columns.account()
    kind: Mapped[str] = columns.state(primary_key=True)
    version: Mapped[int] = columns.version(primary_key=True)
    sha256: Mapped[str] = columns.public_key()
    document: Mapped[dict[str, Any]] = columns.sealed(Category.CONTENT)
    reason: Mapped[str] = columns.state()
    created_at: Mapped[datetime] = columns.time()


class BreachStatus(StrEnum):
    """Whether anything is left to do."""

    OPEN = "open"
    CLOSED = "closed"


class Decision(StrEnum):
    """Whether the authority is told (GDPR Art. 33(1))."""

    UNDECIDED = "undecided"
    NOTIFY = "notify"
    NOT_NEEDED = "not-needed"


class Breach(Table):
    """One personal data breach (GDPR Art. 33(5)), also one that nobody has to be told of.

    `content` holds what people wrote. `aware_at` starts the clock and is never changed.
    """

    __tablename__ = "breaches"
    holding = KEPT
    __table_args__ = (Index("breaches_number_idx", "account_id", "number", unique=True),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    number: Mapped[int] = columns.counter()
    status: Mapped[str] = columns.state()
    decision: Mapped[str] = columns.state()
    risk: Mapped[str] = columns.state()
    nature: Mapped[list[str]] = columns.states()
    content: Mapped[dict[str, Any]] = columns.sealed(Category.CONTENT)
    deadline_hours: Mapped[int] = columns.version()
    alerted_hours: Mapped[int] = columns.version()
    aware_at: Mapped[datetime] = columns.time()
    began_at: Mapped[datetime | None] = columns.optional_time()
    ended_at: Mapped[datetime | None] = columns.optional_time()
    notified_at: Mapped[datetime | None] = columns.optional_time()
    completed_at: Mapped[datetime | None] = columns.optional_time()
    people_told_at: Mapped[datetime | None] = columns.optional_time()
    closed_at: Mapped[datetime | None] = columns.optional_time()
    created_by: Mapped[UUID] = columns.identifier()
    created_at: Mapped[datetime] = columns.time()


class BreachNote(Table):
    """One step in the history of a breach: what was changed, decided or told. Only added to."""

    __tablename__ = "breach_notes"
    holding = KEPT

    account_id: Mapped[UUID] = columns.account()
    breach_id: Mapped[UUID] = columns.identifier(primary_key=True)
    number: Mapped[int] = columns.counter(primary_key=True)
    kind: Mapped[str] = columns.state()
    operator_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    content: Mapped[dict[str, Any] | None] = columns.sealed(Category.CONTENT)
    created_at: Mapped[datetime] = columns.time()


class BreachScope(Table):
    """An answer to "whose data was in scope", in numbers; the people are in `BreachPerson`."""

    __tablename__ = "breach_scopes"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.ACCOUNT,
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    breach_id: Mapped[UUID] = columns.identifier()
    by_kind: Mapped[str] = columns.state()
    by_id: Mapped[UUID] = columns.identifier()
    since: Mapped[datetime] = columns.time()
    until: Mapped[datetime] = columns.time()
    counts: Mapped[dict[str, Any]] = columns.configuration_object()
    asked_by: Mapped[UUID] = columns.identifier()
    created_at: Mapped[datetime] = columns.time()


class BreachPerson(Table):
    """That a visitor was in the scope of a breach. Goes with the visitor; the numbers stay."""

    __tablename__ = "breach_people"
    holding = CONCERNED
    __table_args__ = (Index("breach_people_visitor_idx", "account_id", "visitor_id"),)

    account_id: Mapped[UUID] = columns.account()
    scope_id: Mapped[UUID] = columns.identifier(primary_key=True)
    visitor_id: Mapped[UUID] = columns.identifier(primary_key=True)
    certainty: Mapped[str] = columns.state()
    times: Mapped[int] = columns.counter()
    first_at: Mapped[datetime] = columns.time()
    last_at: Mapped[datetime] = columns.time()
