"""Requests of people about their data: what is left as proof, and what is about the person.

`rights_requests` and `rights_steps` name nobody: when, what, how far, and which erasure followed.
All that is about the person stands in the other tables, under the person's key, and goes with
them. Nothing in the proof leads back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
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

_PROOF = Holding(
    whose=Whose.NOBODY,
    purpose=Purpose.ACCOUNTABILITY,
    basis=Basis.LEGAL_DUTY,
    retention=Retention.AUDIT,
)
_ABOUT_THEM = Holding(
    whose=Whose.VISITOR,
    purpose=Purpose.ACCOUNTABILITY,
    basis=Basis.LEGAL_DUTY,
    retention=Retention.AUDIT,
    person="person_id",
)


class RightsRequest(Table):
    """One request: what was asked for, when, and how far it has come. It names nobody.

    `due_at` is the start, in UTC, of the last day for the answer; `first_due_at` that of the first
    month, which an extension does not move. `warned` is the smallest number of days left that was
    warned of; `ground` why it was refused, `erasure_id` the erasure that followed.
    """

    __tablename__ = "rights_requests"
    holding = msgspec.structs.replace(_PROOF, since="closed_at")
    __table_args__ = (
        Index("rights_requests_due_idx", "account_id", "due_at", "id"),
        Index("rights_requests_closed_idx", "account_id", "closed_at", "id"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    kind: Mapped[str] = columns.state()
    state: Mapped[str] = columns.state()
    via: Mapped[str] = columns.state()
    received_at: Mapped[datetime] = columns.time()
    first_due_at: Mapped[datetime] = columns.time()
    due_at: Mapped[datetime] = columns.time()
    extended_at: Mapped[datetime | None] = columns.optional_time()
    stopped_at: Mapped[datetime | None] = columns.optional_time()
    warned: Mapped[int | None] = columns.counter(nullable=True)
    escalated_at: Mapped[datetime | None] = columns.optional_time()
    ground: Mapped[str | None] = columns.state(nullable=True)
    erasure_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    duplicate_of: Mapped[UUID | None] = columns.identifier(nullable=True)
    closed_at: Mapped[datetime | None] = columns.optional_time()


class RightsStep(Table):
    """One step of a request. Of an operator it keeps the id, of the person only that it was they."""

    __tablename__ = "rights_steps"
    holding = msgspec.structs.replace(_PROOF, since="at")

    account_id: Mapped[UUID] = columns.account()
    request_id: Mapped[UUID] = columns.identifier(primary_key=True)
    number: Mapped[int] = columns.counter(primary_key=True)
    came_from: Mapped[str | None] = columns.state(nullable=True)
    state: Mapped[str] = columns.state()
    actor_kind: Mapped[str] = columns.state()
    actor_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    at: Mapped[datetime] = columns.time()


class RightsContent(Table):
    """Who asks, and in which words. `person_kind` is visitor, or requester for somebody unknown.

    `details` holds the language of the answer, the corrections that are wished for, and whoever
    asks on the person's behalf.
    """

    __tablename__ = "rights_contents"
    holding = _ABOUT_THEM
    __table_args__ = (Index("rights_contents_person_idx", "account_id", "person_id"),)

    account_id: Mapped[UUID] = columns.account()
    request_id: Mapped[UUID] = columns.identifier(primary_key=True)
    person_id: Mapped[UUID] = columns.identifier()
    person_kind: Mapped[str] = columns.state()
    chat_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    seq: Mapped[int | None] = columns.counter(nullable=True)
    name: Mapped[str | None] = columns.sealed(Category.IDENTITY)
    email: Mapped[str | None] = columns.sealed(Category.IDENTITY)
    email_index: Mapped[bytes | None] = columns.index_of("email")
    text: Mapped[str | None] = columns.sealed(Category.CONTENT)
    details: Mapped[dict[str, Any] | None] = columns.sealed(Category.CONTENT)


class RightsNote(Table):
    """A reason or a remark of an operator about a request, beside the step of this number."""

    __tablename__ = "rights_notes"
    holding = _ABOUT_THEM
    __table_args__ = (Index("rights_notes_request_idx", "account_id", "request_id"),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    request_id: Mapped[UUID] = columns.identifier()
    person_id: Mapped[UUID] = columns.identifier()
    number: Mapped[int] = columns.counter()
    text: Mapped[str | None] = columns.sealed(Category.CONTENT)
    created_at: Mapped[datetime] = columns.time()


class RightsLetter(Table):
    """A letter to the person. `way` is email, widget or by-hand; `content` has to, subject, text."""

    __tablename__ = "rights_letters"
    holding = _ABOUT_THEM
    __table_args__ = (Index("rights_letters_request_idx", "account_id", "request_id"),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    request_id: Mapped[UUID] = columns.identifier()
    person_id: Mapped[UUID] = columns.identifier()
    kind: Mapped[str] = columns.state()
    way: Mapped[str] = columns.state()
    content: Mapped[dict[str, Any] | None] = columns.sealed(Category.CONTENT)
    created_at: Mapped[datetime] = columns.time()
    sent_at: Mapped[datetime | None] = columns.optional_time()


class RightsLink(Table):
    """A link that works once: to confirm an address, or to fetch the person's copy."""

    __tablename__ = "rights_links"
    holding = Holding(
        since="expires_at",
        whose=Whose.VISITOR,
        purpose=Purpose.SECURITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.EXPORT,
        person="person_id",
    )
    __table_args__ = (
        Index("rights_links_digest_idx", "account_id", "digest", unique=True),
        Index("rights_links_request_idx", "account_id", "request_id"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    request_id: Mapped[UUID] = columns.identifier()
    person_id: Mapped[UUID] = columns.identifier()
    use: Mapped[str] = columns.state()
    digest: Mapped[bytes] = columns.secret()
    created_at: Mapped[datetime] = columns.time()
    expires_at: Mapped[datetime] = columns.time()
    used_at: Mapped[datetime | None] = columns.optional_time()
