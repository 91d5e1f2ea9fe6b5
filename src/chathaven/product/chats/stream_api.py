"""HTTP: the two streams."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import HeaderParameter
from sqlalchemy import func, select

from chathaven.base.actor import Operator, Visitor
from chathaven.base.errors import Invalid, NotFound, Unavailable
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import EVERYONE, Database, Sees, Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.stream.frames import durable_frame, event_frame
from chathaven.engines.stream.hub import Backlog
from chathaven.engines.stream.response import EventStream
from chathaven.engines.stream.subscription import Person, Subscription, Topic
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.opened import Readings
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, Feed
from chathaven.product.chats.names import NameCache
from chathaven.product.chats.presence import UNSEEN
from chathaven.product.chats.publish import chat_topic, event_json, feed_topic
from chathaven.product.chats.read import read_events, read_feed
from chathaven.product.chats.show import VisitorChatView
from chathaven.product.chats.team import on_duty, team_view
from chathaven.product.operators import model as operators

_encode = msgspec.json.Encoder().encode
LastEventId = Annotated[str | None, HeaderParameter(name="Last-Event-ID")]


def _number(text: str | None) -> int | None:
    if text is None or not text.strip():
        return None
    if len(text) > 18 or not text.isascii() or not text.isdigit():
        raise Invalid.field("Last-Event-ID", Reason.EVENT_ID)
    return int(text)


async def _feed_position(tx: Transaction) -> int:
    position = select(Feed.position).where(Feed.account_id == tx.account_id)
    return int(await tx.value(position) or 0)


def _opened(
    ground: Ground, topic: Topic, person: Person, credential: UUID, head: int, last: int | None,
    hello: bytes,
) -> EventStream:  # fmt: skip
    if ground.hub.draining:
        raise Unavailable(retry_after=1)
    if last is not None and last > head:
        # A number from a past that is no more (a restored backup): load anew.
        hello += event_frame("reset", b"{}")
        last = None
    cursor = head if last is None else last
    subscription = Subscription(topic, person, credential, cursor)
    return EventStream(ground.hub, subscription, hello)


@get("/v1/stream", opt=may(Permission.CHATS_READ), media_type="text/event-stream")
async def stream_for_operators(
    ground: Ground,
    live: Live,
    readings: Readings,
    actor: Operator,
    last_event_id: LastEventId = None,
) -> EventStream:
    """Everything that happens in the account, as server-sent events."""
    last = _number(last_event_id)
    async with ground.database.transaction(actor.account_id) as tx:
        await readings.note(tx, actor, "stream-opened", "account", actor.account_id)
        head = await _feed_position(tx)
        # Whoever was restricted a moment ago may still be counted as here.
        hidden = set(await tx.value(select(func.hidden_people())))
        rows = await tx.values(
            select(operators.Operator.id, operators.Operator.availability).where(
                operators.Operator.account_id == tx.account_id
            )
        )
    here = live.presence.here(actor.account_id, "operator") | {actor.id}
    hello = {
        "position": head,
        "operators": [
            {"id": each, "present": each in here, "availability": availability}
            for each, availability in rows
        ],
        "visitors_online": sorted(live.presence.here(actor.account_id, "visitor") - hidden),
    }
    return _opened(
        ground,
        feed_topic(actor.account_id),
        Person("operator", actor.account_id, actor.id),
        actor.session_id or actor.token_id or actor.id,
        head,
        last,
        event_frame("hello", _encode(hello)),
    )


@get("/v1/widget/me/stream", opt=may(VISITOR), media_type="text/event-stream")
async def stream_for_visitors(
    ground: Ground, live: Live, actor: Visitor, last_event_id: LastEventId = None
) -> EventStream:
    """Everything that happens in the visitor's chat, as server-sent events."""
    last = _number(last_event_id)
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        chat = await read_own_chat(tx, actor)
        team = team_view(await on_duty(tx, live.presence))
    hello: dict[str, Any] = {"chat": own_chat_view(chat), **team}
    return _opened(
        ground,
        chat_topic(actor.account_id, actor.chat_id),
        Person(UNSEEN if actor.restricted else "visitor", actor.account_id, actor.id),
        actor.token_id,
        chat.last_seq,
        last,
        event_frame("hello", _encode(hello)),
    )


async def read_own_chat(tx: Transaction, actor: Visitor) -> Chat:
    """Returns a visitor's own chat, also while nothing was said in it."""
    chat = await tx.one(
        select(Chat).where(Chat.account_id == tx.account_id, Chat.id == actor.chat_id)
    )
    if chat is None:
        raise NotFound()
    return chat


def own_chat_view(chat: Chat) -> VisitorChatView:
    """Returns a chat as its visitor sees it."""
    return VisitorChatView(
        id=chat.id,
        stage=chat.stage,
        last_seq=chat.last_seq,
        visitor_read_seq=chat.visitor_read_seq,
        operator_read_seq=chat.operator_read_seq,
        unread=chat.visitor_unread,
    )


def backlog(database: Database, names: NameCache) -> Backlog:
    """Returns what the hub reads when a stream has to catch up."""

    async def read(topic: Topic, after: int, limit: int) -> list[tuple[int, bytes]]:
        # The stream of a chat is its visitor's own, restricted or not.
        sees: Sees = None if topic.kind == "account" else EVERYONE
        async with database.transaction(topic.account_id, sees=sees) as tx:
            if topic.kind == "account":
                events = await read_feed(tx, after, limit)
            else:
                events = await read_events(tx, topic.id, after=after, limit=limit)
            known = await names.of(tx, events)
        numbered = (
            (event.position if topic.kind == "account" else event.seq, event) for event in events
        )
        return [
            (number, durable_frame(number, event_json(event, known))) for number, event in numbered
        ]

    return read


HANDLERS = (stream_for_operators, stream_for_visitors)
