"""Operators, their sessions and tokens, and those who are invited."""

from __future__ import annotations

from datetime import datetime
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

_PROFILE = Holding(
    whose=Whose.OPERATOR,
    purpose=Purpose.OPERATING,
    basis=Basis.CONTRACT,
    retention=Retention.ACCOUNT,
    person="id",
)
_ACCESS = Holding(
    whose=Whose.OPERATOR,
    purpose=Purpose.SECURITY,
    basis=Basis.LEGITIMATE_INTEREST,
    retention=Retention.SECURITY,
    person="operator_id",
    since="expires_at",
)


class Operator(Table):
    """Somebody who answers."""

    __tablename__ = "operators"
    holding = _PROFILE

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    name: Mapped[str] = columns.sealed(Category.IDENTITY)
    display_name: Mapped[str | None] = columns.sealed(Category.IDENTITY)
    email: Mapped[str] = columns.sealed(Category.IDENTITY)
    email_index: Mapped[bytes | None] = columns.index_of("email")
    role: Mapped[str] = columns.state()
    language: Mapped[str] = columns.state()
    availability: Mapped[str] = columns.state()
    password_hash: Mapped[bytes] = columns.secret()
    created_at: Mapped[datetime] = columns.time()

    @property
    def shown_name(self) -> str:
        """The name that visitors see."""
        return self.display_name or self.name


class Session(Table):
    """A sign-in of an operator in one browser."""

    __tablename__ = "sessions"
    holding = _ACCESS
    __table_args__ = (
        Index("sessions_digest_idx", "account_id", "digest", unique=True),
        Index("sessions_operator_idx", "account_id", "operator_id"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    operator_id: Mapped[UUID] = columns.identifier()
    digest: Mapped[bytes] = columns.secret()
    browser: Mapped[str | None] = columns.sealed(Category.TECHNICAL)
    created_at: Mapped[datetime] = columns.time()
    last_seen_at: Mapped[datetime] = columns.time()
    expires_at: Mapped[datetime] = columns.time()


class ApiToken(Table):
    """A token with which a script acts for an operator."""

    __tablename__ = "api_tokens"
    holding = _ACCESS
    __table_args__ = (Index("api_tokens_digest_idx", "account_id", "digest", unique=True),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    operator_id: Mapped[UUID] = columns.identifier()
    name: Mapped[str] = columns.sealed(Category.CONTENT)
    digest: Mapped[bytes] = columns.secret()
    scopes: Mapped[list[str]] = columns.states()
    created_at: Mapped[datetime] = columns.time()
    expires_at: Mapped[datetime | None] = columns.optional_time()
    last_used_at: Mapped[datetime | None] = columns.optional_time()


class Invitation(Table):
    """An invitation. Whoever accepts becomes the operator of the same id, with the same key."""

    __tablename__ = "invitations"
    holding = _PROFILE
    __table_args__ = (Index("invitations_email_idx", "account_id", "email_index", unique=True),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    email: Mapped[str] = columns.sealed(Category.IDENTITY)
    email_index: Mapped[bytes | None] = columns.index_of("email")
    role: Mapped[str] = columns.state()
    digest: Mapped[bytes | None] = columns.secret(nullable=True)
    created_at: Mapped[datetime] = columns.time()
    expires_at: Mapped[datetime] = columns.time()
    sent_at: Mapped[datetime | None] = columns.optional_time()
