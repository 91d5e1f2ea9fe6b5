"""Finding by e-mail misses nobody at any moment of a tick, in any process."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

import chathaven
from chathaven.engines.database.transaction import Database
from chathaven.engines.vault import reindex, rotate
from chathaven.engines.vault.blind_index import blind_index
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.tick import shred_tick
from chathaven.product.visitors.model import Visitor
from tests.engines.vault.ticking import Place, account_with, erase, find, write_visitor

MANY = 25


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many steps for few people."""
    monkeypatch.setattr(reindex, "BATCH", 3)
    monkeypatch.setattr(rotate, "BATCH", 3)


async def test_nobody_is_missed_while_keys_are_replaced(place: Place) -> None:
    """Finders with keys of a minute ago, finders with none, and newcomers, all through ticks."""
    emails = [f"visitor-{number}@x.example" for number in range(MANY)]
    async with place.running() as ticking, place.running() as old:
        account, people = await account_with(ticking, "gone@x.example", *emails)
        wanted = dict(zip(emails, people[1:], strict=True))
        done = asyncio.Event()
        found = 0

        async def look() -> None:
            nonlocal found
            while not done.is_set():
                for email, person in list(wanted.items()):
                    assert await find(old, account, email) == [person]
                    found += 1

        async def come() -> None:
            number = 0
            while not done.is_set():
                number += 1
                email = f"late-{number}@x.example"
                person = await write_visitor(old, account, email)
                wanted[email] = person

        async def change() -> None:
            """Gives one visitor another address again and again."""
            number = 0
            while not done.is_set():
                number += 1
                email = f"changed-{number}@x.example"
                await set_email(old, account, people[1], email)
                assert await find(old, account, email) == [people[1]]

        del wanted[emails[0]]
        workers = [asyncio.create_task(each) for each in (look(), come(), change())]
        for _ in range(3):
            await erase(ticking, account, await write_visitor(ticking, account, "x@x.example"))
            tick = await shred_tick(ticking, ticking.vault, grace=0)
            assert (tick.accounts_rotated, tick.left) == (1, 0)
        done.set()
        await asyncio.gather(*workers)
        assert found > MANY
        async with place.running() as fresh:
            for email, person in wanted.items():
                assert await find(fresh, account, email) == [person]
    place.everything_opens()


async def set_email(database: Database, account: UUID, person: UUID, email: str) -> None:
    async with database.transaction(account) as tx:
        visitor = await tx.one(
            select(Visitor).where(Visitor.account_id == account, Visitor.id == person)
        )
        assert visitor is not None
        await tx.update(visitor, email=email)


async def test_every_hash_is_of_the_new_key_afterwards(place: Place) -> None:
    """A hash in an old backup is of a key that is destroyed: nobody can try addresses on it."""
    async with place.running() as database:
        account, people = await account_with(database, *(f"{n}@x.example" for n in range(7)))
        async with database.transaction(account) as tx:
            before = (await database.vault.read_account(await tx.driver(), account)).index_key
        old = hashes_of(place)
        await erase(database, account, people[0])
        await shred_tick(database, database.vault)
        async with database.transaction(account) as tx:
            after = (await database.vault.read_account(await tx.driver(), account)).index_keys
        assert list(after) == [2]
        assert blind_index(before, "email", "3@x.example") in old
        assert not old & hashes_of(place)
        assert blind_index(after[2], "email", "3@x.example") in hashes_of(place)
        assert blind_index(after[2], "phone", "+49 89 5550199") in hashes_of(place)


def hashes_of(place: Place) -> set[bytes]:
    with psycopg.connect(place.urls.owner) as owner:
        owner.execute("ALTER TABLE visitors NO FORCE ROW LEVEL SECURITY")
        rows = owner.execute("SELECT email_index, phone_index FROM visitors").fetchall()
        owner.rollback()
    return {each for row in rows for each in row}


async def test_restricted_people_are_hashed_anew_too(place: Place) -> None:
    """They are hidden from every reader, and are to be found again when that ends."""
    async with place.running() as database:
        account, (gone, ada) = await account_with(database, "gone@x.example", "ada@x.example")
        async with database.transaction(account) as tx:
            await (await tx.driver()).execute(
                "INSERT INTO restrictions (account_id, id, visitor_id, kind, asked_by, began_at)"
                " VALUES (%s, %s, %s, 'restriction', 'operator', now())",
                (account, ada, ada),
            )
        assert await find(database, account, "ada@x.example") == []
        await erase(database, account, gone)
        await shred_tick(database, database.vault, grace=0)
        async with database.transaction(account) as tx:
            await (await tx.driver()).execute(
                "DELETE FROM restrictions WHERE account_id = %s", (account,)
            )
        assert await find(database, account, "ada@x.example") == [ada]
    assert Keyring.open(place.keyring).roots.held() == {2}


def test_the_product_finds_by_every_hash() -> None:
    """`index` is for writing; a finder that used it would miss people during a tick."""
    writers = {"transaction.py", "import_account.py", "keys.py"}
    folder = Path(chathaven.__file__).parent
    users = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr == "index"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "vault"
    }
    assert users <= writers
    assert users
