"""Reading chats and their events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.append import Written
from chathaven.product.chats.model import Chat, Event, Stage

Cursor = tuple[datetime, UUID]


async def read_chat(tx: Transaction, chat_id: UUID) -> Chat:
    """Returns a chat of the account in which something was said.

    Raises:
        NotFound: there is none of this id.
    """
    chat = await tx.one(
        select(Chat).where(Chat.account_id == tx.account_id, Chat.id == chat_id, Chat.last_seq > 0)
    )
    if chat is None:
        raise NotFound()
    return chat


async def list_chats(
    tx: Transaction, view: str, operator_id: UUID, after: Cursor | None, limit: int
) -> list[Chat]:
    """Returns chats of a view, the last touched first, after a cursor."""
    statement = select(Chat).where(
        Chat.account_id == tx.account_id, Chat.last_seq > 0, *_view(view, operator_id)
    )
    if after is not None:
        statement = statement.where(tuple_(Chat.updated_at, Chat.id) < after)
    return await tx.all(statement.order_by(Chat.updated_at.desc(), Chat.id.desc()).limit(limit))


def _view(view: str, operator_id: UUID) -> list[ColumnElement[bool]]:
    opened = Chat.stage == Stage.OPEN
    return {
        "open": [opened],
        "mine": [opened, Chat.assignee_id == operator_id],
        "unassigned": [opened, Chat.assignee_id.is_(None)],
        "closed": [Chat.stage == Stage.CLOSED],
        "all": [],
    }[view]


async def last_messages(tx: Transaction, chats: Iterable[Chat]) -> dict[UUID, Written]:
    """Returns the last message of each chat (or its last event where there is no message)."""
    wanted = [
        and_(Event.chat_id == chat.id, Event.seq == (chat.last_message_seq or chat.last_seq))
        for chat in chats
    ]
    if not wanted:
        return {}
    rows = await tx.all(select(Event).where(Event.account_id == tx.account_id, or_(*wanted)))
    return {row.chat_id: written(row) for row in rows}


async def read_events(
    tx: Transaction,
    chat_id: UUID,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int,
) -> list[Written]:
    """Returns events of a chat in their order: the first after one, or the last before one."""
    statement = select(Event).where(
        Event.account_id == tx.account_id, Event.chat_id == chat_id, Event.seq > after
    )
    if before is None:
        return _all(await tx.all(statement.order_by(Event.seq).limit(limit)))
    statement = statement.where(Event.seq < before).order_by(Event.seq.desc()).limit(limit)
    return _all(await tx.all(statement))[::-1]


async def read_feed(tx: Transaction, after: int, limit: int) -> list[Written]:
    """Returns events of the account behind a position, in their order."""
    rows = await tx.all(
        select(Event)
        .where(Event.account_id == tx.account_id, Event.position > after)
        .order_by(Event.position)
        .limit(limit)
    )
    return _all(rows)


def _all(rows: Sequence[Event]) -> list[Written]:
    return [written(row) for row in rows]


def written(row: Event) -> Written:
    """Returns an opened row as an event."""
    params: dict[str, Any] = row.params or {}
    return Written(
        chat_id=row.chat_id,
        visitor_id=row.visitor_id,
        seq=row.seq,
        position=row.position,
        id=row.id,
        type=row.type,
        author_kind=row.author_kind,
        author_id=row.author_id,
        params=params,
        created_at=row.created_at,
    )
