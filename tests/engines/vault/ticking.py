"""An installation of its own for a test of the shred tick, and looks behind its keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import delete, select

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.model import PersonKey
from chathaven.engines.vault.places import account_place, person_place
from chathaven.engines.vault.wrapping import CannotUnwrap, unwrap
from chathaven.product.visitors.model import Visitor
from tests.ground import new_person, new_tenant

KEYS_OF_EVERYBODY = "SELECT set_config('app.installation', 'keys', true)"
_TENANT = "SELECT set_config('app.account', '00000000-0000-0000-0000-000000000000', true)"


@dataclass
class Place:
    """A database without any row, and a keyring of its own."""

    urls: DatabaseUrls
    keyring: Path

    def process(self, keyring: Keyring | None = None) -> Database:
        """Returns what another process would have: nothing in memory."""
        return Database(self.urls.app, Vault(keyring or Keyring.open(self.keyring)), pool=4)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Database]:
        """Gives such a process, and closes it."""
        database = self.process()
        try:
            yield database
        finally:
            await database.close()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Returns what the database holds of keys, of all accounts."""
        with psycopg.connect(self.urls.app) as connection:
            connection.execute(_TENANT)
            connection.execute(KEYS_OF_EVERYBODY)
            return connection.execute(query.encode(), values).fetchall()

    def epochs(self) -> dict[int, tuple[bool, bool]]:
        """Returns of each epoch whether it is retired and whether it is destroyed."""
        rows = self.rows(
            "SELECT epoch, retired_at IS NOT NULL, destroyed_at IS NOT NULL FROM root_epochs"
        )
        return {epoch: (retired, destroyed) for epoch, retired, destroyed in rows}

    def everything_opens(self) -> int:
        """Opens every key that stands in the database; returns how many people's.

        Raises:
            CannotUnwrap: one does not open.
        """
        keyring = Keyring.open(self.keyring)
        accounts = {
            (account, version): keyring.unwrap(epoch, key, account_place(account, version, b"key"))
            for account, version, epoch, key in self.rows(
                "SELECT account_id, version, root_epoch, wrapped FROM account_keys"
            )
        }
        people = self.rows(
            "SELECT account_id, person_id, version, account_key_version, wrapped FROM person_keys"
        )
        for account, person, version, by, key in people:
            unwrap(accounts[account, by], key, person_place(account, person, version))
        return len(people)


async def write_visitor(database: Database, account_id: UUID, email: str) -> UUID:
    """Makes a visitor with an address; returns the id."""
    person_id = await new_person(database, account_id)
    async with database.transaction(account_id) as tx:
        await tx.insert(
            Visitor(
                account_id=account_id,
                id=person_id,
                site_id=new_id(),
                chat_id=new_id(),
                name=email.partition("@")[0],
                email=email,
                phone="+49 89 5550199",
                technical={},
                created_at=now(),
                last_seen_at=now(),
            )
        )
    return person_id


async def find(database: Database, account_id: UUID, email: str) -> list[UUID]:
    """Finds visitors by an address, as the product does."""
    async with database.transaction(account_id) as tx:
        hashes = await tx.vault.indexes(await tx.driver(), account_id, "email", email)
        rows = await tx.values(
            select(Visitor.id).where(
                Visitor.account_id == account_id, Visitor.email_index.in_(hashes)
            )
        )
    return [row[0] for row in rows]


async def erase(database: Database, account_id: UUID, person_id: UUID) -> int:
    """Erases a person's rows and key, and marks the account; returns the epoch."""
    async with database.transaction(account_id) as tx:
        epoch = await tx.vault.wants_new_keys(await tx.driver(), account_id)
        await tx.run(delete(Visitor).where(Visitor.id == person_id))
        await tx.run(delete(PersonKey).where(PersonKey.person_id == person_id))
    database.vault.forget(account_id, person_id)
    return epoch


class Copies:
    """Every wrapped key that was ever seen in the database, as it lingers in files and backups."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._accounts: set[tuple[Any, ...]] = set()
        self._people: set[tuple[Any, ...]] = set()

    def take(self) -> None:
        """Adds what stands in the database now."""
        place = self._place
        self._accounts |= set(
            place.rows("SELECT account_id, version, root_epoch, wrapped FROM account_keys")
        )
        self._people |= set(
            place.rows("SELECT account_id, person_id, version, wrapped FROM person_keys")
        )

    def opened(self, person_id: UUID) -> int:
        """Returns how many copies of a person's key open with what the installation holds now."""
        held = Keyring.open(self._place.keyring)
        keys = list(self._opened_accounts(held))
        return sum(
            self._opens(key, wrapped, person_place(account, person, version))
            for account, person, version, wrapped in self._people
            if person == person_id
            for owner, key in keys
            if owner == account
        )

    def _opened_accounts(self, held: Keyring) -> Iterator[tuple[UUID, bytes]]:
        for account, version, _epoch, wrapped in self._accounts:
            # Whatever the row says: every root is tried.
            for root in held.roots.held():
                try:
                    place = account_place(account, version, b"key")
                    yield account, held.unwrap(root, wrapped, place)
                except CannotUnwrap:
                    continue

    @staticmethod
    def _opens(key: bytes, wrapped: bytes, place: bytes) -> bool:
        try:
            unwrap(key, wrapped, place)
        except CannotUnwrap:
            return False
        return True


async def account_with(database: Database, *emails: str) -> tuple[UUID, list[UUID]]:
    """Makes an account with visitors; returns both."""
    account_id = await new_tenant(database)
    return account_id, [await write_visitor(database, account_id, each) for each in emails]
