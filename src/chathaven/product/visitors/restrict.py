"""Restricting a person (GDPR Art. 18): the rows stay, and nobody works with them.

A standing restriction hides every row about the person in the database itself; see
`migration_steps.hide_restricted`. What may still see them says so: `Transaction.see`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.actor import Actor, System
from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.noting import note
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Change
from chathaven.product.audit.record import record
from chathaven.product.visitors.model import Restriction, RestrictionKind
from chathaven.product.visitors.person import lock_person


class Ground(StrEnum):
    """Why a restriction is asked for: the letters of Art. 18(1)."""

    ACCURACY = "accuracy"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"


class OwnRestriction(msgspec.Struct):
    """What stands against the use of a visitor's data, said to the visitor.

    `held` means that a legal hold keeps the data; `yours` that they may lift the restriction.
    """

    since: datetime
    held: bool
    yours: bool


Told = Callable[[Transaction, UUID, UUID, bool], None]
"""Tells open screens after the commit: transaction, visitor, chat, and whether hidden now.

It comes from above: what screens are told is no business of this slice.
"""


async def restrict(
    tx: Transaction,
    actor: Actor,
    visitor_id: UUID,
    *,
    ground: Ground,
    reason: str | None = None,
    tell: Told,
) -> Restriction:
    """Restricts a visitor, and whoever is the same person. Restricted twice it is one restriction,
    with what was said first.

    From here on the transaction sees this one restricted visitor.

    Raises:
        NotFound: there is no such visitor.
    """
    people = await lock_person(tx, visitor_id)
    if there := await standing(tx, visitor_id, RestrictionKind.RESTRICTION):
        return there[0]
    made = made_by(actor, tx.account_id, visitor_id, RestrictionKind.RESTRICTION)
    made.ground, made.words = ground, reason
    await write_for_all(tx, actor, made, people, tell)
    return made


async def write_for_all(
    tx: Transaction, actor: Actor, first: Restriction, people: dict[UUID, UUID], tell: Told
) -> None:
    """Writes a restriction or a hold, and the same for each visitor who is the same person.

    Those that were written together have the same time of beginning. The transaction sees the
    visitor of the first afterwards.
    """
    for visitor_id, chat_id in people.items():
        each = first if visitor_id == first.visitor_id else _same(first, visitor_id)
        await tx.see(visitor_id)
        await tx.insert(each)
        tell(tx, visitor_id, chat_id, True)
        begun = BEGUN[RestrictionKind(first.kind)]
        note(tx, Change(begun, tx.account_id, (visitor_id.bytes,), first.began_at))
        await record(tx, actor, begun, "visitor", visitor_id)
    await tx.see(first.visitor_id)


BEGUN = {RestrictionKind.RESTRICTION: "restricted", RestrictionKind.HOLD: "held"}
"""What it is called in the audit log, and in the ledger: a restored backup must not lose it."""
_ENDED = {RestrictionKind.RESTRICTION: "restriction-lifted", RestrictionKind.HOLD: "hold-released"}


def _same(first: Restriction, visitor_id: UUID) -> Restriction:
    values = {each.name: getattr(first, each.name) for each in first.__table__.columns}
    return Restriction(**(values | {"id": new_id(), "visitor_id": visitor_id}))


async def lift(tx: Transaction, actor: Actor, visitor_id: UUID, tell: Told) -> Restriction:
    """Lifts a visitor's restriction, and that of whoever is the same person. Holds stay, and keep
    them out of sight.

    Raises:
        NotFound: no restriction stands.
    """
    people = await lock_person(tx, visitor_id)
    there = await standing(tx, visitor_id, RestrictionKind.RESTRICTION)
    if not there:
        raise NotFound()
    for each in await written_together(tx, there[0], people):
        await end(tx, actor, each, people[each.visitor_id], tell)
    await tx.see(visitor_id)
    return there[0]


async def written_together(
    tx: Transaction, restriction: Restriction, people: dict[UUID, UUID]
) -> list[Restriction]:
    """Returns what stands of those that were written with a restriction or a hold, itself too."""
    return await tx.all(
        select(Restriction)
        .where(
            Restriction.account_id == tx.account_id,
            Restriction.visitor_id.in_(people),
            Restriction.kind == restriction.kind,
            Restriction.began_at == restriction.began_at,
            Restriction.lifted_at.is_(None),
        )
        .order_by(Restriction.visitor_id)
    )


async def standing(
    tx: Transaction, visitor_id: UUID, kind: RestrictionKind | None = None
) -> list[Restriction]:
    """Returns what stands against a visitor's data being used, the oldest first."""
    wanted = select(Restriction).where(
        Restriction.account_id == tx.account_id,
        Restriction.visitor_id == visitor_id,
        Restriction.lifted_at.is_(None),
    )
    if kind is not None:
        wanted = wanted.where(Restriction.kind == kind)
    return await tx.all(wanted.order_by(Restriction.began_at, Restriction.id))


def made_by(actor: Actor, account_id: UUID, visitor_id: UUID, kind: RestrictionKind) -> Restriction:
    """Returns a restriction that begins now."""
    return Restriction(
        account_id=account_id,
        id=new_id(),
        visitor_id=visitor_id,
        kind=kind,
        asked_by=type(actor).__name__.lower(),
        author_id=None if isinstance(actor, System) else actor.id,
        began_at=now(),
    )


async def end(
    tx: Transaction, actor: Actor, restriction: Restriction, chat_id: UUID, tell: Told
) -> None:
    """Writes that a restriction or a hold is over; with the last one the visitor is shown again.

    The visitor is locked by the caller, and is whom the transaction sees afterwards.
    """
    visitor_id = restriction.visitor_id
    await tx.see(visitor_id)
    await tx.update(restriction, lifted_at=now())
    if not await standing(tx, visitor_id):
        tell(tx, visitor_id, chat_id, False)
    await record(tx, actor, _ENDED[RestrictionKind(restriction.kind)], "visitor", visitor_id)


async def own_restriction(tx: Transaction, visitor_id: UUID) -> OwnRestriction | None:
    """Returns what stands against the use of a visitor's data, or None."""
    there = await standing(tx, visitor_id)
    if not there:
        return None
    return OwnRestriction(
        since=there[0].began_at,
        held=any(each.kind == RestrictionKind.HOLD for each in there),
        # What somebody else asked for, they cannot lift; nor can they lift a hold.
        yours=all(each.asked_by == "visitor" for each in there),
    )
