"""The ends of the audit log: anchoring its head, cutting off what passed its time, restoring."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.engines.database.hash_chain import Head, lock_head, move_head, read_head
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.audit.anchors import Anchors, Kind
from chathaven.product.audit.model import HEADS, AuditLine

DAILY = timedelta(hours=24)


async def anchor_head(
    database: Database, anchors: Anchors, account_id: UUID, kind: Kind = Kind.HEAD
) -> dict[str, Any]:
    """Signs where the log has come to, keeps the anchor outside the database, and returns it.

    Raises:
        NotFound: the account is gone, and its anchors with it: none comes to be once more.
    """
    async with database.transaction(account_id) as tx:
        await _hold_account(tx)
        head = await read_head(tx, HEADS)
        document = anchors.sign(account_id, kind, head.number, head.hash, now())
        anchors.keep(account_id, document)
    return document


async def _hold_account(tx: Transaction) -> None:
    """Keeps the account's keys until the commit: closing deletes them first, then the anchors."""
    rows = await (await tx.driver()).execute(
        "SELECT 1 FROM account_keys WHERE account_id = %s FOR KEY SHARE", (tx.account_id,)
    )
    if await rows.fetchone() is None:
        raise NotFound()


async def anchor_daily(database: Database, anchors: Anchors, account_id: UUID) -> bool:
    """Anchors a head that moved since the last anchor, where that is a day old. Says whether."""
    known = [each for each in anchors.read(account_id) if each is not None]
    if known and now() - known[-1].at < DAILY:
        return False
    async with database.transaction(account_id) as tx:
        head = await read_head(tx, HEADS)
    if head.number == 0 or (known and known[-1].number == head.number):
        return False
    with suppress(NotFound):
        await anchor_head(database, anchors, account_id)
        return True
    return False


async def count_before(tx: Transaction, moment: datetime) -> int:
    """Returns how many lines from the log's beginning are older than a moment."""
    last = await _last_before(tx, moment)
    if last is None:
        return 0
    lines = select(func.count()).where(
        AuditLine.account_id == tx.account_id, AuditLine.number <= last.number
    )
    return int(await tx.value(lines) or 0)


async def cut_before(tx: Transaction, anchors: Anchors, moment: datetime) -> int:
    """Deletes lines from the log's beginning that are older than a moment; returns how many.

    A signed anchor says which line was the last of them, and the first that remains names its
    hash: so the chain is checked from there. Lines behind one that is younger stay with it.
    """
    # Two cuts at once take turns; and the anchor is on disk before the lines go.
    await lock_head(tx, HEADS)
    last = await _last_before(tx, moment)
    if last is None:
        return 0
    document = anchors.sign(tx.account_id, Kind.START, last.number, last.hash, now())
    anchors.keep(tx.account_id, document)
    return await tx.run(
        delete(AuditLine).where(
            AuditLine.account_id == tx.account_id, AuditLine.number <= last.number
        )
    )


async def _last_before(tx: Transaction, moment: datetime) -> Head | None:
    """Returns the last line of the run from the beginning whose lines are all older."""
    young = await tx.value(
        select(func.min(AuditLine.number)).where(
            AuditLine.account_id == tx.account_id, AuditLine.at >= moment
        )
    )
    wanted = select(AuditLine.number, AuditLine.hash).where(AuditLine.account_id == tx.account_id)
    if young is not None:
        wanted = wanted.where(AuditLine.number < young)
    rows = await tx.values(wanted.order_by(AuditLine.number.desc()).limit(1))
    return Head(*rows[0]) if rows else None


async def settle_head(tx: Transaction) -> None:
    """Sets the head to the last line that is there: after rows were brought from elsewhere."""
    await lock_head(tx, HEADS)
    rows = await tx.values(
        select(AuditLine.number, AuditLine.hash)
        .where(AuditLine.account_id == tx.account_id)
        .order_by(AuditLine.number.desc())
        .limit(1)
    )
    if rows:
        await move_head(tx, HEADS, Head(*rows[0]))
