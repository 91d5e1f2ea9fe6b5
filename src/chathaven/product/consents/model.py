"""Texts that were shown, and receipts for what was answered to them."""

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


class Subject(StrEnum):
    """What a text asks or says."""

    LEGAL_TEXT = "legal-text"
    EMAIL_REQUEST = "email-request"
    MARKETING = "marketing"
    EMBED_YOUTUBE = "embed:youtube"
    EMBED_VIMEO = "embed:vimeo"
    EMBED_GOOGLE_MAPS = "embed:google-maps"
    EMBED_SPOTIFY = "embed:spotify"
    EMBED_SOUNDCLOUD = "embed:soundcloud"
    SIGNAL = "gpc"


class Answer(StrEnum):
    """What a person did with a text."""

    SHOWN = "shown"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Notice(Table):
    """One version of a text in one language. It is never changed; a new one takes its place."""

    __tablename__ = "notices"
    holding = Holding(
        whose=Whose.ACCOUNT,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.CONSENT,
    )
    __table_args__ = (
        Index("notices_version_idx", "account_id", "subject", "language", "version", unique=True),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    subject: Mapped[str] = columns.state()
    language: Mapped[str] = columns.state()
    version: Mapped[int] = columns.version()
    text: Mapped[str] = columns.configuration()
    sha256: Mapped[str] = columns.public_key()
    requires_agreement: Mapped[bool] = columns.flag()
    created_at: Mapped[datetime] = columns.time()
    retired_at: Mapped[datetime | None] = columns.optional_time()


class ReceiptHead(Table):
    """Where an account's chain of receipts has come to; locked while one is added."""

    __tablename__ = "receipt_heads"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.NOT_PERSONAL,
        retention=Retention.CONSENT,
    )

    account_id: Mapped[UUID] = columns.account()
    number: Mapped[int] = columns.counter()
    hash: Mapped[str] = columns.public_key()


class ReceiptLink(Table):
    """One link of the chain. It names nobody and outlives the erasure of the person.

    `commitment` is the SHA-256 of the receipt with its salt. Without the receipt, which is
    erased with the person, it tells nothing.
    """

    __tablename__ = "receipt_links"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.CONSENT,
    )

    account_id: Mapped[UUID] = columns.account()
    number: Mapped[int] = columns.counter(primary_key=True)
    commitment: Mapped[str] = columns.public_key()
    previous: Mapped[str] = columns.public_key()
    hash: Mapped[str] = columns.public_key()
    created_at: Mapped[datetime] = columns.time()


class Receipt(Table):
    """What a person was shown and answered (A.2): append-only, erased with the person."""

    __tablename__ = "receipts"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.CONSENT,
        person="visitor_id",
    )
    __table_args__ = (Index("receipts_visitor_idx", "account_id", "visitor_id", "number"),)

    account_id: Mapped[UUID] = columns.account()
    number: Mapped[int] = columns.counter(primary_key=True)
    id: Mapped[UUID] = columns.identifier()
    visitor_id: Mapped[UUID] = columns.identifier()
    subject: Mapped[str] = columns.state()
    answer: Mapped[str] = columns.state()
    details: Mapped[dict[str, Any]] = columns.sealed(Category.CONTENT)
    created_at: Mapped[datetime] = columns.time()
