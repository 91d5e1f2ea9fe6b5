"""Keys in the database: wrapped, cached for a while, gone when they are gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import delete, select

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.base.timed_cache import TimedCache
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import CACHE_SECONDS, CACHED_KEYS, KeyGone, Vault
from chathaven.engines.vault.model import PersonKey
from chathaven.engines.vault.seal import Key
from chathaven.product.visitors.model import Visitor
from tests.ground import new_person, new_tenant


class Undone(Exception):
    """Rolls a transaction back on purpose."""


async def keys(database: Database, account_id: UUID, *people: UUID) -> dict[UUID, Key]:
    async with database.transaction(account_id) as tx:
        return await tx.vault.keys(await tx.driver(), account_id, people)


async def lookup(database: Database, value: str) -> bytes:
    async with database.transaction() as tx:
        return await tx.vault.lookup(await tx.driver(), "email", value)


@pytest.fixture
def fresh(urls: DatabaseUrls, keyring: Keyring) -> Database:
    """Another process on the same database: nothing in memory."""
    return Database(urls.app, Vault(keyring), pool=1)


async def test_a_key_is_the_same_in_every_process(
    database: Database, fresh: Database, tenant: UUID
) -> None:
    person = await new_person(database, tenant)
    mine = await keys(database, tenant, person)
    theirs = await keys(fresh, tenant, person)
    assert mine[person].raw == theirs[person].raw
    await fresh.close()


async def test_unknown_people_are_left_out(database: Database, tenant: UUID) -> None:
    person, stranger = await new_person(database, tenant), new_id()
    assert set(await keys(database, tenant, person, stranger)) == {person}
    assert await keys(database, tenant) == {}


async def test_people_of_another_account_are_unknown(database: Database, tenant: UUID) -> None:
    other = await new_tenant(database)
    person = await new_person(database, other)
    assert await keys(database, tenant, person) == {}


async def test_an_account_without_a_key_has_nothing_to_give(database: Database) -> None:
    with pytest.raises(KeyGone):
        await keys(database, new_id(), new_id())


async def test_a_wrapped_key_does_not_open_in_another_row(
    database: Database, fresh: Database, tenant: UUID, urls: DatabaseUrls
) -> None:
    one, other = await new_person(database, tenant), await new_person(database, tenant)
    async with database.transaction(tenant) as tx:
        driver = await tx.driver()
        await driver.execute(
            "UPDATE person_keys SET wrapped = (SELECT wrapped FROM person_keys"
            " WHERE account_id = %(account)s AND person_id = %(one)s)"
            " WHERE account_id = %(account)s AND person_id = %(other)s",
            {"account": tenant, "one": one, "other": other},
        )
    with pytest.raises(Exception, match="does not open"):
        await keys(fresh, tenant, other)
    await fresh.close()


async def test_keys_of_a_rolled_back_transaction_are_not_kept(database: Database) -> None:
    """A retry with the same ids makes other keys: those in memory must not outlive the first."""
    account_id, person_id = new_id(), new_id()
    kept: list[bytes] = []
    for attempt in range(2):
        with contextlib.suppress(Undone):
            async with database.transaction(account_id) as tx:
                driver = await tx.driver()
                await tx.vault.new_account(driver, account_id)
                await tx.vault.new_person(driver, account_id, person_id, "visitor")
                held = await tx.vault.keys(driver, account_id, [person_id])
                kept.append(held[person_id].raw)
                if attempt == 0:
                    raise Undone
    assert (await keys(database, account_id, person_id))[person_id].raw == kept[1] != kept[0]


async def test_the_lookup_key_of_a_rolled_back_transaction_is_not_kept(
    urls: DatabaseUrls, keyring: Keyring
) -> None:
    """Otherwise names would be entered under a key that no later process has."""
    with psycopg.connect(urls.owner) as owner:
        there = owner.execute("DELETE FROM installation_keys RETURNING *").fetchall()
    database = Database(urls.app, Vault(keyring), pool=1)
    with contextlib.suppress(Undone):
        async with database.transaction() as tx:
            driver = await tx.driver()
            first = await tx.vault.lookup(driver, "email", "a@b.example")
            assert await tx.vault.lookup(driver, "email", "a@b.example") == first
            raise Undone
    second = await lookup(database, "a@b.example")
    later = Database(urls.app, Vault(keyring), pool=1)
    assert await lookup(later, "a@b.example") == second != first
    await database.close()
    await later.close()
    with psycopg.connect(urls.owner) as owner:
        owner.execute("DELETE FROM installation_keys")
        if there:
            owner.execute("INSERT INTO installation_keys VALUES (%s, %s, %s, %s)", there[0])


async def test_an_erased_key_is_gone_once_it_is_forgotten(database: Database, tenant: UUID) -> None:
    person = await new_person(database, tenant)
    assert await keys(database, tenant, person)
    async with database.transaction(tenant) as tx:
        await tx.run(
            delete(PersonKey).where(PersonKey.account_id == tenant, PersonKey.person_id == person)
        )
    assert await keys(database, tenant, person), "still in memory"
    database.vault.forget(tenant, person)
    assert await keys(database, tenant, person) == {}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_memory_holds_keys_for_a_minute_and_only_so_many(
    database: Database, tenant: UUID
) -> None:
    vault, clock = database.vault, Clock()
    assert (vault._people.ttl, vault._people.maxsize) == (CACHE_SECONDS, CACHED_KEYS)
    assert vault._accounts.ttl == CACHE_SECONDS
    vault._people = TimedCache(3, CACHE_SECONDS, timer=clock)
    people = [await new_person(database, tenant) for _ in range(5)]
    assert set(await keys(database, tenant, *people)) == set(people)
    assert len(vault._people) == 3
    clock.seconds = CACHE_SECONDS + 1
    assert len(vault._people) == 0


async def test_a_row_of_a_person_without_key_is_left_out(database: Database, tenant: UUID) -> None:
    person = await new_person(database, tenant)
    await _write_visitor(database, tenant, person, "Ada")
    async with database.transaction(tenant) as tx:
        await tx.run(delete(PersonKey).where(PersonKey.person_id == person))
    database.vault.forget(tenant, person)
    async with database.transaction(tenant) as tx:
        assert await tx.one(select(Visitor).where(Visitor.id == person)) is None
        with pytest.raises(KeyGone):
            await tx.insert(_visitor(tenant, person, "Ada"))


def _visitor(account_id: UUID, person_id: UUID, name: str) -> Visitor:
    return Visitor(
        account_id=account_id,
        id=person_id,
        site_id=new_id(),
        chat_id=new_id(),
        name=name,
        email=f"{name.lower()}@canary.example",
        phone="+49 89 5550199",
        technical={"page": "https://shop.example/canary-page"},
        created_at=now(),
        last_seen_at=now(),
    )


async def _write_visitor(
    database: Database, account_id: UUID, person_id: UUID, name: str
) -> Visitor:
    async with database.transaction(account_id) as tx:
        row = _visitor(account_id, person_id, name)
        await tx.insert(row)
    return row


def _dump(owner_dsn: str) -> Iterator[tuple[str, bytes]]:
    """Gives every table's rows as the database sends them, bytes as they are."""
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        tables = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            # Forced row-level security binds the owner too, so the tests look behind it.
            name = sql.Identifier(table)
            with owner.transaction(force_rollback=True):
                owner.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(name))
                for row in owner.execute(sql.SQL("SELECT * FROM {}").format(name)):
                    for value in row:
                        raw = value if isinstance(value, bytes) else str(value).encode()
                        yield table, raw


