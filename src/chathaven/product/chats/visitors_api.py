"""HTTP: visitors, for operators. It stands here because a correction is an event of the chat."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.params import Parameter
from msgspec import UNSET, Meta, UnsetType

from chathaven.base.actor import Operator
from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.opened import Readings
from chathaven.product.chats.answers import answer_if_asked, told_by_operator
from chathaven.product.chats.api import Limit, SomeSeq, Words
from chathaven.product.chats.card import visitor_card
from chathaven.product.chats.change import lock_feed
from chathaven.product.chats.live import Live
from chathaven.product.chats.updates import correct
from chathaven.product.consents.receipts import ReceiptView, page_of_receipts
from chathaven.product.visitors.find import find_by_email, keep_answer, list_visitors
from chathaven.product.visitors.identify import Profile, read_visitor
from chathaven.product.visitors.merge import merge, part
from chathaven.product.visitors.show import VisitorCard, VisitorView, visitor_views


class VisitorList(msgspec.Struct):
    """A page of visitors."""

    items: list[VisitorView]
    next: str | None


@get("/v1/visitors", opt=may(Permission.VISITORS_READ))
async def get_visitors(
    ground: Ground,
    live: Live,
    readings: Readings,
    actor: Operator,
    email: Annotated[str | None, Parameter(max_length=254)] = None,
    q: Words = "",
    marketing: Literal["yes", "no", "none"] | None = None,
    after: Annotated[str | None, Parameter(max_length=36)] = None,
    limit: Limit = 50,
) -> VisitorList:
    """Visitors, newest first: with one exact e-mail, or with words in their profile.

    `marketing` keeps those who answered yes, no, or nothing so far.
    """
    before = _cursor(after)
    further: UUID | None = None
    async with ground.database.transaction(actor.account_id) as tx:
        await readings.note(tx, actor, "visitors-listed", "account", actor.account_id)
        if email is not None:
            found = await keep_answer(tx, await find_by_email(tx, email, limit), marketing)
        else:
            found, further = await list_visitors(tx, q.strip(), marketing, before, limit)
        online = live.presence.here(actor.account_id, "visitor")
        views = await visitor_views(tx, found, online)
    return VisitorList(views, str(further) if further else None)


def _cursor(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid.field("after", Reason.CURSOR) from None


@get("/v1/visitors/{visitor_id:uuid}", opt=may(Permission.VISITORS_READ))
async def get_visitor(
    ground: Ground, live: Live, readings: Readings, actor: Operator, visitor_id: UUID
) -> VisitorCard:
    """One visitor."""
    async with ground.database.transaction(actor.account_id) as tx:
        visitor = await read_visitor(tx, visitor_id)
        await readings.note(tx, actor, "visitor-opened", "visitor", visitor_id)
        return await visitor_card(tx, live, visitor)


class Correction(Profile):
    """What an operator corrects. Another marketing answer needs the reason for it."""

    marketing: Literal["yes", "no"] | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=500)] | None = None


@patch(
    "/v1/visitors/{visitor_id:uuid}",
    opt=may(Permission.VISITORS_WRITE),
    dto=Body[Correction],
    return_dto=None,
)
async def patch_visitor(
    ground: Ground,
    live: Live,
    readings: Readings,
    actor: Operator,
    visitor_id: UUID,
    data: Correction,
) -> VisitorCard:
    """Corrects name, e-mail or phone (GDPR Art. 16), or the marketing answer with a reason."""
    async with ground.database.transaction(actor.account_id) as tx:
        await lock_feed(tx)
        await readings.note(tx, actor, "visitor-opened", "visitor", visitor_id)
        if data.marketing is not UNSET:
            visitor = await read_visitor(tx, visitor_id, lock=True)
            how = told_by_operator(actor, visitor, data.reason)
            await answer_if_asked(tx, ground.bus, visitor, data.marketing, how, gives_email=False)
        visitor = await correct(tx, ground.bus, live, actor, visitor_id, data)
        return await visitor_card(tx, live, visitor)


class ReceiptList(msgspec.Struct):
    """A page of receipts."""

    items: list[ReceiptView]
    next: str | None


@get("/v1/visitors/{visitor_id:uuid}/receipts", opt=may(Permission.VISITORS_READ))
async def get_receipts(
    ground: Ground,
    readings: Readings,
    actor: Operator,
    visitor_id: UUID,
    after: SomeSeq = None,
    limit: Limit = 50,
) -> ReceiptList:
    """What a visitor was shown and answered, the newest first (GDPR Art. 7(1))."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_visitor(tx, visitor_id)
        await readings.note(tx, actor, "visitor-opened", "visitor", visitor_id)
        found = await page_of_receipts(tx, visitor_id, after, limit + 1)
    items = found[:limit]
    return ReceiptList(items, str(items[-1].number) if len(found) > limit else None)


class Merging(msgspec.Struct, forbid_unknown_fields=True):
    """The visitor who is the same person, and stands for the person from now on."""

    into: UUID


@post(
    "/v1/visitors/{visitor_id:uuid}/merge",
    opt=may(Permission.VISITORS_ERASE),
    dto=Body[Merging],
    return_dto=None,
    status_code=200,
)
async def post_merge(
    ground: Ground, live: Live, actor: Operator, visitor_id: UUID, data: Merging
) -> VisitorCard:
    """Says that a visitor is the same person as another, whose card is returned.

    Each keeps their own chat and data. What is done to a person is done to both: erasing,
    restricting, holding, exporting.
    """
    async with ground.database.transaction(actor.account_id) as tx:
        other = await merge(tx, actor, visitor_id, data.into)
        _tell(tx, ground, visitor_id, data.into)
        return await visitor_card(tx, live, other)


@delete("/v1/visitors/{visitor_id:uuid}/merge", opt=may(Permission.VISITORS_ERASE))
async def delete_merge(ground: Ground, actor: Operator, visitor_id: UUID) -> None:
    """Undoes a merge: the visitor is a person of their own again."""
    async with ground.database.transaction(actor.account_id) as tx:
        _tell(tx, ground, visitor_id, await part(tx, actor, visitor_id))


def _tell(tx: Transaction, ground: Ground, *visitors: UUID) -> None:
    account_id = tx.account_id
    for visitor_id in visitors:
        tx.after_commit(partial(ground.bus.changed, account_id, "visitor", visitor_id))


HANDLERS = (get_visitors, get_visitor, get_receipts, patch_visitor, post_merge, delete_merge)
