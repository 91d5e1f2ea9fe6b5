"""Visitors, and the tokens that recognise them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, false, text
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


class Visitor(Table):
    """Somebody who asks.

    `merged_into` is the visitor who is the same person. Each of them keeps key, chat and receipts.
    """

    __tablename__ = "visitors"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.ANSWERING,
        basis=Basis.CONTRACT,
        retention=Retention.PROFILE,
        person="id",
    )
    __table_args__ = (
        Index("visitors_email_idx", "account_id", "email_index"),
        Index("visitors_phone_idx", "account_id", "phone_index"),
        Index("visitors_seen_idx", "account_id", "last_seen_at"),
        Index(
            "visitors_merged_idx",
            "account_id",
            "merged_into",
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    site_id: Mapped[UUID] = columns.identifier()
    chat_id: Mapped[UUID] = columns.identifier()
    name: Mapped[str | None] = columns.sealed(Category.IDENTITY)
    email: Mapped[str | None] = columns.sealed(Category.IDENTITY)
    email_index: Mapped[bytes | None] = columns.index_of("email")
    phone: Mapped[str | None] = columns.sealed(Category.IDENTITY)
    phone_index: Mapped[bytes | None] = columns.index_of("phone")
    technical: Mapped[dict[str, Any] | None] = columns.sealed(
        Category.TECHNICAL, basis=Basis.LEGITIMATE_INTEREST
    )
    notice_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    agreed: Mapped[bool] = columns.flag(server_default=false())
    marketing_answer: Mapped[str | None] = columns.state(nullable=True)
    merged_into: Mapped[UUID | None] = columns.identifier(nullable=True)
    created_at: Mapped[datetime] = columns.time()
    last_seen_at: Mapped[datetime] = columns.time()


class VisitorToken(Table):
    """The token of a visitor in one browser."""

    __tablename__ = "visitor_tokens"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.SECURITY,
        basis=Basis.CONTRACT,
        retention=Retention.VISIT,
        person="visitor_id",
        since="expires_at",
    )
    __table_args__ = (
        Index("visitor_tokens_digest_idx", "account_id", "digest", unique=True),
        Index("visitor_tokens_visitor_idx", "account_id", "visitor_id"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    visitor_id: Mapped[UUID] = columns.identifier()
    digest: Mapped[bytes] = columns.secret()
    created_at: Mapped[datetime] = columns.time()
    expires_at: Mapped[datetime] = columns.time()


class RestrictionKind(StrEnum):
    """Why a person is out of everybody's sight."""

    RESTRICTION = "restriction"
    HOLD = "hold"


class Restriction(Table):
    """One restriction of a person (GDPR Art. 18), or one legal hold, which restricts too.

    While `lifted_at` is empty, the policy `restricted` hides every row about the person; this
    table is what the policy reads, so it hides nothing itself. `words` is the reason of a
    restriction or the matter of a hold; `review_at` is when a hold ends unless it is renewed.
    """

    __tablename__ = "restrictions"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.PROFILE,
        person="visitor_id",
    )
    __table_args__ = (
        Index("restrictions_visitor_idx", "account_id", "visitor_id"),
        Index(
            "restrictions_standing_idx",
            "account_id",
            "began_at",
            "id",
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    visitor_id: Mapped[UUID] = columns.identifier()
    kind: Mapped[str] = columns.state()
    ground: Mapped[str | None] = columns.state(nullable=True)
    words: Mapped[str | None] = columns.sealed(Category.CONTENT)
    asked_by: Mapped[str] = columns.state()
    author_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    began_at: Mapped[datetime] = columns.time()
    review_at: Mapped[datetime | None] = columns.optional_time()
    lifted_at: Mapped[datetime | None] = columns.optional_time()
