"""Rows about a person in every table that the data map knows, each column with a value of its own.

Nobody lists tables here: a table that says whose rows it holds is planted from then on, and the
tests that look for the canaries fail where it was forgotten.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ColumnElement, DateTime, Integer, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.columns import Sealed
from chathaven.engines.database.data_map import Whose
from chathaven.engines.database.people import KEYS, tables_about_people
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction
from chathaven.product.privacy.export_rows import about, given_out, read_page

MADE_BY_THE_PRODUCT = ("visitors", "chats", "events", "receipts", "visitor_tokens", KEYS)
"""Tables that already hold rows when a visitor has talked and answered."""


def tables() -> list[type[Table]]:
    """Returns every table about visitors."""
    return [table for table in tables_about_people() if table.holding.whose is Whose.VISITOR]


def canary() -> str:
    """Returns a word that is nowhere else."""
    return f"canary-{new_id().hex[:20]}"


async def plant(tx: Transaction, visitor_id: UUID) -> None:
    """Gives the tables without rows a row, and sealed columns that are empty a canary."""
    for table in tables():
        rows, _ = await read_page(tx, table, about(table, tx.account_id, visitor_id), None)
        if not rows:
            assert table.__tablename__ not in MADE_BY_THE_PRODUCT
            await tx.insert(_made_up(table, tx.account_id, visitor_id))
        for row in rows:
            empty = {
                name: _value(row.__table__.c[name])
                for name in given_out(table)
                if getattr(row, name) is None
            }
            if empty:
                await tx.update(row, **empty)


def _made_up(table: type[Table], account_id: UUID, visitor_id: UUID) -> Table:
    values = {column.name: _value(column) for column in table.__table__.columns}
    values |= {"account_id": account_id, str(table.holding.person): visitor_id}
    return table(**values)


def _value(column: ColumnElement[Any]) -> Any:
    kinds: tuple[tuple[tuple[type[Any], ...], Any], ...] = (
        ((Sealed, JSONB), {"text": canary()}),
        ((Uuid,), new_id()),
        ((DateTime,), now()),
        ((Boolean,), True),
        ((Integer,), random.randrange(1_000_000, 2_000_000_000)),
        ((LargeBinary,), new_id().bytes),
        ((ARRAY,), [canary()]),
    )
    return next((value for kind, value in kinds if isinstance(column.type, kind)), canary())


async def planted(tx: Transaction, visitor_id: UUID) -> dict[str, list[Any]]:
    """Returns for every `table.column` that is given out the values it holds of a visitor."""
    found: dict[str, list[Any]] = {}
    for table in tables():
        rows, _ = await read_page(tx, table, about(table, tx.account_id, visitor_id), None)
        for name in given_out(table):
            values = [getattr(row, name) for row in rows if getattr(row, name) is not None]
            found[f"{table.__tablename__}.{name}"] = values
    return found


def leaves(value: Any) -> Iterator[Any]:
    """Yields what a JSON value holds, at any depth."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value
