"""Everything that is held about one person, found by walking the data map.

A table that says whose rows it holds (`Holding.person`) is walked from then on. Nobody lists
tables by hand, so nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.sql.elements import ColumnElement

from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction

KEYS = "person_keys"
"""Emptied last: without the key nothing that is still there can be opened."""
PAGE = 500


class Removed(msgspec.Struct):
    """What was done to one store: rows found, removed, and still there afterwards."""

    store: str
    found: int
    removed: int
    verified: bool


def tables_about_people() -> list[type[Table]]:
    """Returns every table that holds rows about a person, keys last."""
    found = [
        mapper.class_
        for mapper in Table.registry.mappers
        if issubclass(mapper.class_, Table)
        # A class that did not come to be may still await the collector.
        and "entries" in vars(mapper.class_)
        and mapper.class_.holding.person is not None
    ]
    return sorted(found, key=lambda table: (table.__tablename__ == KEYS, table.__tablename__))


def is_about(table: type[Table], account_id: UUID, person_id: UUID) -> list[ColumnElement[bool]]:
    """Returns what chooses the rows of a table about a person."""
    columns = table.__table__.c
    return [
        columns["account_id"] == account_id,
        columns[str(table.holding.person)] == person_id,
    ]


async def count(tx: Transaction, person_id: UUID) -> dict[str, int]:
    """Returns how many rows each table holds about a person; empty tables are left out."""
    # A restricted person is erased like any other, and must not look as if already gone.
    await tx.see(person_id)
    counts: dict[str, int] = {}
    for table in tables_about_people():
        where = is_about(table, tx.account_id, person_id)
        rows = await tx.value(select(func.count()).select_from(table).where(*where))
        if rows:
            counts[table.__tablename__] = rows
    return counts


async def remove(tx: Transaction, person_id: UUID) -> list[Removed]:
    """Deletes every row about a person, and looks again. Doing it twice finds nothing."""
    await tx.see(person_id)
    receipts: list[Removed] = []
    for table in tables_about_people():
        where = is_about(table, tx.account_id, person_id)
        counting = select(func.count()).select_from(table).where(*where)
        found = int(await tx.value(counting) or 0)
        removed = await tx.run(delete(table).where(*where))
        left = int(await tx.value(counting) or 0)
        receipts.append(Removed(table.__tablename__, found, removed, left == 0))
    return receipts


async def rows_about(
    tx: Transaction, table: type[Table], person_id: UUID
) -> AsyncIterator[dict[str, Any]]:
    """Yields the rows of one table about a person, opened, with the columns that are exported."""
    shown = [name for name, entry in table.entries.items() if entry.export]
    order = [column for column in table.__table__.primary_key if column.name != "account_id"]
    where = is_about(table, tx.account_id, person_id)
    offset = 0
    while True:
        page = await tx.all(select(table).where(*where).order_by(*order).offset(offset).limit(PAGE))
        for row in page:
            yield {name: getattr(row, name) for name in shown if name != "account_id"}
        if len(page) < PAGE:
            return
        offset += PAGE