async def test_neither_key_nor_plain_text_stands_in_the_database(
    database: Database, tenant: UUID, urls: DatabaseUrls, keyring: Keyring
) -> None:
    person = await new_person(database, tenant)
    await _write_visitor(database, tenant, person, "Canarina")
    hashed = await lookup(database, "canarina@canary.example")
    held = await keys(database, tenant, person)
    account = database.vault._accounts.get(tenant)
    assert account is not None
    secrets = [held[person].raw, account.key, account.index_key, *keyring.roots.export().values()]
    plain = [b"canarina", b"canary", b"5550199"]
    found = [
        (table, each)
        for table, raw in _dump(urls.owner)
        for each in (*secrets, *plain)
        if each in (raw if each in secrets else raw.lower())
    ]
    assert found == []
    assert any(table == "visitors" for table, _ in _dump(urls.owner)), "the dump sees the row"
    assert hashed not in secrets


async def test_sealing_and_finding_a_row_by_its_index(database: Database, tenant: UUID) -> None:
    person = await new_person(database, tenant)
    await _write_visitor(database, tenant, person, "Ada")
    async with database.transaction(tenant) as tx:
        sought = await tx.vault.index(await tx.driver(), tenant, "email", " ADA@canary.example")
        row = await tx.one(
            select(Visitor).where(Visitor.account_id == tenant, Visitor.email_index == sought)
        )
        assert row is not None
        assert (row.name, row.technical) == ("Ada", {"page": "https://shop.example/canary-page"})
        await tx.update(row, email=None, name="Grace")
    async with database.transaction(tenant) as tx:
        changed = await tx.one(select(Visitor).where(Visitor.id == person))
        assert changed is not None
        assert (changed.name, changed.email, changed.email_index) == ("Grace", None, None)
