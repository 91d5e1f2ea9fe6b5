"""Merging visitors: an operator says that two are one person, or that they are not.

It is a link and not a mix, so that it can be undone: each keeps key, chat, receipts and tokens, and
each widget shows its own chat alone. There are no chains: into whom somebody was merged stands for
the person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from chathaven.base.actor import Operator
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.model import RestrictionKind, Visitor
from chathaven.product.visitors.person import lock_person, lock_visitors, merged_into_each
from chathaven.product.visitors.restrict import standing

being_erased: list[Callable[[Transaction, UUID], Awaitable[bool]]] = []
"""Each says whether a visitor's erasure was asked for: the slice that erases says so here."""


async def merge(tx: Transaction, who: Operator, visitor_id: UUID, into_id: UUID) -> Visitor:
    """Says that a visitor is the same person as another; returns the other. Twice is once.

    Raises:
        Conflict: one of them was merged already (`merged_already`), or is restricted, held or being
            erased (`processing_restricted`, `held`, `being_erased`).
        Invalid: the other is the same visitor, or there is no such other.
        NotFound: there is no such visitor.
    """
    if visitor_id == into_id:
        raise Invalid.field("into", Reason.ANOTHER)
    there = await lock_visitors(tx, [visitor_id, into_id])
    if visitor_id not in there:
        raise NotFound()
    if into_id not in there:
        raise Invalid.field("into", Reason.NOT_THERE)
    await _check_free(tx, list(there))
    visitor, other = await read_visitor(tx, visitor_id), await read_visitor(tx, into_id)
    if visitor.merged_into != into_id:
        if visitor.merged_into or other.merged_into or await merged_into_each(tx, [visitor_id]):
            raise Conflict("One of them was merged before. Undo that first.", code="merged_already")
        await tx.update(visitor, merged_into=into_id)
        await record(tx, who, "visitor-merged", "visitor", visitor_id)
        await record(tx, who, "visitor-merged-into", "visitor", into_id)
    await tx.see(None)
    return other


async def part(tx: Transaction, who: Operator, visitor_id: UUID) -> UUID:
    """Says that a visitor is a person of their own again; returns the other's id.

    Raises:
        Conflict: they are restricted, held or being erased.
        NotFound: there is no such visitor, or they were merged into nobody.
    """
    people = await lock_person(tx, visitor_id)
    visitor = await read_visitor(tx, visitor_id)
    other_id = visitor.merged_into
    if other_id is None:
        raise NotFound()
    await _check_free(tx, list(people))
    await tx.update(visitor, merged_into=None)
    await record(tx, who, "visitor-parted", "visitor", visitor_id)
    await tx.see(None)
    return other_id


async def _check_free(tx: Transaction, ids: list[UUID]) -> None:
    for visitor_id in ids:
        stands = {each.kind for each in await standing(tx, visitor_id)}
        if RestrictionKind.HOLD in stands:
            raise Conflict("One of them is kept as evidence, as they are.", code="held")
        if stands:
            raise Conflict(
                "The use of the data of one of them is restricted.", code="processing_restricted"
            )
        for asked in being_erased:
            if await asked(tx, visitor_id):
                raise Conflict("One of them is being erased.", code="being_erased")
