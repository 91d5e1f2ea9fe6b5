"""Who has not been here, or has said nothing, for so long that their time is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from chathaven.engines.database.transaction import Transaction

needed: list[Callable[[Transaction], Awaitable[Sequence[UUID]]]] = []
"""Each returns people with whom something is under way that their silence must not end: slices
above this one say so here."""


class Silent(NamedTuple):
    """How many people of a kind there are, and since when the first of them was silent."""

    people: int
    oldest: datetime | None


# The last message counts, and not what else happened in the chat since: that is no use of it.
_TALKED = """
SELECT c.visitor_id AS id, e.created_at AS since
FROM chats c JOIN events e
    ON e.account_id = c.account_id AND e.chat_id = c.id AND e.seq = c.last_message_seq
WHERE c.account_id = %(account)s AND c.last_message_seq > 0 AND e.created_at < %(before)s
"""
_VISITED = """
SELECT v.id, v.last_seen_at AS since
FROM visitors v JOIN chats c ON c.account_id = v.account_id AND c.id = v.chat_id
WHERE v.account_id = %(account)s AND c.last_message_seq = 0 AND v.last_seen_at < %(before)s
"""
# Visitors who are one person have had their time together, when the last of them has.
_WITHOUT = """
SELECT s.* FROM ({}) s WHERE s.id <> ALL (%(but)s::uuid[]) AND s.id NOT IN (
    WITH people AS (
        SELECT id, merged_into AS person FROM visitors
        WHERE account_id = %(account)s AND merged_into IS NOT NULL
        UNION SELECT merged_into, merged_into FROM visitors
        WHERE account_id = %(account)s AND merged_into IS NOT NULL)
    SELECT p.id FROM people p WHERE p.person IN (
        SELECT other.person FROM people other
        JOIN visitors v ON v.account_id = %(account)s AND v.id = other.id
        JOIN chats c ON c.account_id = v.account_id AND c.id = v.chat_id
        LEFT JOIN events e
            ON e.account_id = c.account_id AND e.chat_id = c.id AND e.seq = c.last_message_seq
        WHERE coalesce(e.created_at, v.last_seen_at) >= %(before)s
            OR v.id = ANY (%(but)s::uuid[])))
"""


async def count_silent(
    tx: Transaction, before: datetime, *, said: bool, but: Sequence[UUID] = ()
) -> Silent:
    """Counts visitors who last wrote before a time, or who never wrote and left before it.

    Nobody of `but`, and nobody whom the transaction does not see.
    """
    rows = await (await tx.driver()).execute(
        sql.SQL("SELECT count(*), min(since) FROM ({}) found").format(_asked(said)),
        {"account": tx.account_id, "before": before, "but": list(but)},
    )
    found = await rows.fetchone()
    return Silent(*found) if found else Silent(0, None)


async def some_silent(
    tx: Transaction, before: datetime, *, said: bool, but: Sequence[UUID] = (), limit: int
) -> list[UUID]:
    """Returns some of those that `count_silent` counts."""
    rows = await (await tx.driver()).execute(
        sql.SQL("{} LIMIT %(limit)s").format(_asked(said)),
        {"account": tx.account_id, "before": before, "but": list(but), "limit": limit},
    )
    return [row[0] for row in await rows.fetchall()]


def silent_people(said: bool) -> sql.Composed:
    """Returns the query for their ids; it takes `account`, `before` and `but` as counting does."""
    return sql.SQL("SELECT id FROM ({}) silent").format(_asked(said))


def _asked(said: bool) -> sql.Composed:
    return sql.SQL(_WITHOUT).format(sql.SQL(_TALKED if said else _VISITED))
