"""Whose data was in scope (A-33-3): from an operator, token or session and a window of time.

The audit log tells which chats and people were opened. What was listed or followed on the stream
could have been seen, so it is told apart and not left out:

- `opened`: a line names the chat, the person, or a file with them
- `delivered`: something happened in their chat while the stream was followed
- `listed`: a list was read in which they stood
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import sql
from sqlalchemy import func, select

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Invalid, NotFound
from chathaven.base.fields import with_zone
from chathaven.base.ids import new_id
from chathaven.base.reasons import Reason
from chathaven.engines.database.data_map import PERSONAL, Whose
from chathaven.engines.database.people import KEYS, tables_about_people
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.opened import WITHIN
from chathaven.product.audit.record import record
from chathaven.product.operators.sign_in import ABSOLUTE
from chathaven.product.records.breach import note, read_breach
from chathaven.product.records.model import BreachPerson, BreachScope

ByKind = Literal["operator", "token", "session"]
CERTAINTIES = ("opened", "delivered", "listed")

_LINES = """
SELECT at, action, target_kind, target_id FROM audit_lines
 WHERE account_id = %(account)s AND at <= %(until)s AND at >= %(since)s - CASE
       WHEN action = 'stream-opened' THEN %(longest)s::interval
       WHEN action = ANY(%(noted_once)s::text[]) THEN %(within)s::interval
       ELSE interval '0' END
   AND actor_kind = 'operator' AND """
_NOTED_ONCE = ["chat-shown", "chat-opened", "visitor-opened", "chats-listed", "visitors-listed"]
"""Read again in a while they make no line: the one before the window stands for it."""
_BY = {
    "operator": "actor_id = %(by)s",
    "token": "credential_id = %(by)s",
    "session": "credential_id = %(by)s",
}
_OPENED = """
INSERT INTO breach_people
       (account_id, scope_id, visitor_id, certainty, times, first_at, last_at)
SELECT %(account)s, %(scope)s, visitor_id, 'opened', count(*), min(at), max(at) FROM (
    SELECT c.visitor_id, l.at FROM lines l JOIN chats c
        ON c.account_id = %(account)s AND c.id = l.target_id WHERE l.target_kind = 'chat'
    UNION ALL
    SELECT v.id, l.at FROM lines l JOIN visitors v
        ON v.account_id = %(account)s AND v.id = l.target_id WHERE l.target_kind = 'visitor'
    UNION ALL
    SELECT v.id, l.at FROM lines l JOIN visitors v
        ON v.account_id = %(account)s AND v.created_at <= l.at WHERE l.action = 'export-taken'
) named GROUP BY visitor_id
"""
_DELIVERED = """
INSERT INTO breach_people
       (account_id, scope_id, visitor_id, certainty, times, first_at, last_at)
SELECT %(account)s, %(scope)s, e.visitor_id, 'delivered', count(*), min(e.created_at),
       max(e.created_at)
  FROM events e
 WHERE e.account_id = %(account)s AND e.created_at <= %(until)s AND e.created_at >=
       greatest(%(since)s, (SELECT min(at) FROM lines WHERE action = 'stream-opened'))
   AND EXISTS (SELECT FROM lines WHERE action = 'stream-opened')
 GROUP BY e.visitor_id
ON CONFLICT DO NOTHING
"""
_LISTED = """
INSERT INTO breach_people
       (account_id, scope_id, visitor_id, certainty, times, first_at, last_at)
SELECT %(account)s, %(scope)s, v.id, 'listed', l.times, greatest(l.first_at, v.created_at),
       l.last_at
  FROM visitors v,
       (SELECT count(*) AS times, min(at) AS first_at, max(at) AS last_at FROM lines
         WHERE action IN ('chats-listed', 'visitors-listed')) l
 WHERE v.account_id = %(account)s AND v.created_at <= l.last_at
ON CONFLICT DO NOTHING
"""
_READ = "SELECT count(*) FROM lines"
_GONE = """
SELECT count(DISTINCT l.target_id) FROM lines l
 WHERE (l.target_kind = 'visitor' AND NOT EXISTS (SELECT FROM visitors v
        WHERE v.account_id = %(account)s AND v.id = l.target_id))
    OR (l.target_kind = 'chat' AND NOT EXISTS (SELECT FROM chats c
        WHERE c.account_id = %(account)s AND c.id = l.target_id))
