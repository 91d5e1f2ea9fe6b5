"""The one way an event comes to be: numbered, sealed and written in one transaction.

Any number of events of any chats of one account take four statements in two round trips.
Positions and `seq` are given under row locks of the same transaction, so that both are gap-free
and in the order of commits (the account's feed first, then its chats by id, so that two writers
never wait for each other in a circle).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, AsyncCursor

from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Fault, NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.arrays import byte_strings, numbers, uuids, words
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.seal import Key, place
from chathaven.product.chats.event_fields import check_params
from chathaven.product.chats.model import MESSAGES, EventType, Stage
from chathaven.product.chats.sent_again import was_sent

Connection = AsyncConnection[Any]
Cursor = AsyncCursor[Any]


class Draft(msgspec.Struct):
    """An event that wants to be written. `id` is the sender's, and makes sending idempotent."""

    chat_id: UUID
    id: UUID
    type: EventType
    author_kind: str
    author_id: UUID | None
    params: dict[str, Any]
    reopens: bool = False


class Written(msgspec.Struct):
    """An event as it stands on disk (or will, once the transaction is committed)."""

    chat_id: UUID
    visitor_id: UUID
    seq: int
    position: int
    id: UUID
    type: str
    author_kind: str
    author_id: UUID | None
    params: dict[str, Any]
    created_at: datetime
    repeated: bool = False


class _Chat(msgspec.Struct):
    id: UUID
    visitor_id: UUID
    stage: str
    last_seq: int
    last_message_seq: int
    operator_read_seq: int
    visitor_read_seq: int
    unread: int
    visitor_unread: int


async def append(
    connection: Connection, vault: Vault, account_id: UUID, drafts: Sequence[Draft]
) -> list[list[Written] | Fault]:
    """Writes events of one account; the connection is inside that tenant's transaction.

    Returns for each draft the events it came to, the draft's own last (a visitor's message to
    a closed chat first reopens it), or the fault that kept it out: `NotFound` where there is no
    such chat, `Conflict` where its id is taken by something else. A repeated draft gives the
    event that is there, marked `repeated`.
    """
    # Sent together: each statement still sees what the locks before it waited for.
    async with connection.pipeline():
        feed = await _lock_feed(connection, account_id)
        locked = await _lock_chats(connection, account_id, {draft.chat_id for draft in drafts})
        found = await _find_known(connection, account_id, drafts)
        head = await feed.fetchone()
        chats = {row[0]: _Chat(*row) for row in await locked.fetchall()}
        repeated = await found.fetchall()
    position = head[0] if head else await _first_feed(connection, account_id)
    keys = await vault.keys(connection, account_id, {chat.visitor_id for chat in chats.values()})
    known = _known(account_id, repeated, keys)
    outcomes: list[list[Written] | Fault] = []
    fresh: list[Written] = []
    moment = now()
    for draft in drafts:
        chat = chats.get(draft.chat_id)
        if chat is None or chat.visitor_id not in keys:
            outcomes.append(NotFound())
            continue
        there = known.get((draft.chat_id, draft.id))
        if there is not None:
            outcomes.append(_repeat(draft, there))
            continue
        made: list[Written] = []
        for each in _with_reopening(draft, chat):
            position += 1
            made.append(_number(each, chat, position, moment))
        known[draft.chat_id, draft.id] = made[-1]
        fresh += made
        outcomes.append(made)
    if fresh:
        await _write(connection, account_id, fresh, keys, chats, position)
    return outcomes


async def _lock_feed(connection: Connection, account_id: UUID) -> Cursor:
    return await connection.execute(
        "SELECT position FROM feeds WHERE account_id = %s FOR UPDATE", (account_id,)
    )


async def _first_feed(connection: Connection, account_id: UUID) -> int:
    """Makes an account's feed before its first event; of two, the second waits for the other."""
    await connection.execute(
        "INSERT INTO feeds (account_id, position) VALUES (%s, 0) ON CONFLICT DO NOTHING",
        (account_id,),
    )
    row = await (await _lock_feed(connection, account_id)).fetchone()
    return int(row[0]) if row else 0


async def _lock_chats(connection: Connection, account_id: UUID, ids: set[UUID]) -> Cursor:
    return await connection.execute(
        "SELECT c.* FROM (SELECT unnest(%s::uuid[]) AS id ORDER BY 1) d CROSS JOIN LATERAL ("
        " SELECT id, visitor_id, stage, last_seq, last_message_seq, operator_read_seq,"
        " visitor_read_seq, unread, visitor_unread FROM chats"
        " WHERE account_id = %s AND id = d.id FOR UPDATE) c",
        (uuids(ids), account_id),
    )


async def _find_known(connection: Connection, account_id: UUID, drafts: Sequence[Draft]) -> Cursor:
    """Looks for events that are there already under a draft's id."""
    return await connection.execute(
        "SELECT e.* FROM unnest(%s::uuid[], %s::uuid[]) AS d (chat_id, id) CROSS JOIN LATERAL ("
        " SELECT chat_id, visitor_id, seq, position, id, type, author_kind, author_id, params,"
        " created_at FROM events"
        " WHERE account_id = %s AND chat_id = d.chat_id AND id = d.id LIMIT 1) e",
        (uuids(draft.chat_id for draft in drafts), uuids(draft.id for draft in drafts), account_id),
    )


