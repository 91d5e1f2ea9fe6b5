"""Wrapping the keys that roots wrap anew, under the newest root, and proving that they open."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from chathaven.engines.database.arrays import byte_strings, numbers, uuids
from chathaven.engines.database.tables import all_tables
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.places import account_place, installation_place
from chathaven.engines.vault.walk import every_account

Connection = AsyncConnection[Any]
BATCH = 500
_FIRST = (UUID(int=0), 0)


def tables_under_roots() -> list[str]:
    """Returns every table whose rows name a root."""
    return [each.__tablename__ for each in all_tables() if "root_epoch" in each.__table__.c]


async def rows_under_roots(connection: Connection) -> dict[int, int]:
    """Returns how many rows name each root; called within `every_account`."""
    counts: dict[int, int] = {}
    for table in tables_under_roots():
        rows = await connection.execute(
            sql.SQL("SELECT root_epoch, count(*) FROM {} GROUP BY 1").format(sql.Identifier(table))
        )
        async for epoch, count in rows:
            counts[epoch] = counts.get(epoch, 0) + count
    return counts


async def rewrap_accounts(connection: Connection, keyring: Keyring, epoch: int) -> int:
    """Wraps the newest keys of all accounts under a root; returns how many rows.

    Not those of an account in which somebody was erased: that key could open what is erased, and
    must not outlive its root.
    """
    done, after = 0, _FIRST
    while True:
        async with every_account(connection):
            cursor = await connection.execute(
                "SELECT account_id, version, root_epoch, wrapped, wrapped_index_key"
                " FROM account_keys k WHERE root_epoch <> %s AND erased_epoch IS NULL"
                " AND (account_id, version) > (%s, %s) AND NOT EXISTS (SELECT FROM account_keys n"
                " WHERE n.account_id = k.account_id AND n.version > k.version)"
                " ORDER BY account_id, version LIMIT %s",
                (epoch, *after, BATCH),
            )
            rows = await cursor.fetchall()
            if not rows:
                return done
            after = rows[-1][:2]
            keys, index_keys = await asyncio.to_thread(_anew, keyring, epoch, rows)
            updated = await connection.execute(
                "UPDATE account_keys AS k SET root_epoch = %s, wrapped = n.wrapped,"
                " wrapped_index_key = n.wrapped_index_key FROM unnest(%s::uuid[], %s::bigint[],"
                " %s::bytea[], %s::bytea[], %s::bytea[])"
                " AS n(account_id, version, old, wrapped, wrapped_index_key)"
                " WHERE k.account_id = n.account_id AND k.version = n.version"
                # Neither replaced nor marked since it was read.
                " AND k.wrapped = n.old AND k.erased_epoch IS NULL",
                (
                    epoch,
                    uuids(row[0] for row in rows),
                    numbers(row[1] for row in rows),
                    byte_strings(row[3] for row in rows),
                    byte_strings(keys),
                    byte_strings(index_keys),
                ),
            )
            done += updated.rowcount


def _anew(keyring: Keyring, epoch: int, rows: list[Any]) -> tuple[list[bytes], list[bytes]]:
    anew: dict[bytes, list[bytes]] = {b"key": [], b"index": []}
    for account_id, version, old, *both in rows:
        for use, wrapped in zip(anew, both, strict=True):
            place = account_place(account_id, version, use)
            anew[use].append(keyring.roots.wrap(epoch, keyring.unwrap(old, wrapped, place), place))
    return anew[b"key"], anew[b"index"]


async def rewrap_installation(connection: Connection, keyring: Keyring, epoch: int) -> None:
    """Wraps the keys of the installation under a root."""
    async with every_account(connection):
        cursor = await connection.execute(
            "SELECT name, root_epoch, wrapped FROM installation_keys WHERE root_epoch <> %s"
            " FOR UPDATE",
            (epoch,),
        )
        for name, old, wrapped in await cursor.fetchall():
            place = installation_place(name)

            def anew(old: int = old, wrapped: bytes = wrapped, place: bytes = place) -> bytes:
                return keyring.roots.wrap(epoch, keyring.unwrap(old, wrapped, place), place)

            await connection.execute(
                "UPDATE installation_keys SET root_epoch = %s, wrapped = %s WHERE name = %s",
                (epoch, await asyncio.to_thread(anew), name),
            )


async def verify(connection: Connection, keyring: Keyring, epoch: int) -> int:
    """Opens every key that a root wraps, as it stands in the database; returns how many.

    Raises:
        CannotUnwrap: one does not open.
    """
    opened, after = 0, _FIRST
    async with every_account(connection):
        cursor = await connection.execute(
            "SELECT name, wrapped FROM installation_keys WHERE root_epoch = %s", (epoch,)
        )
        for name, wrapped in await cursor.fetchall():
            await asyncio.to_thread(keyring.unwrap, epoch, wrapped, installation_place(name))
            opened += 1
    while True:
        async with every_account(connection):
            cursor = await connection.execute(
                "SELECT account_id, version, wrapped, wrapped_index_key FROM account_keys"
                " WHERE root_epoch = %s AND (account_id, version) > (%s, %s)"
                " ORDER BY account_id, version LIMIT %s",
                (epoch, *after, BATCH),
            )
            rows = await cursor.fetchall()
        if not rows:
            return opened
        after = rows[-1][:2]
        await asyncio.to_thread(_open, keyring, epoch, rows)
        opened += len(rows)


def _open(keyring: Keyring, epoch: int, rows: list[Any]) -> None:
    for account_id, version, *both in rows:
        for use, wrapped in zip((b"key", b"index"), both, strict=True):
            keyring.unwrap(epoch, wrapped, account_place(account_id, version, use))
