"""Everything that is held about one person, found by walking the data map.

A table that says whose rows it holds (`Holding.person`) is walked from then on. Nobody lists
tables by hand, so nothing is forgotten.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from chathaven.engines.database.tables import Table, all_tables
from chathaven.engines.database.transaction import Transaction

KEYS = "person_keys"
"""Emptied last: without the key nothing that is still there can be opened."""


class Removed(msgspec.Struct):
    """What was done to one store: rows found, removed, and still there afterwards."""

    store: str
    found: int
    removed: int
    verified: bool


def tables_about_people() -> list[type[Table]]:
    """Returns every table that holds rows about a person, keys last."""
    found = [table for table in all_tables() if table.holding.person is not None]
    return sorted(found, key=lambda table: table.__tablename__ == KEYS)


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
