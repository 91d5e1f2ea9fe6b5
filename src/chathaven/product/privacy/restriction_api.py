"""HTTP: restricting people, and legal holds (GDPR Art. 18 and 17(3)(e))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from msgspec import Meta
from sqlalchemy import select

from chathaven.base.actor import Operator, System, Visitor
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.fields import is_blank
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.api import Cursor, Limit
from chathaven.product.chats.hide import telling
from chathaven.product.chats.list import read_cursor
from chathaven.product.chats.live import Live
from chathaven.product.privacy.restriction_view import (
    RestrictionList,
    RestrictionView,
    list_of_person,
    list_standing,
    restriction_views,
)
from chathaven.product.visitors import restrict as restricting
from chathaven.product.visitors.hold import hold, release, renew
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.model import Restriction, RestrictionKind

HOLD_JOB = "end-hold"
MOST_OF_ONE = 200
_CARE = Permission.VISITORS_ERASE


class NewRestriction(msgspec.Struct, forbid_unknown_fields=True):
    """Why a person's data is no longer to be used: a letter of Art. 18(1), and in own words."""

    ground: restricting.Ground
    reason: Annotated[str, Meta(max_length=2_000)] | None = None


class NewHold(msgspec.Struct, forbid_unknown_fields=True):
    """A dispute for which a person's data is kept, and when that is looked at again."""

    matter: Annotated[str, Meta(min_length=1, max_length=2_000)]
    review_at: datetime


class HoldPatch(msgspec.Struct, forbid_unknown_fields=True):
    """Another day on which a hold is looked at."""

    review_at: datetime


async def _shown(tx: Transaction, restriction: Restriction) -> RestrictionView:
    [view] = await restriction_views(tx, [restriction])
    return view


@get("/v1/restrictions", opt=may(_CARE))
async def get_restrictions(
    ground: Ground, actor: Operator, after: Cursor = None, limit: Limit = 50
) -> RestrictionList:
    """Who is restricted or held, the newest first. This list alone shows them."""
    cursor = read_cursor(after)
    async with ground.database.transaction(actor.account_id, sees=EVERYONE) as tx:
        found = await list_standing(tx, cursor, limit + 1)
        page = found[:limit]
        views = await restriction_views(tx, page)
    further = f"{page[-1].began_at.isoformat()}_{page[-1].id}" if len(found) > limit else None
    return RestrictionList(views, further)


@get("/v1/visitors/{visitor_id:uuid}/restrictions", opt=may(_CARE))
async def get_restrictions_of(ground: Ground, actor: Operator, visitor_id: UUID) -> RestrictionList:
    """What stands or stood against the use of one person's data, the newest first."""
    async with ground.database.transaction(actor.account_id, sees=visitor_id) as tx:
        await read_visitor(tx, visitor_id)
        found = await list_of_person(tx, visitor_id, MOST_OF_ONE)
        return RestrictionList(await restriction_views(tx, found), None)


@post(
    "/v1/visitors/{visitor_id:uuid}/restriction",
    opt=may(_CARE),
    dto=Body[NewRestriction],
    return_dto=None,
)
async def post_restriction(
    ground: Ground, live: Live, actor: Operator, visitor_id: UUID, data: NewRestriction
) -> RestrictionView:
    """Restricts a person: nobody sees or uses their data until it is lifted."""
    async with ground.database.transaction(actor.account_id) as tx:
        made = await restricting.restrict(
            tx,
            actor,
            visitor_id,
            ground=data.ground,
            reason=(data.reason or "").strip() or None,
            tell=telling(ground.bus, live),
        )
        return await _shown(tx, made)


@delete("/v1/visitors/{visitor_id:uuid}/restriction", opt=may(_CARE))
async def delete_restriction(ground: Ground, live: Live, actor: Operator, visitor_id: UUID) -> None:
    """Lifts a restriction. The person is to be told before (Art. 18(3))."""
    async with ground.database.transaction(actor.account_id) as tx:
        await restricting.lift(tx, actor, visitor_id, telling(ground.bus, live))


@post("/v1/visitors/{visitor_id:uuid}/holds", opt=may(_CARE), dto=Body[NewHold], return_dto=None)
async def post_hold(
    ground: Ground, live: Live, actor: Operator, visitor_id: UUID, data: NewHold
) -> RestrictionView:
    """Puts a person on hold: kept as evidence, seen by nobody, erased only afterwards."""
    if is_blank(data.matter):
        raise Invalid.field("matter", Reason.DISPUTE)
    async with ground.database.transaction(actor.account_id) as tx:
        made = await hold(
            tx,
            actor,
            visitor_id,
            matter=data.matter.strip(),
            review_at=data.review_at,
            tell=telling(ground.bus, live),
        )
        await ground.queue.enqueue(tx, HOLD_JOB, made.id, at=data.review_at)
        return await _shown(tx, made)


@patch("/v1/holds/{hold_id:uuid}", opt=may(_CARE), dto=Body[HoldPatch], return_dto=None)
async def patch_hold(
    ground: Ground, actor: Operator, hold_id: UUID, data: HoldPatch
) -> RestrictionView:
    """Looks at a hold again, and lets it stand until another day."""
    async with ground.database.transaction(actor.account_id, sees=EVERYONE) as tx:
        found = await renew(tx, actor, hold_id, data.review_at)
        await ground.queue.enqueue(tx, HOLD_JOB, found.id, at=data.review_at)
        return await _shown(tx, found)


@delete("/v1/holds/{hold_id:uuid}", opt=may(_CARE))
async def delete_hold(ground: Ground, live: Live, actor: Operator, hold_id: UUID) -> None:
    """Releases a hold. An erasure that waited for the person's last one runs now."""
    async with ground.database.transaction(actor.account_id) as tx:
        await release(tx, actor, hold_id, telling(ground.bus, live))


@delete("/v1/widget/me/restriction", opt=may(VISITOR))
async def lift_own_restriction(ground: Ground, live: Live, actor: Visitor) -> None:
    """The visitor lifts the restriction that they asked for themselves."""
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        there = await restricting.standing(tx, actor.id, RestrictionKind.RESTRICTION)
        if not there:
            raise NotFound()
        if there[0].asked_by != "visitor":
            raise Conflict(
                "This restriction was not asked for here, so it is lifted by the company.",
                code="not_yours_to_lift",
            )
        await restricting.lift(tx, actor, actor.id, telling(ground.bus, live))


def end_hold_job(ground: Ground, live: Live) -> Callable[..., Any]:
    """Returns the job that ends a hold on its day, unless it was renewed."""

    async def run(account_id: UUID, id: UUID) -> None:
        async with ground.database.transaction(account_id) as tx:
            due = select(Restriction.id).where(
                Restriction.account_id == account_id,
                Restriction.id == id,
                Restriction.lifted_at.is_(None),
                Restriction.review_at <= now(),
            )
            if await tx.value(due) is not None:
                await release(tx, System(account_id), id, telling(ground.bus, live))

    return run


HANDLERS = (
    get_restrictions,
    get_restrictions_of,
    post_restriction,
    delete_restriction,
    post_hold,
    patch_hold,
    delete_hold,
    lift_own_restriction,
)
