"""Erasures: that somebody was erased, and what was found where. Never who. And exports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table


class Status(StrEnum):
    """How far an erasure has come. `WAITING`: a legal hold keeps the data, restricted."""

    QUEUED = "queued"
    WAITING = "waiting"
    RUNNING = "running"
    LIVE = "live"
    FINAL = "final"


RETENTION = "retention"
"""Who asked, where nobody did: the time was over."""


class Erasure(Table):
    """One erasure of one person. `subject_id` is there until it is done, and not after.

    `holder` is the hash of the nonce that the person alone was given. `last_epoch` is that of the
    root under which the person's key hung last: with it ends what a copy could be opened with.
    `suppressed`: the keyed hash of the address is kept, so that it is not written to again.
    """

    __tablename__ = "erasures"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.AUDIT,
        since="live_at",
    )

    __table_args__ = (
        Index("erasures_subject_idx", "account_id", "subject_id"),
        Index("erasures_live_idx", "account_id", "live_at", "id"),
        Index("erasures_unfinished_idx", "last_epoch", postgresql_where=text("status = 'live'")),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    subject_kind: Mapped[str] = columns.state()
    subject_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    commitment: Mapped[str] = columns.public_key()
    status: Mapped[str] = columns.state()
    asked_by: Mapped[str] = columns.state()
    receipts: Mapped[list[dict[str, Any]]] = columns.configuration_object()
    certificate: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    final_certificate: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    destroyed_key: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    holder: Mapped[str | None] = columns.public_key(nullable=True)
    last_epoch: Mapped[int | None] = columns.version(nullable=True)
    suppressed: Mapped[bool] = columns.flag(server_default="false")
    requested_at: Mapped[datetime] = columns.time()
    started_at: Mapped[datetime | None] = columns.optional_time()
    live_at: Mapped[datetime | None] = columns.optional_time()
    final_at: Mapped[datetime | None] = columns.optional_time()


class ExportStatus(StrEnum):
    """How far an account's export has come."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class AccountExport(Table):
    """An export of a whole account. Its file rests encrypted under `file_key`.

    `progress` tells where to go on: keys of rows and sizes of files, nothing of what is in them.
    """

    __tablename__ = "account_exports"
    holding = Holding(
        whose=Whose.ACCOUNT,
        purpose=Purpose.OPERATING,
        basis=Basis.CONTRACT,
        retention=Retention.EXPORT,
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    status: Mapped[str] = columns.state()
    requested_by: Mapped[UUID] = columns.identifier()
    file_key: Mapped[bytes | None] = columns.wrapped_key(nullable=True)
    progress: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    done: Mapped[int] = columns.counter()
    total: Mapped[int] = columns.counter()
    size: Mapped[int] = columns.counter()
    requested_at: Mapped[datetime] = columns.time()
    expires_at: Mapped[datetime] = columns.time()


class ExportGrant(Table):
    """That a session or token may fetch an export until `expires_at`."""

    __tablename__ = "export_grants"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.SECURITY,
        basis=Basis.NOT_PERSONAL,
        retention=Retention.EXPORT,
        since="expires_at",
    )

    account_id: Mapped[UUID] = columns.account()
    export_id: Mapped[UUID] = columns.identifier(primary_key=True)
    credential_id: Mapped[UUID] = columns.identifier(primary_key=True)
    expires_at: Mapped[datetime] = columns.time()


class AccountErasure(Table):
    """The erasure of a whole account. It outlives the account, so it is no tenant's.

    `account_id` is there until it is done, and not after; `reason` is a word of a closed list.
    """

    __tablename__ = "account_erasures"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.AUDIT,
    )

    id: Mapped[UUID] = columns.identifier(primary_key=True)
    account_id: Mapped[UUID | None] = columns.identifier(nullable=True, unique=True)
    commitment: Mapped[str] = columns.public_key()
    status: Mapped[str] = columns.state()
    reason: Mapped[str | None] = columns.state(nullable=True)
    receipts: Mapped[list[dict[str, Any]]] = columns.configuration_object()
    certificate: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    final_certificate: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    holder: Mapped[str | None] = columns.public_key(nullable=True)
    last_epoch: Mapped[int | None] = columns.version(nullable=True)
    requested_at: Mapped[datetime] = columns.time()
    started_at: Mapped[datetime | None] = columns.optional_time()
    live_at: Mapped[datetime | None] = columns.optional_time()
    final_at: Mapped[datetime | None] = columns.optional_time()
