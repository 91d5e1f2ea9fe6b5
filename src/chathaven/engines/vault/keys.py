"""The keys of accounts and people: made, unwrapped, cached for a short while, forgotten."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import AsyncConnection

from chathaven.base.timed_cache import TimedCache
from chathaven.engines.vault.account_keys import AccountKeys, opened
from chathaven.engines.vault.blind_index import blind_index
from chathaven.engines.vault.epochs import current_epoch, hold_account
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.places import account_place, installation_place, person_place
from chathaven.engines.vault.seal import Key
from chathaven.engines.vault.wrapping import CannotUnwrap, unwrap, wrap

if TYPE_CHECKING:
    from chathaven.engines.vault.tick import Tick

CACHED_KEYS = 50_000
CACHE_SECONDS = 60
_ATTEMPTS = 5
"""A tick that ends between two statements is seen by the next attempt."""

Connection = AsyncConnection[Any]

# A key is kept in memory only when its row was made by another transaction than the one that
# reads it (`ours`): after a rollback it would seal what nobody could ever open again.


class KeyGone(Exception):
    """The person has no key: never made, or erased."""


class Vault:
    """Gives out keys. Every method that reads takes a connection inside a tenant's transaction."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.ticked: list[Callable[[Tick], Awaitable[None]]] = []
        """Called after each shred tick. One may be missed when a process dies: whoever makes
        something final asks `epochs.all_destroyed_up_to`, and not only the tick."""
        self._people: TimedCache[tuple[UUID, UUID], Key] = TimedCache(CACHED_KEYS, CACHE_SECONDS)
        self._accounts: TimedCache[UUID, AccountKeys] = TimedCache(CACHED_KEYS // 10, CACHE_SECONDS)
        self._lookup_key: bytes | None = None

    # Making

    async def new_account(self, connection: Connection, account_id: UUID) -> None:
        """Makes the keys of a new account."""
        await self.new_version(connection, account_id, 1)

    async def new_version(self, connection: Connection, account_id: UUID, version: int) -> None:
        """Makes a version of an account's key and index key."""
        epoch = await current_epoch(connection, self.keyring)
        key, index_key = os.urandom(32), os.urandom(32)

        def wrapped(inner: bytes, use: bytes) -> bytes:
            return self.keyring.roots.wrap(epoch, inner, account_place(account_id, version, use))

        both = await self.keyring.run(lambda: (wrapped(key, b"key"), wrapped(index_key, b"index")))
        await connection.execute(
            "INSERT INTO account_keys (account_id, version, root_epoch, wrapped,"
            " wrapped_index_key, created_at) VALUES (%s, %s, %s, %s, %s, now())",
            (account_id, version, epoch, *both),
        )

    async def new_person(
        self, connection: Connection, account_id: UUID, person_id: UUID, kind: str
    ) -> None:
        """Makes the key of a new person. `kind` says who it is: visitor, operator, account."""
        account = await self._steady(connection, account_id)
        wrapped = wrap(account.key, os.urandom(32), person_place(account_id, person_id, 1))
        await connection.execute(
            "INSERT INTO person_keys (account_id, person_id, kind, version, account_key_version,"
            " wrapped, created_at) VALUES (%s, %s, %s, 1, %s, %s, now())",
            (account_id, person_id, kind, account.version, wrapped),
        )

    async def wants_new_keys(self, connection: Connection, account_id: UUID) -> int:
        """Marks an account for the next shred tick; called in the transaction that erases.

        Returns the current epoch. Once every root up to it is destroyed, no copy of what was
        erased in this transaction can be opened by anybody. (The tick that comes between waits
        for this transaction's end, sees the mark, and replaces the account's key.)

        Raises:
            LostRoot: the current root is not in the keyring.
        """
        epoch = await current_epoch(connection, self.keyring)
        versions = await hold_account(connection, account_id)
        if versions:
            await connection.execute(
                "UPDATE account_keys SET erased_epoch = %s WHERE account_id = %s AND version = %s",
                (epoch, account_id, versions[-1]),
            )
        return epoch

    # Reading

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
            for key, ours in await self.read_people(connection, account_id, missing):
                found[key.person_id] = key
                if not ours:
                    self._people[account_id, key.person_id] = key
        return found

    async def read_people(
        self, connection: Connection, account_id: UUID, people: list[UUID]
    ) -> list[tuple[Key, bool]]:
        """Returns the keys of people from the database, each with whether this transaction made it.

        Raises:
            KeyGone: the account has no key.
            CannotUnwrap: a key does not open.
        """
        for _ in range(_ATTEMPTS):
            account = await self._account_keys(connection, account_id)
            cursor = await connection.execute(
                "SELECT person_id, version, account_key_version, wrapped,"
                " (xmin = pg_current_xact_id_if_assigned()::xid) IS TRUE FROM person_keys"
                " WHERE account_id = %s AND person_id = ANY(%s)",
                (account_id, people),
            )
            rows = await cursor.fetchall()
            if all(row[2] in account.keys for row in rows):
                return [
                    (Key(unwrap(account.keys[by], wrapped, place), version, person_id), ours)
                    for person_id, version, by, wrapped, ours in rows
                    for place in [person_place(account_id, person_id, version)]
                ]
            # A tick has replaced the account's key since it was read.
            self._accounts.forget(account_id)
        raise CannotUnwrap("A person's key is wrapped by a key that the account does not have.")

    # Finding

    async def index(self, connection: Connection, account_id: UUID, kind: str, value: str) -> bytes:
        """Returns the account's keyed hash of a value, to be written in this transaction.

        To find rows by a value take `indexes`.
        """
        account = await self._steady(connection, account_id)
        return blind_index(account.index_key, kind, value)

    async def indexes(
        self, connection: Connection, account_id: UUID, kind: str, value: str
    ) -> list[bytes]:
        """Returns every keyed hash that a row with this value may bear, to find it by.

        It is one, and two while a tick replaces the account's key; until the end of this
        transaction there comes no other.
        """
        account = await self._steady(connection, account_id)
        return [blind_index(key, kind, value) for key in account.index_keys.values()]

    async def lookup(self, connection: Connection, kind: str, value: str) -> bytes:
        """Returns the installation's keyed hash of a value, for finding its account."""
        key = self._lookup_key
        if key is None:
            key, ours = await self._installation_key(connection, "lookup")
            if not ours:
                self._lookup_key = key
        return blind_index(key, kind, value)

    # Forgetting

    def remembers(self, account_id: UUID, person_id: UUID) -> bool:
        """Whether a person's key is in memory."""
        return (account_id, person_id) in self._people

    def forget(self, account_id: UUID, person_id: UUID) -> None:
        """Drops a person's key from memory."""
        self._people.forget((account_id, person_id))

    def forget_account(self, account_id: UUID) -> None:
        """Drops the keys of an account and of all its people from memory."""
        self._accounts.forget(account_id)
        for place in [place for place, _ in self._people.items() if place[0] == account_id]:
            self._people.forget(place)

    def forget_all(self) -> None:
        """Drops every key from memory."""
        self._accounts.clear()
        self._people.clear()
        self._lookup_key = None

    async def _steady(self, connection: Connection, account_id: UUID) -> AccountKeys:
        """Returns the account's keys as they stay until the end of the transaction.

        Raises:
            KeyGone: the account has none.
        """
        versions = await hold_account(connection, account_id)
        known = self._accounts.get(account_id)
        if known is None or list(known.keys) != versions:
            known = await self.read_account(connection, account_id)
        return known

    async def read_account(self, connection: Connection, account_id: UUID) -> AccountKeys:
        """Returns the account's keys as they stand in the database.

        Raises:
            KeyGone: it has none.
        """
        self._accounts.forget(account_id)
        return await self._account_keys(connection, account_id)

    async def _account_keys(self, connection: Connection, account_id: UUID) -> AccountKeys:
        known = self._accounts.get(account_id)
        if known is not None:
            return known
        tried: list[Any] = []
        for _ in range(_ATTEMPTS):
            cursor = await connection.execute(
                "SELECT version, root_epoch, wrapped, wrapped_index_key,"
                " (xmin = pg_current_xact_id_if_assigned()::xid) IS TRUE FROM account_keys"
                " WHERE account_id = %s ORDER BY version",
                (account_id,),
            )
            rows = await cursor.fetchall()
            if not rows:
                raise KeyGone("The account has no key.")
            try:
                fresh = await self.keyring.run(partial(opened, self.keyring, account_id, rows))
            except CannotUnwrap:
                # A tick may have destroyed the root since the rows were read, and changed them.
                if rows == tried:
                    raise
                tried = rows
                continue
            if not any(row[4] for row in rows):
                self._accounts[account_id] = fresh
            return fresh
        raise CannotUnwrap("The account's key changes faster than it can be read.")

    async def _installation_key(self, connection: Connection, name: str) -> tuple[bytes, bool]:
        """Returns a key, made when it is missing, and whether this transaction made it."""
        bound = installation_place(name)
        tried: Any = None
        for _ in range(_ATTEMPTS):
            rows = await connection.execute(
                "SELECT root_epoch, wrapped, (xmin = pg_current_xact_id_if_assigned()::xid) IS TRUE"
                " FROM installation_keys WHERE name = %s",
                (name,),
            )
            row = await rows.fetchone()
            if row is None:
                await self._make_installation_key(connection, name, bound)
                continue
            try:
                epoch, wrapped, ours = row
                raw = await self.keyring.run(partial(self.keyring.unwrap, epoch, wrapped, bound))
            except CannotUnwrap:
                # As above: a tick may have come between.
                if row == tried:
                    raise
                tried = row
                continue
            return raw, ours
        raise KeyGone("The installation has no key of this name.")

    async def _make_installation_key(self, connection: Connection, name: str, bound: bytes) -> None:
        epoch = await current_epoch(connection, self.keyring)
        wrapping = partial(self.keyring.roots.wrap, epoch, os.urandom(32), bound)
        # Two processes may come here together: the first row wins, and both read it.
        await connection.execute(
            "INSERT INTO installation_keys (name, root_epoch, wrapped, created_at)"
            " VALUES (%s, %s, %s, now()) ON CONFLICT DO NOTHING",
            (name, epoch, await self.keyring.run(wrapping)),
        )
