"""Erasures: that somebody was erased, and what was found where. Never who."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table


class Status(StrEnum):
    """How far an erasure has come."""

    QUEUED = "queued"
    RUNNING = "running"
    LIVE = "live"
    FINAL = "final"


class Erasure(Table):
    """One erasure of one person. `subject_id` is there until it is done, and not after."""

    __tablename__ = "erasures"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.AUDIT,
    )

    __table_args__ = (Index("erasures_subject_idx", "account_id", "subject_id"),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    subject_kind: Mapped[str] = columns.state()
    subject_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    commitment: Mapped[str] = columns.public_key()
    status: Mapped[str] = columns.state()
    asked_by: Mapped[str] = columns.state()
    receipts: Mapped[list[dict[str, Any]]] = columns.configuration_object()
    certificate: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    requested_at: Mapped[datetime] = columns.time()
    live_at: Mapped[datetime | None] = columns.optional_time()
    final_at: Mapped[datetime | None] = columns.optional_time()
