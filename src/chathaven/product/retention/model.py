"""Runs of retention: what went because its time was over, by class and store. Never who."""

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


class RunStatus(StrEnum):
    """How far a run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


class RetentionRun(Table):
    """One run. `progress` counts by store, and tells a run that was killed where to go on."""

    __tablename__ = "retention_runs"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.AUDIT,
        since="finished_at",
    )
    __table_args__ = (Index("retention_runs_asked_idx", "account_id", "asked_at", "id"),)

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    status: Mapped[str] = columns.state()
    dry_run: Mapped[bool] = columns.flag()
    asked_by: Mapped[str] = columns.state()
    done: Mapped[int] = columns.counter()
    total: Mapped[int] = columns.counter()
    progress: Mapped[dict[str, Any]] = columns.configuration_object()
    report: Mapped[dict[str, Any] | None] = columns.configuration_object(nullable=True)
    asked_at: Mapped[datetime] = columns.time()
    finished_at: Mapped[datetime | None] = columns.optional_time()
