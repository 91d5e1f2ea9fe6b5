"""The audit log: ids and words of closed lists, never content."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table


class AuditLine(Table):
    """One thing that somebody did."""

    __tablename__ = "audit_lines"
    holding = Holding(
        whose=Whose.OPERATOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGITIMATE_INTEREST,
        retention=Retention.AUDIT,
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    at: Mapped[datetime] = columns.time()
    actor_kind: Mapped[str] = columns.state()
    actor_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    action: Mapped[str] = columns.state()
    target_kind: Mapped[str] = columns.state()
    target_id: Mapped[UUID | None] = columns.identifier(nullable=True)
