"""Reading rows to give them out: what the data map says is given out, opened, page by page.

Each page is a transaction of its own, so that a slow reader holds no connection, and each goes
on behind the primary key of the page before it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Row,
    Uuid,
    all_,
    cast,
    func,
    select,
    tuple_,
)

from chathaven.engines.database.columns import Sealed
from chathaven.engines.database.data_map import Whose
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Database, Sees, Transaction

PAGE = 250
"""Rows that are opened at once: some milliseconds, in which nobody else is served."""
T = TypeVar("T", bound=Table)
Values = dict[str, Any]


def given_out(table: type[Table]) -> list[str]:
    """Returns the columns that are given out; the account is said once, and not in every row."""
    return [name for name, entry in table.entries.items() if entry.export and name != "account_id"]


def values_of(row: Table) -> Values:
    """Returns what is given out of an opened row."""
    return {name: getattr(row, name) for name in given_out(type(row))}


def of_account(table: type[Table], account_id: UUID) -> list[ColumnElement[bool]]:
    """Returns the condition for the rows of an account, without those of restricted people.

    The database hides their rows by itself, all but the restrictions.
    """
    found = [table.__table__.c["account_id"] == account_id]
    if table.holding.whose is Whose.VISITOR and table.holding.person is not None:
        hidden = cast(select(func.hidden_people()).scalar_subquery(), ARRAY(Uuid()))
        found.append(table.__table__.c[table.holding.person] != all_(hidden))
    return found


def about(table: type[Table], account_id: UUID, person_id: UUID) -> list[ColumnElement[bool]]:
    """Returns the condition for the rows about one person."""
    columns = table.__table__.c
    return [columns["account_id"] == account_id, columns[str(table.holding.person)] == person_id]


def key_columns(table: type[Table]) -> list[ColumnElement[Any]]:
    """Returns the primary key behind the account; a table of one row an account has none."""
    return [column for column in table.__table__.primary_key if column.name != "account_id"]


def as_column(column: ColumnElement[Any], value: Any) -> Any:
    """Returns a value from JSON as its column takes it. Plain values of sealed columns stay."""
    if value is None or isinstance(column.type, Sealed):
        return value
    if isinstance(column.type, Uuid):
        return UUID(value)
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    return value


async def read_page(
    tx: Transaction,
    table: type[T],
    where: Sequence[ColumnElement[bool]],
    after: Sequence[Any] | None,
    limit: int = PAGE,
) -> tuple[list[T], tuple[Any, ...] | None]:
    """Returns the next rows in the order of their key, and the last key; None behind the last."""
    keys = key_columns(table)
    if not keys:
        return (await tx.all(select(table).where(*where)) if after is None else []), None
    place = tuple_(*keys)
    bounds = list(where) if after is None else [*where, place > tuple(after)]
    found: Sequence[Row[Any]] = await tx.values(
        select(*keys).where(*bounds).order_by(*keys).limit(limit)
    )
    if not found:
        return [], None
    last = tuple(found[-1])
    # Up to that key, and not so many: rows without a key are left out and must not end it.
    rows = await tx.all(select(table).where(*bounds, place <= last).order_by(*keys))
    return rows, last if len(found) == limit else None


async def pages(
    database: Database,
    account_id: UUID,
    table: type[T],
    where: Sequence[ColumnElement[bool]],
    sees: Sees = None,
) -> AsyncIterator[list[T]]:
    """Yields all rows of a condition, page by page; `sees` as in `Database.transaction`."""
    after: tuple[Any, ...] | None = None
    while True:
        async with database.transaction(account_id, sees=sees) as tx:
            rows, after = await read_page(tx, table, where, after)
        if rows:
            yield rows
        if after is None:
            return
