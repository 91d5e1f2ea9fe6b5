"""HTTP: sending, reading marks and typing signs, for operators and visitors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post
from msgspec import Meta

from chathaven.base.actor import Operator, Visitor
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.fields import is_blank
from chathaven.base.reasons import Reason
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.engines.web.ready import Ready
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.append import Draft, Written
from chathaven.product.chats.change import mark_read, tell_read
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import EventType
from chathaven.product.chats.publish import chat_topic, feed_topic
from chathaven.product.chats.read import read_chat
from chathaven.product.chats.show import Author
from chathaven.product.consents.model import Subject
from chathaven.product.consents.notices import Showing
from chathaven.product.consents.require import check_visitor
from chathaven.product.messages import change_api as changes
from chathaven.product.messages.send import Writer
from chathaven.product.visitors.recognise import gone_or_hidden

VISITORS_SEND = Rate("visitor-messages", 60, 60)
OPERATORS_SEND = Rate("operator-messages", 300, 60)
SIGNS = Rate("signs", 120, 60)
_encode = msgspec.json.Encoder().encode


class NewMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A message to send. `id` is the sender's; sending it again changes nothing."""

    id: UUID
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]


class SentMessage(msgspec.Struct):
    """A message that is on disk."""

    id: UUID
    seq: int
    chat_id: UUID
    created_at: datetime


class ReadMark(msgspec.Struct, forbid_unknown_fields=True):
    """How far somebody has read."""

    seq: Annotated[int, Meta(ge=0, le=2**53)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """An empty object."""


class Typing(msgspec.Struct):
    """Somebody writes."""

    chat_id: UUID
    author: Author


# The two ways of sending take one dependency, where others take `ground` and `actor`: each set of
# several is gathered in a task group, which costs as much as all else that the framework does.


def _draft(chat_id: UUID, kind: EventType, who: Operator | Visitor, message: NewMessage) -> Draft:
    if is_blank(message.text):
        raise Invalid.field("text", Reason.BLANK)
    return Draft(
        chat_id=chat_id,
        id=message.id,
        type=kind,
        author_kind="operator" if isinstance(who, Operator) else "visitor",
        author_id=who.id,
        params={"text": message.text},
        reopens=True,
    )


def visitors_draft(actor: Visitor, showing: Showing, language: str, message: NewMessage) -> Draft:
    """Returns what a visitor wants to send; `language` is what they said they read.

    Raises:
        Conflict: they may not write, or have to be shown something first.
        Invalid: it is blank.
    """
    if actor.restricted:
        raise Conflict(
            "The use of your data is restricted, so nobody would read this message. It was not"
            " sent, and is still on your device.",
            code="processing_restricted",
        )
    if notices := showing.of(Subject.LEGAL_TEXT):
        check_visitor(notices, actor, language)
    return _draft(actor.chat_id, EventType.VISITOR_MESSAGE, actor, message)


def answer_json(written: Written) -> bytes:
    """Returns the answer to a message that is on disk."""
    return _encode(SentMessage(written.id, written.seq, written.chat_id, written.created_at))


def _sent(written: Written) -> Ready[SentMessage]:
    return Ready(answer_json(written), 201)


@post(
    "/v1/widget/me/messages",
    opt=may(VISITOR),
    dto=Body[NewMessage],
    return_dto=None,
)
async def send_as_visitor(
    request: Request[Visitor, Any, Any], writer: Writer, data: NewMessage
) -> Ready[SentMessage]:
    """Sends a message of the visitor; the answer comes once it is on disk."""
    actor = request.user
    writer.limits.take_near(VISITORS_SEND, actor.id)
    showing = await writer.notices.of(actor.account_id)
    language = request.headers.get("accept-language", "")
    draft = visitors_draft(actor, showing, language, data)
    try:
        return _sent(await writer.send(actor.account_id, draft))
    except NotFound:
        raise await gone_or_hidden(writer.database, actor) from None


@post(
    "/v1/chats/{chat_id:uuid}/messages",
    opt=may(Permission.CHATS_WRITE),
    dto=Body[NewMessage],
    return_dto=None,
)
async def send_as_operator(
    request: Request[Operator, Any, Any], writer: Writer, chat_id: UUID, data: NewMessage
) -> Ready[SentMessage]:
    """Sends a message of an operator; the answer comes once it is on disk."""
    actor = request.user
    writer.limits.take_near(OPERATORS_SEND, actor.id)
    draft = _draft(chat_id, EventType.OPERATOR_MESSAGE, actor, data)
    return _sent(await writer.send(actor.account_id, draft))


@post(
    "/v1/widget/me/read",
    opt=may(VISITOR),
    dto=Body[ReadMark],
    return_dto=None,
    status_code=204,
)
async def read_as_visitor(ground: Ground, live: Live, actor: Visitor, data: ReadMark) -> None:
    """Notes how far the visitor has read."""
    ground.limits.take_near(SIGNS, actor.id)
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        counts = await mark_read(tx, actor.chat_id, "visitor", data.seq)
    if not actor.restricted:
        tell_read(live, actor.account_id, actor.chat_id, counts)


@post(
    "/v1/chats/{chat_id:uuid}/read",
    opt=may(Permission.CHATS_READ),
    dto=Body[ReadMark],
    return_dto=None,
    status_code=204,
)
async def read_as_operator(
    ground: Ground, live: Live, actor: Operator, chat_id: UUID, data: ReadMark
) -> None:
    """Notes how far operators have read."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_chat(tx, chat_id)
        counts = await mark_read(tx, chat_id, "operator", data.seq)
    tell_read(live, actor.account_id, chat_id, counts)


@post(
    "/v1/widget/me/typing",
    opt=may(VISITOR),
    dto=Body[Nothing],
    return_dto=None,
    status_code=204,
)
async def type_as_visitor(ground: Ground, live: Live, actor: Visitor, data: Nothing) -> None:
    """Says that the visitor is writing; never what."""
    ground.limits.take_near(SIGNS, actor.id)
    if actor.restricted:
        return
    sign = Typing(actor.chat_id, Author("visitor", actor.id, None))
    live.publisher.whisper(feed_topic(actor.account_id), "typing", sign)


@post(
    "/v1/chats/{chat_id:uuid}/typing",
    opt=may(Permission.CHATS_WRITE),
    dto=Body[Nothing],
    return_dto=None,
    status_code=204,
)
async def type_as_operator(
    ground: Ground, live: Live, actor: Operator, chat_id: UUID, data: Nothing
) -> None:
    """Says that an operator is writing in a chat."""
    ground.limits.take_near(SIGNS, actor.id)
    async with ground.database.transaction(actor.account_id) as tx:
        await read_chat(tx, chat_id)
    sign = Typing(chat_id, Author("operator", actor.id, None))
    live.publisher.whisper(chat_topic(actor.account_id, chat_id), "typing", sign)
    live.publisher.whisper(feed_topic(actor.account_id), "typing", sign)


HANDLERS = (
    send_as_visitor,
    send_as_operator,
    read_as_visitor,
    read_as_operator,
    type_as_visitor,
    type_as_operator,
    *changes.HANDLERS,
)
