"""HTTP: chats, for operators."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, patch
from litestar.params import Parameter
from msgspec import UNSET, UnsetType

from chathaven.base.actor import Operator
from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.opened import Readings
from chathaven.product.chats.change import assign, set_stage
from chathaven.product.chats.list import find_chats, read_cursor, show_chats, write_cursor
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Stage
from chathaven.product.chats.read import read_chat, read_events
from chathaven.product.chats.show import ChatView, EventView, event_view

View = Literal["open", "all", "mine", "unassigned", "closed"]
# Parameters take the framework's own limits; those of msgspec are not looked at there.
Limit = Annotated[int, Parameter(ge=1, le=200)]
Words = Annotated[str, Parameter(max_length=200)]
Cursor = Annotated[str | None, Parameter(max_length=100)]
Seq = Annotated[int, Parameter(ge=0, le=2**53, schema_extra={"minimum": 0})]
SomeSeq = Annotated[int | None, Parameter(ge=0, le=2**53, schema_extra={"minimum": 0})]


class ChatList(msgspec.Struct):
    """A page of chats."""

    items: list[ChatView]
    next: str | None


class EventList(msgspec.Struct):
    """A page of events."""

    items: list[EventView]
    next: str | None


class ChatPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What may be changed of a chat; null gives it to nobody."""

    stage: Stage | UnsetType = UNSET
    assignee_id: UUID | None | UnsetType = UNSET


@get("/v1/chats", opt=may(Permission.CHATS_READ))
async def get_chats(
    ground: Ground,
    live: Live,
    readings: Readings,
    actor: Operator,
    view: View = "open",
    q: Words = "",
    after: Cursor = None,
    limit: Limit = 50,
) -> ChatList:
    """Chats of a view, the last touched first."""
    cursor = read_cursor(after)
    async with ground.database.transaction(actor.account_id) as tx:
        await readings.note(tx, actor, "chats-listed", "account", actor.account_id)
        chats, further = await find_chats(tx, view, actor.id, q, cursor, limit)
        return ChatList(await show_chats(tx, live, chats), write_cursor(further))


@get("/v1/chats/{chat_id:uuid}", opt=may(Permission.CHATS_READ))
async def get_chat(
    ground: Ground, live: Live, readings: Readings, actor: Operator, chat_id: UUID
) -> ChatView:
    """One chat."""
    async with ground.database.transaction(actor.account_id) as tx:
        shown = await show_chats(tx, live, [await read_chat(tx, chat_id)])
        if not shown:
            raise NotFound()
        await readings.note(tx, actor, "chat-shown", "chat", chat_id)
    return shown[0]


@patch(
    "/v1/chats/{chat_id:uuid}",
    opt=may(Permission.CHATS_WRITE),
    dto=Body[ChatPatch],
    return_dto=None,
)
async def patch_chat(
    ground: Ground,
    live: Live,
    readings: Readings,
    actor: Operator,
    chat_id: UUID,
    data: ChatPatch,
) -> ChatView:
    """Closes, reopens or assigns a chat."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_chat(tx, chat_id)
        # The answer shows it, also where nothing changes.
        await readings.note(tx, actor, "chat-shown", "chat", chat_id)
        if data.assignee_id is not UNSET:
            await assign(tx, live, actor, chat_id, data.assignee_id)
        if data.stage is not UNSET:
            await set_stage(tx, live, actor, chat_id, data.stage)
        [shown] = await show_chats(tx, live, [await read_chat(tx, chat_id)])
    return shown


@get("/v1/chats/{chat_id:uuid}/events", opt=may(Permission.CHATS_READ))
async def get_events(
    ground: Ground,
    live: Live,
    readings: Readings,
    actor: Operator,
    chat_id: UUID,
    after: Seq = 0,
    before: SomeSeq = None,
    limit: Limit = 50,
) -> EventList:
    """Events of a chat, in their order."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_chat(tx, chat_id)
        await readings.note(tx, actor, "chat-opened", "chat", chat_id)
        return await page_of_events(tx, live, chat_id, after, before, limit)


async def page_of_events(
    tx: Transaction, live: Live, chat_id: UUID, after: int, before: int | None, limit: int
) -> EventList:
    """Returns one page of a chat's events; `next` is set where more follow."""
    events = await read_events(tx, chat_id, after=after, before=before, limit=limit)
    names = await live.names.of(tx, events)
    further = None
    if len(events) == limit:
        further = str(events[-1].seq if before is None else events[0].seq)
    return EventList([event_view(event, names) for event in events], further)


HANDLERS = (get_chats, get_chat, patch_chat, get_events)