def _known(
    account_id: UUID, rows: Iterable[Sequence[Any]], keys: dict[UUID, Key]
) -> dict[tuple[UUID, UUID], Written]:
    found = {}
    for row in rows:
        written = opened(account_id, row, keys)
        if written is not None:
            found[written.chat_id, written.id] = written
    return found


def opened(account_id: UUID, row: Sequence[Any], keys: dict[UUID, Key]) -> Written | None:
    """Returns an event from its row (in the order of `Written`), or None if its key is gone."""
    written = Written(*row)
    key = keys.get(written.visitor_id)
    if key is None:
        return None
    if row[8] is not None:
        bound = _place(account_id, written)
        written.params = key.open(row[8], bound)  # type: ignore[assignment]  # sealed as an object
    else:
        written.params = {}
    return written


def _place(account_id: UUID, event: Written) -> bytes:
    row = f"{event.chat_id}/{event.seq}"
    return place(account_id, event.visitor_id, "events", "params", row)


def _repeat(draft: Draft, there: Written) -> list[Written] | Fault:
    same = (
        there.type == draft.type
        and there.author_kind == draft.author_kind
        and there.author_id == draft.author_id
        and was_sent(there.params, draft.params)
    )
    if not same:
        return Conflict("This id was used for another message.", code="id_taken")
    return [msgspec.structs.replace(there, repeated=True)]


def _with_reopening(draft: Draft, chat: _Chat) -> Iterable[Draft]:
    if draft.reopens and chat.stage == Stage.CLOSED:
        chat.stage = Stage.OPEN
        yield Draft(draft.chat_id, new_id(), EventType.CHAT_REOPENED, "system", None, {})
    yield draft


def _number(draft: Draft, chat: _Chat, position: int, moment: datetime) -> Written:
    check_params(draft.type, draft.params)
    chat.last_seq += 1
    if draft.type in MESSAGES:
        _count(draft, chat)
    if draft.type == EventType.CHAT_CLOSED:
        chat.stage = Stage.CLOSED
    elif draft.type == EventType.CHAT_REOPENED:
        chat.stage = Stage.OPEN
    return Written(
        chat_id=chat.id,
        visitor_id=chat.visitor_id,
        seq=chat.last_seq,
        position=position,
        id=draft.id,
        type=str(draft.type),
        author_kind=draft.author_kind,
        author_id=draft.author_id,
        params=draft.params,
        created_at=moment,
    )


def _count(draft: Draft, chat: _Chat) -> None:
    """Counts a message as unread for the other side; who writes has read all before it."""
    chat.last_message_seq = chat.last_seq
    if draft.type == EventType.VISITOR_MESSAGE:
        chat.unread += 1
        chat.visitor_unread, chat.visitor_read_seq = 0, chat.last_seq
    else:
        chat.visitor_unread += 1
        if draft.type == EventType.OPERATOR_MESSAGE:
            chat.unread, chat.operator_read_seq = 0, chat.last_seq


async def _write(
    connection: Connection,
    account_id: UUID,
    fresh: list[Written],
    keys: dict[UUID, Key],
    chats: dict[UUID, _Chat],
    position: int,
) -> None:
    sealed = [
        keys[event.visitor_id].seal(event.params, _place(account_id, event)) for event in fresh
    ]
    moved = [chats[chat_id] for chat_id in dict.fromkeys(event.chat_id for event in fresh)]
    # One statement for three tables: sending each costs a small batch as much as running it.
    await connection.execute(
        _WRITE,
        (
            account_id,
            fresh[0].created_at,
            uuids(event.chat_id for event in fresh),
            uuids(event.visitor_id for event in fresh),
            numbers(event.seq for event in fresh),
            numbers(event.position for event in fresh),
            uuids(event.id for event in fresh),
            words(event.type for event in fresh),
            words(event.author_kind for event in fresh),
            uuids(event.author_id for event in fresh),
            byte_strings(sealed),
            fresh[0].created_at,
            uuids(chat.id for chat in moved),
            words(chat.stage for chat in moved),
            numbers(chat.last_seq for chat in moved),
            numbers(chat.last_message_seq for chat in moved),
            numbers(chat.operator_read_seq for chat in moved),
            numbers(chat.visitor_read_seq for chat in moved),
            numbers(chat.unread for chat in moved),
            numbers(chat.visitor_unread for chat in moved),
            *(len(moved), account_id, position, account_id),
        ),
    )


# Of a limit that it is told later PostgreSQL assumes that it is small. So it finds each chat by its
# key, and does not look through all chats of the account.
_WRITE = """
WITH written AS (
    INSERT INTO events (account_id, created_at, chat_id, visitor_id, seq, position, id, type,
        author_kind, author_id, params)
    SELECT %s, %s, * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[],
        %s::text[], %s::text[], %s::uuid[], %s::bytea[])
), moved AS (
    UPDATE chats c SET updated_at = %s, stage = m.stage, last_seq = m.last_seq,
        last_message_seq = m.last_message_seq, operator_read_seq = m.operator_read_seq,
        visitor_read_seq = m.visitor_read_seq, unread = m.unread,
        visitor_unread = m.visitor_unread
    FROM (SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) LIMIT %s) AS m (id, stage,
        last_seq, last_message_seq, operator_read_seq, visitor_read_seq, unread, visitor_unread)
    WHERE c.account_id = %s AND c.id = m.id
)
UPDATE feeds SET position = %s WHERE account_id = %s
"""