"""


async def find_scope(
    tx: Transaction,
    actor: Operator,
    breach_id: UUID,
    by: tuple[ByKind, UUID],
    window: tuple[datetime, datetime],
) -> BreachScope:
    """Finds who was in scope, and keeps the answer with the breach, as numbers and ids.

    The transaction sees restricted people too: their data was in scope like others'. Who was
    erased since is in `gone` alone.

    Raises:
        NotFound: there is no such breach.
        Invalid: the window has no zone, or ends before it begins.
    """
    since, until = window
    if with_zone("until", until) <= with_zone("since", since):
        raise Invalid.field("until", Reason.AFTER_BEGIN)
    breach = await read_breach(tx, breach_id, lock=True)
    began = time.monotonic()
    scope_id = new_id()
    values = {
        "account": tx.account_id,
        "scope": scope_id,
        "since": since,
        "until": until,
        "by": by[1],
        "noted_once": _NOTED_ONCE,
        "within": WITHIN,
        # A stream that was opened before the window may have been followed in it.
        "longest": ABSOLUTE,
    }
    driver = await tx.driver()
    lines = _LINES + _BY[by[0]]
    with_lines = f"WITH lines AS MATERIALIZED ({lines}) "
    for statement in (_OPENED, _DELIVERED, _LISTED):
        await driver.execute(with_lines + statement, values)
    rows = await driver.execute(with_lines + _GONE, values)
    gone = await rows.fetchone()
    rows = await driver.execute(with_lines + _READ, values)
    read = await rows.fetchone()
    counts = await _counts(tx, scope_id)
    counts["gone"] = gone[0] if gone else 0
    counts["lines"] = read[0] if read else 0
    counts["milliseconds"] = round((time.monotonic() - began) * 1000)
    scope = BreachScope(
        account_id=tx.account_id,
        id=scope_id,
        breach_id=breach.id,
        by_kind=by[0],
        by_id=by[1],
        since=since,
        until=until,
        counts=counts,
        asked_by=actor.id,
        created_at=now(),
    )
    await tx.insert(scope)
    await note(tx, actor, breach, "scope", {"scope_id": str(scope_id)})
    await record(tx, actor, "breach-scope-asked", "breach", breach.id)
    return scope


async def _counts(tx: Transaction, scope_id: UUID) -> dict[str, Any]:
    """Returns how many people are in scope, and how many rows of which categories about them."""
    people = await tx.values(
        select(BreachPerson.certainty, func.count())
        .where(BreachPerson.account_id == tx.account_id, BreachPerson.scope_id == scope_id)
        .group_by(BreachPerson.certainty)
    )
    found: dict[str, Any] = {
        "people": dict.fromkeys(CERTAINTIES, 0) | {row[0]: row[1] for row in people},
        "stores": {},
        "categories": {},
    }
    driver = await tx.driver()
    for table in tables_about_people():
        name = table.__tablename__
        if table.holding.whose is not Whose.VISITOR or name in {KEYS, BreachPerson.__tablename__}:
            continue
        rows = await driver.execute(
            sql.SQL(
                "SELECT p.certainty, count(*) FROM {} t JOIN breach_people p"
                " ON p.account_id = t.account_id AND p.visitor_id = t.{}"
                " WHERE t.account_id = %s AND p.scope_id = %s GROUP BY p.certainty"
            ).format(sql.Identifier(name), sql.Identifier(str(table.holding.person))),
            (tx.account_id, scope_id),
        )
        counted: dict[str, int] = {row[0]: row[1] async for row in rows}
        if not counted:
            continue
        found["stores"][name] = counted
        for category in {e.category for e in table.entries.values()} & PERSONAL:
            sums = found["categories"].setdefault(category.value, {})
            for certainty, number in counted.items():
                sums[certainty] = sums.get(certainty, 0) + number
    return found


async def read_scope(tx: Transaction, breach_id: UUID, scope_id: UUID) -> BreachScope:
    """Returns a kept answer.

    Raises:
        NotFound: the breach has none with this id.
    """
    scope = await tx.one(
        select(BreachScope).where(
            BreachScope.account_id == tx.account_id,
            BreachScope.breach_id == breach_id,
            BreachScope.id == scope_id,
        )
    )
    if scope is None:
        raise NotFound()
    return scope


async def list_scopes(
    tx: Transaction, breach_id: UUID, before: UUID | None, limit: int
) -> list[BreachScope]:
    """Returns the answers that were kept with a breach, the newest first, from behind one on."""
    wanted = select(BreachScope).where(
        BreachScope.account_id == tx.account_id, BreachScope.breach_id == breach_id
    )
    if before is not None:
        # Ids are made in the order of time.
        wanted = wanted.where(BreachScope.id < before)
    return await tx.all(wanted.order_by(BreachScope.id.desc()).limit(limit))


async def people_of(
    tx: Transaction, scope_id: UUID, after: UUID | None, limit: int
) -> list[tuple[Any, ...]]:
    """Returns people in scope by their ids: id, certainty, times, first and last time."""
    where = [BreachPerson.account_id == tx.account_id, BreachPerson.scope_id == scope_id]
    if after is not None:
        where.append(BreachPerson.visitor_id > after)
    rows = await tx.values(
        select(
            BreachPerson.visitor_id,
            BreachPerson.certainty,
            BreachPerson.times,
            BreachPerson.first_at,
            BreachPerson.last_at,
        )
        .where(*where)
        .order_by(BreachPerson.visitor_id)
        .limit(limit)
    )
    return [tuple(row) for row in rows]
