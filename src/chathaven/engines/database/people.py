"""Everything that is held about one person, found by walking the data map.

A table that says whose rows it holds (`Holding.person`) is walked from then on. Nobody lists
tables by hand, so nothing is forgotten.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from psycopg import sql
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
    """Returns how many rows each table holds about a person; empty tables are left out.

    All tables are asked with one statement, for whoever erases asks three times.
    """
    # A restricted person is erased like any other, and must not look as if already gone.
    await see_for_erasing(tx, person_id)
    asked = sql.SQL(" UNION ALL ").join(_counting(table) for table in tables_about_people())
    rows = await (await tx.driver()).execute(asked, {"account": tx.account_id, "person": person_id})
    return {table: found async for table, found in rows if found}


async def see_for_erasing(tx: Transaction, person_id: UUID) -> None:
    """Lets the transaction see a person, restricted or not; asks nothing where it does already."""
    if tx.sees != person_id:
        await tx.see(person_id)


def _counting(table: type[Table]) -> sql.Composed:
    return sql.SQL(
        "SELECT {name}, count(*) FROM {table}"
        " WHERE account_id = %(account)s AND {person} = %(person)s"
    ).format(
        name=sql.Literal(table.__tablename__),
        table=sql.Identifier(table.__tablename__),
        person=sql.Identifier(str(table.holding.person)),
    )
