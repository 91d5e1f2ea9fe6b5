"""Adding a line to the audit log."""

from __future__ import annotations

from uuid import UUID

from chathaven.base.actor import Actor, System
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.model import AuditLine


async def record(
    tx: Transaction, actor: Actor, action: str, target_kind: str, target_id: UUID | None = None
) -> None:
    """Writes that `actor` did `action` to a target, in the transaction that does it."""
    await tx.insert(
        AuditLine(
            account_id=tx.account_id,
            id=new_id(),
            at=now(),
            actor_kind=type(actor).__name__.lower(),
            actor_id=None if isinstance(actor, System) else actor.id,
            action=action,
            target_kind=target_kind,
            target_id=target_id,
        )
    )
