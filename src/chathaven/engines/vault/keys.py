"""The keys of accounts and people: made, unwrapped, cached for a short while, forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from cachetools import TTLCache
from psycopg import AsyncConnection

from chathaven.engines.vault.blind_index import blind_index
from chathaven.engines.vault.keyring import Keyring, unwrap, wrap
from chathaven.engines.vault.seal import Key

CACHED_KEYS = 50_000
CACHE_SECONDS = 60

Connection = AsyncConnection[Any]

# A key is kept in memory only when its row was made by another transaction than the one that
# reads it (`ours`): after a rollback it would seal what nobody could ever open again.


class KeyGone(Exception):
    """The person has no key: never made, or erased."""


class _AccountKeys(NamedTuple):
    version: int
    key: bytes
    index_key: bytes


class Vault:
    """Gives out keys. Every method that reads takes a connection inside a tenant's transaction."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._people: TTLCache[tuple[UUID, UUID], Key] = TTLCache(CACHED_KEYS, CACHE_SECONDS)
        self._accounts: TTLCache[UUID, _AccountKeys] = TTLCache(CACHED_KEYS // 10, CACHE_SECONDS)
        self._lookup_key: bytes | None = None

    async def new_account(self, connection: Connection, account_id: UUID) -> None:
        """Makes the keys of a new account."""
        key, index_key = os.urandom(32), os.urandom(32)
        epoch, wrapped = self._keyring.wrap(key, _account(account_id, 1, b"key"))
        _, wrapped_index = self._keyring.wrap(index_key, _account(account_id, 1, b"index"))
        await connection.execute(
            "INSERT INTO account_keys (account_id, version, root_epoch, wrapped,"
            " wrapped_index_key, created_at) VALUES (%s, 1, %s, %s, %s, now())",
            (account_id, epoch, wrapped, wrapped_index),
        )

    async def new_person(
        self, connection: Connection, account_id: UUID, person_id: UUID, kind: str
    ) -> None:
        """Makes the key of a new person. `kind` says who it is: visitor, operator, account."""
        account = await self._account_keys(connection, account_id)
        wrapped = wrap(account.key, os.urandom(32), _person(account_id, person_id, 1))
        await connection.execute(
            "INSERT INTO person_keys (account_id, person_id, kind, version, account_key_version,"
            " wrapped, created_at) VALUES (%s, %s, %s, 1, %s, %s, now())",
            (account_id, person_id, kind, account.version, wrapped),
        )

    async def keys(
        self, connection: Connection, account_id: UUID, people: Iterable[UUID]
    ) -> dict[UUID, Key]:
        """Returns the keys of these people; those without a key are left out."""
        found: dict[UUID, Key] = {}
        missing: list[UUID] = []
        for person_id in set(people):
            key = self._people.get((account_id, person_id))
            if key is None:
                missing.append(person_id)
            else:
                found[person_id] = key
        if missing:
            account = await self._account_keys(connection, account_id)
            rows = await connection.execute(
                "SELECT person_id, version, wrapped,"
                " (xmin = pg_current_xact_id_if_assigned()::xid) IS TRUE FROM person_keys"
                " WHERE account_id = %s AND person_id = ANY(%s)",
                (account_id, missing),
            )
            async for person_id, version, wrapped, ours in rows:
                raw = unwrap(account.key, wrapped, _person(account_id, person_id, version))
                key = found[person_id] = Key(raw, version, person_id)
                if not ours:
                    self._people[account_id, person_id] = key
        return found

    async def index(self, connection: Connection, account_id: UUID, kind: str, value: str) -> bytes:
        """Returns the account's keyed hash of a value, for finding it again."""
        account = await self._account_keys(connection, account_id)
        return blind_index(account.index_key, kind, value)

    async def lookup(self, connection: Connection, kind: str, value: str) -> bytes:
        """Returns the installation's keyed hash of a value, for finding its account."""
        key = self._lookup_key
        if key is None:
            key, ours = await self._installation_key(connection, "lookup")
            if not ours:
                self._lookup_key = key
        return blind_index(key, kind, value)

    def forget(self, account_id: UUID, person_id: UUID) -> None:
        """Drops a person's key from memory."""
        self._people.pop((account_id, person_id), None)

    def forget_account(self, account_id: UUID) -> None:
        """Drops the keys of an account and of all its people from memory."""
        self._accounts.pop(account_id, None)
        for place in [place for place in self._people if place[0] == account_id]:
            self._people.pop(place, None)

    async def _account_keys(self, connection: Connection, account_id: UUID) -> _AccountKeys:
        known = self._accounts.get(account_id)
        if known is not None:
            return known
        rows = await connection.execute(
            "SELECT version, root_epoch, wrapped, wrapped_index_key,"
            " (xmin = pg_current_xact_id_if_assigned()::xid) IS TRUE FROM account_keys"
            " WHERE account_id = %s ORDER BY version DESC LIMIT 1",
            (account_id,),
        )
        row = await rows.fetchone()
        if row is None:
            raise KeyGone("The account has no key.")
        version, epoch, wrapped, wrapped_index, ours = row
        known = _AccountKeys(
            version,
            self._keyring.unwrap(epoch, wrapped, _account(account_id, version, b"key")),
            self._keyring.unwrap(epoch, wrapped_index, _account(account_id, version, b"index")),
        )
        if not ours:
            self._accounts[account_id] = known
        return known

    async def _installation_key(self, connection: Connection, name: str) -> tuple[bytes, bool]:
        """Returns a key, made when it is missing, and whether this transaction made it."""
        bound = b"installation|" + name.encode()
        epoch, wrapped = self._keyring.wrap(os.urandom(32), bound)
        # Two processes may come here together: the first row wins, and both read it.
        await connection.execute(
            "INSERT INTO installation_keys (name, root_epoch, wrapped, created_at)"
            " VALUES (%s, %s, %s, now()) ON CONFLICT DO NOTHING",
            (name, epoch, wrapped),
        )
        rows = await connection.execute(
            "SELECT root_epoch, wrapped, (xmin = pg_current_xact_id_if_assigned()::xid) IS TRUE"
            " FROM installation_keys WHERE name = %s",
            (name,),
        )
        row = await rows.fetchone()
        if row is None:
            raise KeyGone("The installation has no key of this name.")
        return self._keyring.unwrap(row[0], row[1], bound), row[2]


def _account(account_id: UUID, version: int, use: bytes) -> bytes:
    return b"account|%b|%d|%b" % (account_id.bytes, version, use)


def _person(account_id: UUID, person_id: UUID, version: int) -> bytes:
    return b"person|%b|%b|%d" % (account_id.bytes, person_id.bytes, version)
