"""The audit log: ids and words of closed lists, never content, in a chain of hashes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table

HEADS = "audit_heads"


class AuditLine(Table):
    """One thing that somebody did, and its place in the account's chain.

    `credential_id` is the session or API token with which an operator did it.
    """

    __tablename__ = "audit_lines"
    holding = Holding(
        whose=Whose.OPERATOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGITIMATE_INTEREST,
        retention=Retention.AUDIT,
        since="at",
    )
    __table_args__ = (
        Index("audit_lines_number_idx", "account_id", "number", unique=True),
        Index("audit_lines_target_idx", "account_id", "target_id", "at"),
        # With every erasure it is asked what stays of the person, here and as the target.
        Index("audit_lines_actor_idx", "account_id", "actor_id", "number"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    at: Mapped[datetime] = columns.time()
    actor_kind: Mapped[str] = columns.state()
    actor_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    action: Mapped[str] = columns.state()
    target_kind: Mapped[str] = columns.state()
    target_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    credential_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    number: Mapped[int] = columns.counter()
    previous: Mapped[str] = columns.public_key()
    hash: Mapped[str] = columns.public_key()


class AuditHead(Table):
    """Where an account's audit log has come to; locked while a line is added."""

    __tablename__ = HEADS
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.NOT_PERSONAL,
        retention=Retention.AUDIT,
    )

    account_id: Mapped[UUID] = columns.account()
    number: Mapped[int] = columns.counter()
    hash: Mapped[str] = columns.public_key()
