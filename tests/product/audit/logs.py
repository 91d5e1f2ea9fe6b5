"""Steps that tests of the audit log share: writing one, reading it, tampering with it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from chathaven.base.actor import Operator, Role, System
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.check import Checked, check_audit_log
from chathaven.product.audit.find import LineView, Wanted, find_lines
from chathaven.product.audit.record import record

LINES = 6


def somebody(account_id: UUID) -> Operator:
    """An operator, by session."""
    return Operator(account_id, new_id(), Role.OWNER, frozenset(), session_id=new_id())


async def written(database: Database, account_id: UUID, lines: int = LINES) -> None:
    """Writes a log: lines of people and of the software itself."""
    for number in range(lines):
        who = System(account_id) if number % 3 == 2 else somebody(account_id)
        async with database.transaction(account_id) as tx:
            await record(tx, who, f"action-{number}", "chat", new_id() if number % 2 else None)


async def lines_of(database: Database, account_id: UUID) -> list[LineView]:
    """The log, in its order."""
    async with database.transaction(account_id) as tx:
        return (await find_lines(tx, Wanted(), None, 1000))[::-1]


async def tamper(database: Database, account_id: UUID, *statements: str) -> None:
    """Does what somebody with the database's password could do."""
    async with database.transaction(account_id) as tx:
        for statement in statements:
            await tx.session.execute(text(statement))


async def checked(database: Database, account_id: UUID, anchors: Anchors) -> Checked:
    """What the check says."""
    return await check_audit_log(database, account_id, anchors.read(account_id), now())
