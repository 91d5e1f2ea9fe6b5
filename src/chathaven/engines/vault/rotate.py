"""A new key for one account, while it is used.

The new version is there in one short transaction; from then on new people's keys and new hashes
are made under it. Then the people's keys are wrapped anew in batches, the hashes made anew, all of
it opened again, and only then the old version goes. Killed anywhere, the next tick goes on.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from chathaven.engines.database.arrays import byte_strings, uuids
from chathaven.engines.vault.account_keys import AccountKeys
from chathaven.engines.vault.epochs import still_account
from chathaven.engines.vault.keys import KeyGone, Vault
from chathaven.engines.vault.places import person_place
from chathaven.engines.vault.reindex import reindex
from chathaven.engines.vault.walk import LOCK_SECONDS, every_account, one_account, until_free
from chathaven.engines.vault.wrapping import CannotUnwrap, unwrap, wrap

Connection = AsyncConnection[Any]
BATCH = 5_000
_FIRST = UUID(int=0)


async def accounts_to_rotate(connection: Connection, epoch: int) -> list[UUID]:
    """Returns accounts whose key could open somebody erased, or whose rotation did not end.

    A key that an epoch's own root wraps waits for the next tick when somebody is erased meanwhile.
    """
    async with every_account(connection):
        rows = await connection.execute(
            "SELECT account_id FROM account_keys GROUP BY account_id"
            " HAVING count(*) > 1 OR bool_or(erased_epoch IS NOT NULL AND root_epoch < %s)"
            " ORDER BY account_id",
            (epoch,),
        )
        return [row[0] for row in await rows.fetchall()]


async def rotate(connection: Connection, vault: Vault, account_id: UUID, epoch: int) -> int:
    """Gives an account a new key and index key; returns how many people's keys were wrapped anew.

    Raises:
        LockNotAvailable: somebody held the account's key for too long; nothing is lost.
        CannotUnwrap: a key does not open; the old version stays.
    """
    version = await until_free(lambda: _begin(connection, vault, account_id, epoch))
    if version is None:
        return 0
    try:
        async with one_account(connection, account_id):
            account = await vault.read_account(connection, account_id)
    except KeyGone:
        # The account was closed meanwhile.
        return 0
    done = await _rewrap_people(connection, account_id, account)
    await reindex(connection, vault, account_id, account)
    await _verify_people(connection, vault, account_id, version)
    await _end(connection, account_id, version)
    vault.forget_account(account_id)
    return done


async def _begin(connection: Connection, vault: Vault, account_id: UUID, epoch: int) -> int | None:
    """Makes the new version, or returns the one that a killed tick has made."""
    async with one_account(connection, account_id):
        await still_account(connection, account_id, LOCK_SECONDS)
        rows = await connection.execute(
            "SELECT version, erased_epoch IS NOT NULL AND root_epoch < %s FROM account_keys"
            " WHERE account_id = %s ORDER BY version DESC LIMIT 1",
            (epoch, account_id),
        )
        row = await rows.fetchone()
        if row is None:
            return None
        version, is_spent = row
        if is_spent:
            version += 1
            await vault.new_version(connection, account_id, version)
        return int(version)


async def _rewrap_people(connection: Connection, account_id: UUID, account: AccountKeys) -> int:
    done, after = 0, _FIRST
    while True:

        async def batch(after: UUID = after) -> tuple[list[Any], int]:
            async with one_account(connection, account_id):
                cursor = await connection.execute(
                    "SELECT person_id, version, account_key_version, wrapped FROM person_keys"
                    " WHERE account_id = %s AND account_key_version <> %s AND person_id > %s"
                    " ORDER BY person_id LIMIT %s",
                    (account_id, account.version, after, BATCH),
                )
                rows = await cursor.fetchall()
                if not rows:
                    return [], 0
                arrays = await asyncio.to_thread(_anew, account_id, account, rows)
                updated = await connection.execute(
                    "UPDATE person_keys AS k SET account_key_version = %s, wrapped = n.wrapped"
                    " FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[])"
                    " AS n(person_id, old, wrapped)"
                    " WHERE k.account_id = %s AND k.person_id = n.person_id AND k.wrapped = n.old"
                    # Says it twice, so that the rest of a large account is not looked through.
                    " AND k.person_id BETWEEN %s AND %s",
                    (account.version, *arrays, account_id, rows[0][0], rows[-1][0]),
                )
                return rows, updated.rowcount

        rows, updated = await until_free(batch)
        if not rows:
            return done
        done += updated
        after = rows[-1][0]


def _anew(account_id: UUID, account: AccountKeys, rows: list[Any]) -> tuple[str, str, str]:
    """Returns who, the old and the new wrapped keys, as arrays."""
    new = account.key
    wrapped = []
    for person_id, version, by, old in rows:
        place = person_place(account_id, person_id, version)
        if by not in account.keys:
            raise CannotUnwrap("A person's key is wrapped by a key that the account does not have.")
        wrapped.append(wrap(new, unwrap(account.keys[by], old, place), place))
    return (
        uuids(row[0] for row in rows),
        byte_strings(row[3] for row in rows),
        byte_strings(wrapped),
    )


async def _verify_people(
    connection: Connection, vault: Vault, account_id: UUID, version: int
) -> None:
    """Opens every person's key as it stands in the database, with the account's key as it stands.

    Raises:
        CannotUnwrap: one does not open.
    """
    async with one_account(connection, account_id):
        account = await vault.read_account(connection, account_id)
    key, after = account.keys[version], _FIRST
    while True:
        async with one_account(connection, account_id):
            cursor = await connection.execute(
                "SELECT person_id, version, wrapped FROM person_keys WHERE account_id = %s"
                " AND account_key_version = %s AND person_id > %s ORDER BY person_id LIMIT %s",
                (account_id, version, after, BATCH),
            )
            rows = await cursor.fetchall()
        if not rows:
            return
        await asyncio.to_thread(_open, account_id, key, rows)
        after = rows[-1][0]


def _open(account_id: UUID, key: bytes, rows: list[Any]) -> None:
    for person_id, version, wrapped in rows:
        unwrap(key, wrapped, person_place(account_id, person_id, version))


async def _end(connection: Connection, account_id: UUID, version: int) -> None:
    """Deletes the old versions.

    Raises:
        CannotUnwrap: an old version still wraps a person's key.
    """
    async with one_account(connection, account_id):
        rows = await connection.execute(
            "SELECT 1 FROM person_keys WHERE account_id = %s AND account_key_version <> %s LIMIT 1",
            (account_id, version),
        )
        if await rows.fetchone():
            raise CannotUnwrap("An old version of an account's key is still in use.")
        await connection.execute(
            "DELETE FROM account_keys WHERE account_id = %s AND version < %s", (account_id, version)
        )
