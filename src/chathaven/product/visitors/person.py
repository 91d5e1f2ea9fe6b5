"""Visitors who are one person: those that were merged, and the one into whom they were.

They are linked and not mixed. What is done to a person (erase, restrict, hold) is done to each.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.product.visitors.model import Visitor


async def same_person(tx: Transaction, visitor_id: UUID) -> list[UUID]:
    """Returns the ids of all who are one person with a visitor, hidden or not, theirs too.

    Raises:
        NotFound: there is no such visitor.
    """
    seen = tx.sees
    await tx.see(EVERYONE)
    first = await tx.value(
        select(func.coalesce(Visitor.merged_into, Visitor.id)).where(
            Visitor.account_id == tx.account_id, Visitor.id == visitor_id
        )
    )
    rows = await tx.values(
        select(Visitor.id)
        .where(
            Visitor.account_id == tx.account_id,
            or_(Visitor.id == first, Visitor.merged_into == first),
        )
        .order_by(Visitor.id)
    )
    await tx.see(seen)
    if first is None:
        raise NotFound()
    return [row[0] for row in rows]


async def lock_person(tx: Transaction, visitor_id: UUID) -> dict[UUID, UUID]:
    """Locks a visitor and all who are the same person, hidden or not; returns their chats' ids.

    From here on the transaction sees this visitor. Of two who ask at once the second finds what
    the first has written.

    Raises:
        NotFound: there is no such visitor.
    """
    while True:
        ids = await same_person(tx, visitor_id)
        chats = await lock_visitors(tx, ids)
        # Whoever was merged or let go while we waited is looked for again.
        if ids == await same_person(tx, visitor_id):
            await tx.see(visitor_id)
            return chats


async def lock_visitors(tx: Transaction, ids: list[UUID]) -> dict[UUID, UUID]:
    """Locks visitors in the order of their ids, so that nobody waits in a circle.

    Returns the chats of those that are there. The transaction sees everybody afterwards.
    """
    await tx.see(EVERYONE)
    rows = await tx.values(
        select(Visitor.id, Visitor.chat_id)
        .where(Visitor.account_id == tx.account_id, Visitor.id.in_(ids))
        .order_by(Visitor.id)
        .with_for_update()
    )
    return {row[0]: row[1] for row in rows}


async def let_go(tx: Transaction, visitor_id: UUID) -> None:
    """Parts everybody, hidden or not, who was merged into a visitor who goes alone."""
    seen = tx.sees
    await tx.see(EVERYONE)
    await tx.run(
        update(Visitor)
        .where(Visitor.account_id == tx.account_id, Visitor.merged_into == visitor_id)
        .values(merged_into=None)
    )
    await tx.see(seen)


def stands_alone() -> ColumnElement[bool]:
    """Returns the condition for visitors that lists show: those that were merged into nobody.

    Where the other one is no longer there (a backup knew of a merge that was undone before the
    other was erased), nobody else would show them.
    """
    other = aliased(Visitor)
    known = (
        select(other.id)
        .where(other.account_id == Visitor.account_id, other.id == Visitor.merged_into)
        .correlate(Visitor)
    )
    return ~known.exists()


async def merged_into_each(tx: Transaction, ids: list[UUID]) -> dict[UUID, list[Visitor]]:
    """Returns for visitors who was merged into them, the oldest first."""
    if not ids:
        return {}
    rows = await tx.all(
        select(Visitor)
        .where(Visitor.account_id == tx.account_id, Visitor.merged_into.in_(ids))
        .order_by(Visitor.id)
    )
    found: dict[UUID, list[Visitor]] = {}
    for row in rows:
        found.setdefault(row.merged_into or row.id, []).append(row)
    return found
