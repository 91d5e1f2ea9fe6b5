"""Legal holds (GDPR Art. 17(3)(e)): a person's data is kept as evidence, and used for nothing.

Who is held is restricted too, so nobody sees them. Several holds may stand at once; what waits
for them waits for the last. A hold ends when it is released, or by itself on the day on which
it was to be looked at again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from chathaven.base.actor import Actor
from chathaven.base.clock import now
from chathaven.base.errors import Invalid, NotFound
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record
from chathaven.product.visitors.model import Restriction, RestrictionKind
from chathaven.product.visitors.person import lock_person
from chathaven.product.visitors.restrict import (
    Told,
    end,
    made_by,
    standing,
    write_for_all,
    written_together,
)

LONGEST = timedelta(days=184)
"""Six months, whichever they are (A-17-4)."""

released: list[Callable[[Transaction, UUID], Awaitable[None]]] = []
"""Called with the visitor's id, in the transaction that ends their last hold."""


async def is_held(tx: Transaction, visitor_id: UUID) -> bool:
    """Whether a visitor is under a hold. It reads the same whoever the transaction sees."""
    return bool(await standing(tx, visitor_id, RestrictionKind.HOLD))


async def count_holds(tx: Transaction) -> int:
    """Returns how many holds stand in the account."""
    counting = select(func.count()).select_from(Restriction)
    standing_holds = counting.where(
        Restriction.account_id == tx.account_id,
        Restriction.kind == RestrictionKind.HOLD,
        Restriction.lifted_at.is_(None),
    )
    return int(await tx.value(standing_holds) or 0)


async def hold(
    tx: Transaction, actor: Actor, visitor_id: UUID, *, matter: str, review_at: datetime, tell: Told
) -> Restriction:
    """Puts a visitor on hold, and whoever is the same person; each call is a hold of its own.

    `matter` says which dispute it is for. From here on the transaction sees this visitor.

    Raises:
        Invalid: `review_at` is past, or more than six months away.
        NotFound: there is no such visitor.
    """
    _check(review_at)
    people = await lock_person(tx, visitor_id)
    made = made_by(actor, tx.account_id, visitor_id, RestrictionKind.HOLD)
    made.words, made.review_at = matter, review_at
    await write_for_all(tx, actor, made, people, tell)
    return made


async def renew(tx: Transaction, actor: Actor, hold_id: UUID, review_at: datetime) -> Restriction:
    """Gives a standing hold another day on which it is looked at.

    Raises:
        Invalid: `review_at` is past, or more than six months away.
        NotFound: there is no such hold, or it has ended.
    """
    _check(review_at)
    found = await read_hold(tx, hold_id)
    people = await lock_person(tx, found.visitor_id)
    found = await read_hold(tx, hold_id)
    for each in await written_together(tx, found, people):
        await tx.update(each, review_at=review_at)
        await record(tx, actor, "hold-renewed", "visitor", each.visitor_id)
    return await read_hold(tx, hold_id)


async def release(tx: Transaction, actor: Actor, hold_id: UUID, tell: Told) -> Restriction:
    """Ends a hold, also of whoever is the same person. With the last one, what waited is told.

    Raises:
        NotFound: there is no such hold, or it has ended.
    """
    people = await lock_person(tx, (await read_hold(tx, hold_id)).visitor_id)
    # Read again: of two who release at once, the second finds that it is done.
    found = await read_hold(tx, hold_id)
    for each in await written_together(tx, found, people):
        await end(tx, actor, each, people[each.visitor_id], tell)
        if not await is_held(tx, each.visitor_id):
            for call in released:
                await call(tx, each.visitor_id)
    await tx.see(found.visitor_id)
    return found


async def read_hold(tx: Transaction, hold_id: UUID) -> Restriction:
    """Returns a standing hold.

    Raises:
        NotFound: there is no such hold, or it has ended.
    """
    found = await tx.one(
        select(Restriction).where(
            Restriction.account_id == tx.account_id,
            Restriction.id == hold_id,
            Restriction.kind == RestrictionKind.HOLD,
            Restriction.lifted_at.is_(None),
        )
    )
    if found is None:
        raise NotFound()
    return found


def _check(review_at: datetime) -> None:
    if review_at.tzinfo is None or not now() < review_at <= now() + LONGEST:
        raise Invalid.field("review_at", Reason.WITHIN_MONTHS, code="review_too_far", max=6)
