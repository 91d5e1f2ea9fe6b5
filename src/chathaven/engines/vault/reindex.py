"""Keyed hashes made anew under an account's newest index key, while people are found by them.

Every table that the data map says has such a hash is walked: the sealed value is opened, hashed
anew and written if nobody changed it meanwhile. Until the last row is done finders look for both
hashes, and writers write the newest alone (`Vault.indexes`, `Vault.index`).
"""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, sql

from chathaven.engines.database.arrays import byte_strings
from chathaven.engines.database.tables import Table, all_tables, row_id
from chathaven.engines.vault.account_keys import AccountKeys
from chathaven.engines.vault.blind_index import blind_index
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.seal import Key, place
from chathaven.engines.vault.walk import one_account, until_free

Connection = AsyncConnection[Any]
BATCH = 1_000


class _Index(NamedTuple):
    """One hash of one table."""

    table: type[Table]
    sealed: str
    hashed: str
    key: tuple[str, ...]
    """The columns of the primary key behind the account."""


async def reindex(
    connection: Connection, vault: Vault, account_id: UUID, account: AccountKeys
) -> int:
    """Brings every keyed hash of an account to its newest index key; returns how many changed."""
    return sum(
        [await _walk(connection, vault, account_id, account.index_key, each) for each in _indexes()]
    )


def _indexes() -> list[_Index]:
    return [
        _Index(
            table,
            sealed,
            hashed,
            tuple(c.name for c in table.__table__.primary_key if c.name != "account_id"),
        )
        for table in all_tables()
        for sealed, hashed in table.indexes.items()
    ]


async def _walk(
    connection: Connection, vault: Vault, account_id: UUID, index_key: bytes, index: _Index
) -> int:
    after: tuple[Any, ...] | None = None
    changed = 0
    while True:

        async def page(after: tuple[Any, ...] | None = after) -> tuple[list[Any], int]:
            async with one_account(connection, account_id):
                rows = await _page(connection, account_id, index, after)
                people = list({row[0] for row in rows})
                keys = await vault.read_people(connection, account_id, people) if people else []
                by_person = {key.person_id: key for key, _ in keys}
                hashes = await asyncio.to_thread(
                    _hashes, account_id, index_key, index, rows, by_person
                )
                return rows, await _write(connection, account_id, index, hashes)

        rows, written = await until_free(page)
        changed += written
        if len(rows) < BATCH:
            return changed
        after = tuple(rows[-1][3:])


async def _page(
    connection: Connection, account_id: UUID, index: _Index, after: tuple[Any, ...] | None
) -> list[Any]:
    """Returns person, sealed value, hash and key of the next rows."""
    key = sql.SQL(", ").join(map(sql.Identifier, index.key))
    query = sql.SQL(
        "SELECT {person}, {sealed}, {hashed}, {key} FROM {table} WHERE account_id = %s"
        " AND {sealed} IS NOT NULL {behind} ORDER BY {key} LIMIT %s"
    ).format(
        person=sql.Identifier(str(index.table.holding.person)),
        sealed=sql.Identifier(index.sealed),
        hashed=sql.Identifier(index.hashed),
        table=sql.Identifier(index.table.__tablename__),
        key=key,
        behind=sql.SQL("AND ({}) > ({})").format(
            key, sql.SQL(", ").join([sql.Placeholder()] * len(index.key))
        )
        if after
        else sql.SQL(""),
    )
    rows = await connection.execute(query, (account_id, *(after or ()), BATCH))
    return await rows.fetchall()


def _hashes(
    account_id: UUID, index_key: bytes, index: _Index, rows: list[Any], keys: dict[UUID, Key]
) -> list[tuple[Any, ...]]:
    """Returns sealed value, new hash and key of the rows whose hash is another."""
    name = index.table.__tablename__
    found: list[tuple[Any, ...]] = []
    for person_id, sealed, hashed, *row_key in rows:
        key = keys.get(person_id)
        if key is None:
            # Erased between two statements: the row goes too.
            continue
        row = row_id(index.table, dict(zip(index.key, row_key, strict=True)))
        value = key.open(sealed, place(account_id, person_id, name, index.sealed, row))
        anew = blind_index(index_key, index.sealed, str(value))
        if anew != hashed:
            found.append((sealed, anew, *row_key))
    return found


async def _write(
    connection: Connection, account_id: UUID, index: _Index, hashes: list[tuple[Any, ...]]
) -> int:
    if not hashes:
        return 0
    # A value that was changed meanwhile is sealed anew, and came with its new hash.
    query = sql.SQL(
        "UPDATE {table} AS t SET {hashed} = n.anew FROM unnest(%s::bytea[], %s::bytea[])"
        " AS n(sealed, anew) WHERE t.account_id = %s AND t.{sealed} = n.sealed"
        " AND t.{key} = ANY(%s)"
    ).format(
        table=sql.Identifier(index.table.__tablename__),
        hashed=sql.Identifier(index.hashed),
        sealed=sql.Identifier(index.sealed),
        key=sql.Identifier(index.key[0]),
    )
    updated = await connection.execute(
        query,
        (
            byte_strings(each[0] for each in hashes),
            byte_strings(each[1] for each in hashes),
            account_id,
            [each[2] for each in hashes],
        ),
    )
    return updated.rowcount
