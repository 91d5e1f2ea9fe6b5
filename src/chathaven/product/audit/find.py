"""Finding lines of the audit log, and giving them out as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select

from chathaven.base.cells import harmless
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.audit.model import AuditLine

PAGE = 500
CSV = "text/csv; charset=utf-8"
encode = msgspec.json.Encoder().encode


class Wanted(msgspec.Struct, frozen=True):
    """Which lines: None means every one."""

    action: str | None = None
    operator_id: UUID | None = None
    target_id: UUID | None = None


class LineView(msgspec.Struct):
    """A line of the audit log. `credential_id` is the session or token it was done with."""

    number: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    target_kind: str
    target_id: UUID | None
    credential_id: UUID | None
    id: UUID
    previous: str
    hash: str


_COLUMNS = tuple(getattr(AuditLine, name) for name in LineView.__struct_fields__)


async def find_lines(
    tx: Transaction, wanted: Wanted, before: int | None, limit: int
) -> list[LineView]:
    """Returns lines, the newest first; those with a number under `before`, where it is given."""
    found = _select(tx.account_id, wanted)
    if before is not None:
        found = found.where(AuditLine.number < before)
    rows = await tx.values(found.order_by(AuditLine.number.desc()).limit(limit))
    return [LineView(*row) for row in rows]


def _select(account_id: UUID, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    where: list[ColumnElement[bool]] = [AuditLine.account_id == account_id]
    if wanted.action is not None:
        where.append(AuditLine.action == wanted.action)
    if wanted.operator_id is not None:
        where += [AuditLine.actor_kind == "operator", AuditLine.actor_id == wanted.operator_id]
    if wanted.target_id is not None:
        where.append(AuditLine.target_id == wanted.target_id)
    return select(*_COLUMNS).where(*where)


async def _pages(
    database: Database, account_id: UUID, wanted: Wanted
) -> AsyncIterator[list[LineView]]:
    """Yields the lines in their order, each page in a transaction of its own."""
    after = 0
    while True:
        async with database.transaction(account_id) as tx:
            rows = await tx.values(
                _select(account_id, wanted)
                .where(AuditLine.number > after)
                .order_by(AuditLine.number)
                .limit(PAGE)
            )
        if rows:
            yield [LineView(*row) for row in rows]
            after = rows[-1].number
        if len(rows) < PAGE:
            return


async def as_json_lines(
    database: Database, account_id: UUID, wanted: Wanted
) -> AsyncIterator[bytes]:
    """Yields the lines as JSON, one in each; with the hashes, so that the chain can be checked."""
    async for page in _pages(database, account_id, wanted):
        yield b"".join(encode(line) + b"\n" for line in page)


async def as_csv(database: Database, account_id: UUID, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yields the lines as CSV (RFC 4180)."""
    yield csv_rows([LineView.__struct_fields__])
    async for page in _pages(database, account_id, wanted):
        yield csv_rows([list(msgspec.to_builtins(line).values()) for line in page])


def csv_rows(rows: Sequence[Sequence[object]]) -> bytes:
    """Returns rows of CSV in which no cell is a formula to a program for tables."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[_cell(each) for each in row] for row in rows])
    return buffer.getvalue().encode()


def _cell(value: object) -> str:
    return "" if value is None else harmless(str(value))
