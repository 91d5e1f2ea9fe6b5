"""Adding a line to the audit log."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chathaven.base.actor import Actor, Operator, System
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.hash_chain import Head, lock_head, move_head
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.line import line_hash
from chathaven.product.audit.model import HEADS, AuditLine


async def record(
    tx: Transaction, actor: Actor, action: str, target_kind: str, target_id: UUID | None = None
) -> None:
    """Writes that `actor` did `action` to a target, in the transaction that does it.

    The line is written at the transaction's end: the chain stays locked for the commit alone, and
    nobody who waits for it holds what another needs.
    """
    line = _line(tx, actor, action, target_kind, target_id)

    async def write() -> None:
        await _append(tx, line)

    tx.before_commit(write)


async def record_once(
    tx: Transaction,
    actor: Actor,
    action: str,
    target_kind: str,
    target_id: UUID | None,
    within: timedelta,
) -> None:
    """Does as `record`, unless the same stands there already, with a time `within` the last.

    Two who come at once write one line: the second looks again under the lock.
    """
    line = _line(tx, actor, action, target_kind, target_id)

    async def write() -> None:
        # Locked first, so that whoever was before us is seen.
        await lock_head(tx, HEADS)
        if not await _stands(tx, line, within):
            await _append(tx, line)

    tx.before_commit(write)


def _line(
    tx: Transaction, actor: Actor, action: str, target_kind: str, target_id: UUID | None
) -> AuditLine:
    credential = None
    if isinstance(actor, Operator):
        credential = actor.session_id or actor.token_id
    return AuditLine(
        account_id=tx.account_id,
        id=new_id(),
        at=now(),
        actor_kind=type(actor).__name__.lower(),
        actor_id=None if isinstance(actor, System) else actor.id,
        action=action,
        target_kind=target_kind,
        target_id=target_id,
        credential_id=credential,
    )


async def _stands(tx: Transaction, line: AuditLine, within: timedelta) -> bool:
    there = select(AuditLine.id).where(
        AuditLine.account_id == line.account_id,
        AuditLine.target_id == line.target_id,
        AuditLine.at > line.at - within,
        AuditLine.action == line.action,
        AuditLine.actor_id == line.actor_id,
        AuditLine.credential_id.is_not_distinct_from(line.credential_id),
    )
    return await tx.value(there.limit(1)) is not None


async def _append(tx: Transaction, line: AuditLine) -> None:
    head = await lock_head(tx, HEADS)
    line.number, line.previous = head.number + 1, head.hash
    line.hash = line_hash(line, tx.account_id, line.number, line.previous)
    await tx.insert(line)
    await move_head(tx, HEADS, Head(line.number, line.hash))
