"""Closing, reopening and assigning a chat; marking it as read."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import select

from chathaven.base import actor
from chathaven.base.errors import Invalid
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record
from chathaven.product.chats.append import Draft
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, EventType, Stage
from chathaven.product.chats.read import read_chat
from chathaven.product.operators.model import Operator


async def set_stage(
    tx: Transaction, live: Live, who: actor.Operator, chat_id: UUID, stage: Stage
) -> None:
    """Closes or reopens a chat; nothing happens where it is so already."""
    chat = await _locked(tx, chat_id)
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
    chat = await _locked(tx, chat_id)
    if chat.assignee_id == assignee_id:
        return
    if assignee_id is not None:
        known = select(Operator.id).where(
            Operator.account_id == tx.account_id, Operator.id == assignee_id
        )
        if await tx.value(known) is None:
            raise Invalid.field("assignee_id", "takes the id of an operator of this account")
    await tx.update(chat, assignee_id=assignee_id)
    params = {"operator_id": str(assignee_id) if assignee_id else None}
    draft = Draft(chat_id, new_id(), EventType.CHAT_ASSIGNED, "operator", who.id, params)
    await live.add(tx, draft)
    await record(tx, who, EventType.CHAT_ASSIGNED, "chat", chat_id)


async def _locked(tx: Transaction, chat_id: UUID) -> Chat:
    """Returns a chat under the locks that its events take, in their order."""
    await read_chat(tx, chat_id)
    driver = await tx.driver()
    await driver.execute("SELECT 1 FROM feeds WHERE account_id = %s FOR UPDATE", (tx.account_id,))
    await driver.execute(
        "SELECT 1 FROM chats WHERE account_id = %s AND id = %s FOR UPDATE",
        (tx.account_id, chat_id),
    )
    return await read_chat(tx, chat_id)


_READ = {
    "operator": (
        "UPDATE chats c SET operator_read_seq = least(%(seq)s, c.last_seq), unread ="
        " (SELECT count(*) FROM events e WHERE e.account_id = c.account_id AND e.chat_id = c.id"
        " AND e.seq > %(seq)s AND e.type = 'visitor-message')"
        " WHERE c.account_id = %(account)s AND c.id = %(chat)s"
        " AND c.operator_read_seq < least(%(seq)s, c.last_seq)"
    ),
    "visitor": (
        "UPDATE chats c SET visitor_read_seq = least(%(seq)s, c.last_seq), visitor_unread ="
        " (SELECT count(*) FROM events e WHERE e.account_id = c.account_id AND e.chat_id = c.id"
        " AND e.seq > %(seq)s AND e.type IN ('operator-message', 'bot-message'))"
        " WHERE c.account_id = %(account)s AND c.id = %(chat)s"
        " AND c.visitor_read_seq < least(%(seq)s, c.last_seq)"
    ),
}
_COUNTS = ("operator_read_seq", "visitor_read_seq", "unread", "visitor_unread")


async def mark_read(
    tx: Transaction, chat_id: UUID, side: Literal["operator", "visitor"], seq: int
) -> dict[str, int] | None:
    """Notes how far one side has read; never goes back.

    Returns the chat's counts, or None where nothing changed.
    """
    driver = await tx.driver()
    rows = await driver.execute(
        _READ[side] + " RETURNING " + ", ".join(f"c.{name}" for name in _COUNTS),
        {"seq": seq, "account": tx.account_id, "chat": chat_id},
    )
    row = await rows.fetchone()
    return None if row is None else dict(zip(_COUNTS, row, strict=True))
