"""Closing, reopening and assigning a chat; marking it as read, and counting what is unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from chathaven.base import actor
from chathaven.base.errors import Invalid
from chathaven.base.ids import new_id
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record
from chathaven.product.chats.append import Draft
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, EventType, Stage
from chathaven.product.chats.publish import chat_topic, feed_topic
from chathaven.product.chats.read import read_chat
from chathaven.product.operators.model import Operator


async def set_stage(
    tx: Transaction, live: Live, who: actor.Operator, chat_id: UUID, stage: Stage
) -> None:
    """Closes or reopens a chat; nothing happens where it is so already."""
    chat = await lock_chat(tx, chat_id)
    if chat.stage == stage:
        return
    kind = EventType.CHAT_CLOSED if stage is Stage.CLOSED else EventType.CHAT_REOPENED
    await live.add(tx, Draft(chat_id, new_id(), kind, "operator", who.id, {}))
    await record(tx, who, kind, "chat", chat_id)


async def assign(
    tx: Transaction, live: Live, who: actor.Operator, chat_id: UUID, assignee_id: UUID | None
) -> None:
    """Gives a chat to an operator, or to nobody.

    Raises:
        Invalid: there is no such operator in the account.
    """
    chat = await lock_chat(tx, chat_id)
    if chat.assignee_id == assignee_id:
        return
    if assignee_id is not None:
        known = select(Operator.id).where(
            Operator.account_id == tx.account_id, Operator.id == assignee_id
        )
        if await tx.value(known) is None:
            raise Invalid.field("assignee_id", Reason.NOT_THERE)
    await tx.update(chat, assignee_id=assignee_id)
    params = {"operator_id": str(assignee_id) if assignee_id else None}
    draft = Draft(chat_id, new_id(), EventType.CHAT_ASSIGNED, "operator", who.id, params)
    await live.add(tx, draft)
    await record(tx, who, EventType.CHAT_ASSIGNED, "chat", chat_id)


async def lock_feed(tx: Transaction) -> None:
    """Takes the lock that events take first: before chats, visitors, and ends of chains.

    Whoever changes a visitor or gives a receipt and then tells of it in the chat calls this first;
    erasing takes the same locks, and two who take them the other way round wait for each other.
    """
    await (await tx.driver()).execute(
        "SELECT 1 FROM feeds WHERE account_id = %s FOR UPDATE", (tx.account_id,)
    )


async def lock_chat(tx: Transaction, chat_id: UUID) -> Chat:
    """Returns a chat under the locks that its events take, in their order."""
    await read_chat(tx, chat_id)
    await lock_feed(tx)
    await (await tx.driver()).execute(
        "SELECT 1 FROM chats WHERE account_id = %s AND id = %s FOR UPDATE",
        (tx.account_id, chat_id),
    )
    return await read_chat(tx, chat_id)


_LOCK = "SELECT 1 FROM chats WHERE account_id = %(account)s AND id = %(chat)s FOR UPDATE"
_COUNT = """
UPDATE chats c SET
    operator_read_seq = greatest(c.operator_read_seq, least(%(operator)s, c.last_seq)),
    visitor_read_seq = greatest(c.visitor_read_seq, least(%(visitor)s, c.last_seq)),
    unread = (SELECT count(*) FROM events e
        WHERE e.account_id = c.account_id AND e.chat_id = c.id
        AND e.seq > greatest(c.operator_read_seq, %(operator)s)
        AND e.type = 'visitor-message' AND e.deleted_at IS NULL),
    visitor_unread = (SELECT count(*) FROM events e
        WHERE e.account_id = c.account_id AND e.chat_id = c.id
        AND e.seq > greatest(c.visitor_read_seq, %(visitor)s)
        AND e.type IN ('operator-message', 'bot-message') AND e.deleted_at IS NULL)
WHERE c.account_id = %(account)s AND c.id = %(chat)s AND (%(anew)s
    OR c.operator_read_seq < least(%(operator)s, c.last_seq)
    OR c.visitor_read_seq < least(%(visitor)s, c.last_seq))
RETURNING c.operator_read_seq, c.visitor_read_seq, c.unread, c.visitor_unread
"""
_COUNTS = ("operator_read_seq", "visitor_read_seq", "unread", "visitor_unread")
Counts = dict[str, int]


async def mark_read(
    tx: Transaction, chat_id: UUID, side: Literal["operator", "visitor"], seq: int
) -> Counts | None:
    """Notes how far one side has read; never goes back.

    Returns the chat's counts, or None where nothing changed.
    """
    return await _counted(tx, chat_id, {side: seq}, anew=False)


async def count_unread(tx: Transaction, chat_id: UUID) -> Counts | None:
    """Counts anew what is unread on both sides, after a message went; returns the counts."""
    return await _counted(tx, chat_id, {}, anew=True)


async def _counted(
    tx: Transaction, chat_id: UUID, read: Mapping[str, int], *, anew: bool
) -> Counts | None:
    driver = await tx.driver()
    values = {"account": tx.account_id, "chat": chat_id, "anew": anew}
    values |= {"operator": 0, "visitor": 0, **read}
    async with driver.pipeline():
        # By a statement of its own, so that what is counted is what there is once it is locked.
        await driver.execute(_LOCK, values)
        row = await (await driver.execute(_COUNT, values)).fetchone()
    return None if row is None else dict(zip(_COUNTS, row, strict=True))


def tell_read(live: Live, account_id: UUID, chat_id: UUID, counts: Counts | None) -> None:
    """Tells both sides of a chat's counts; call it after the commit."""
    if counts is None:
        return
    sign = counts | {"chat_id": chat_id}
    live.publisher.whisper(feed_topic(account_id), "read", sign)
    # The visitor's own count of what is unread bears the same name on the visitor's side.
    visitors = sign | {"unread": counts["visitor_unread"]}
    live.publisher.whisper(chat_topic(account_id, chat_id), "read", visitors)
