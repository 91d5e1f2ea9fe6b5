"""Who is restricted or held, as those see it who care for people's rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_

from chathaven.engines.database.transaction import Transaction
from chathaven.product.operators.model import Operator
from chathaven.product.privacy.model import Erasure
from chathaven.product.visitors.model import Restriction, Visitor

Cursor = tuple[datetime, UUID]


class RestrictedPerson(msgspec.Struct):
    """Who it is about: as much as tells them from others."""

    id: UUID
    name: str | None
    email: str | None
    chat_id: UUID


class AuthorView(msgspec.Struct):
    """Who restricted: the person themself, an operator, or the software."""

    kind: str
    id: UUID | None
    name: str | None


class RestrictionView(msgspec.Struct):
    """A restriction or a hold.

    `words` is the reason or the matter. `erasure_waits` tells that the person is to be erased as
    soon as their last hold ends.
    """

    id: UUID
    kind: str
    visitor: RestrictedPerson
    ground: str | None
    words: str | None
    author: AuthorView
    began_at: datetime
    review_at: datetime | None
    lifted_at: datetime | None
    erasure_waits: bool


class RestrictionList(msgspec.Struct):
    """A page of restrictions and holds."""

    items: list[RestrictionView]
    next: str | None


async def list_standing(tx: Transaction, after: Cursor | None, limit: int) -> list[Restriction]:
    """Returns what stands, the newest first."""
    wanted = select(Restriction).where(
        Restriction.account_id == tx.account_id, Restriction.lifted_at.is_(None)
    )
    if after is not None:
        wanted = wanted.where(tuple_(Restriction.began_at, Restriction.id) < after)
    order = (Restriction.began_at.desc(), Restriction.id.desc())
    return await tx.all(wanted.order_by(*order).limit(limit))


async def list_of_person(tx: Transaction, visitor_id: UUID, limit: int) -> list[Restriction]:
    """Returns what stands or stood about one person, the newest first."""
    return await tx.all(
        select(Restriction)
        .where(Restriction.account_id == tx.account_id, Restriction.visitor_id == visitor_id)
        .order_by(Restriction.began_at.desc(), Restriction.id.desc())
        .limit(limit)
    )


async def restriction_views(
    tx: Transaction, restrictions: Sequence[Restriction]
) -> list[RestrictionView]:
    """Returns restrictions as shown. The transaction must see whom they are about."""
    people = await _people(tx, {each.visitor_id for each in restrictions})
    names = await _names(tx, {each.author_id for each in restrictions if each.author_id})
    waiting = await _to_be_erased(tx, people)
    return [
        RestrictionView(
            id=each.id,
            kind=each.kind,
            visitor=people[each.visitor_id],
            ground=each.ground,
            words=each.words,
            author=AuthorView(
                each.asked_by, each.author_id, names.get(each.author_id) if each.author_id else None
            ),
            began_at=each.began_at,
            review_at=each.review_at,
            lifted_at=each.lifted_at,
            erasure_waits=each.visitor_id in waiting,
        )
        for each in restrictions
        if each.visitor_id in people
    ]


async def _people(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, RestrictedPerson]:
    rows = await tx.all(
        select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id.in_(list(ids)))
    )
    return {row.id: RestrictedPerson(row.id, row.name, row.email, row.chat_id) for row in rows}


async def _names(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = await tx.all(
        select(Operator).where(Operator.account_id == tx.account_id, Operator.id.in_(list(ids)))
    )
    return {row.id: row.shown_name for row in rows}


async def _to_be_erased(tx: Transaction, ids: Iterable[UUID]) -> set[UUID]:
    rows = await tx.values(
        select(Erasure.subject_id).where(
            Erasure.account_id == tx.account_id, Erasure.subject_id.in_(list(ids))
        )
    )
    return {row[0] for row in rows}
