"""Erasing, coming and finding while ticks run: whatever is final opens nowhere, all else does."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chathaven.base.errors import Unavailable
from chathaven.engines.vault import epochs, reindex, rotate
from chathaven.engines.vault.epochs import all_destroyed_up_to
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.tick import shred_tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from tests.engines.vault.ticking import Copies, Place, account_with, erase, find, write_visitor

TICKS = 3


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many steps for few people."""
    monkeypatch.setattr(reindex, "BATCH", 4)
    monkeypatch.setattr(rotate, "BATCH", 4)


class Crowd:
    """People who come and are erased, in two accounts and two processes, until it is done."""

    def __init__(self, place: Place, accounts: list[UUID]) -> None:
        self.copies = Copies(place)
        self.erased: dict[UUID, int] = {}
        self.living: dict[UUID, tuple[UUID, str]] = {}
        self.done = asyncio.Event()
        self._place, self._accounts = place, accounts

    async def come_and_go(self, which: int) -> None:
        """Two come, one of them is erased, and the other is found; again and again."""
        async with self._place.running() as database:
            number = 0
            while not self.done.is_set():
                number += 1
                account = self._accounts[number % len(self._accounts)]
                emails = [f"{which}-{number}-{each}@x.example" for each in ("goes", "stays")]
                goes, stays = [await write_visitor(database, account, each) for each in emails]
                self.copies.take()
                self.erased[goes] = await erase(database, account, goes)
                self.living[stays] = (account, emails[1])
                assert await find(database, account, emails[1]) == [stays]

    async def nothing_final_opens(self) -> int:
        """Looks at everybody whose erasure is final; returns how many they are."""
        self.copies.take()
        async with self._place.running() as database, database.transaction() as tx:
            driver = await tx.driver()
            final = [
                person
                for person, epoch in list(self.erased.items())
                if await all_destroyed_up_to(driver, epoch)
            ]
        opened = [person for person in final if self.copies.opened(person)]
        assert opened == []
        return len(final)

    async def everybody_is_found(self) -> None:
        """Looks for everybody who was not erased, in a new process."""
        async with self._place.running() as database:
            for person, (account, email) in self.living.items():
                assert await find(database, account, email) == [person]


async def test_whoever_is_final_opens_nowhere(place: Place) -> None:
    async with place.running() as database:
        accounts = [(await account_with(database, f"{n}@x.example"))[0] for n in "ab"]
        crowd = Crowd(place, accounts)
        people = [asyncio.create_task(crowd.come_and_go(which)) for which in range(2)]
        final = 0
        for _ in range(TICKS):
            await shred_tick(database, database.vault, grace=0)
            final = await crowd.nothing_final_opens()
        crowd.done.set()
        await asyncio.gather(*people)
        assert final > 0
        for _ in range(2):
            await shred_tick(database, database.vault, grace=0)
        assert await crowd.nothing_final_opens() == len(crowd.erased)
    await crowd.everybody_is_found()
    assert place.everything_opens() == len(crowd.living) + len(accounts)


async def test_ticks_that_lost_their_lock_lose_no_key(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three at once, as nothing kept them apart. They may fail; nobody living may be hurt."""

    async def lets_all_in(*_: Any, **__: Any) -> bool:
        return True

    async with place.running() as database:
        account, people = await account_with(database, *(f"{n}@x.example" for n in range(9)))
        await erase(database, account, people[0])

        async def tick() -> None:
            async with place.running() as own:
                await shred_tick(own, own.vault, grace=0)

        with monkeypatch.context() as unlocked:
            unlocked.setattr(epochs, "one_at_a_time", lets_all_in)
            for _ in range(3):
                ended = await asyncio.gather(*(tick() for _ in range(3)), return_exceptions=True)
                expected = (CannotUnwrap, LostRoot, psycopg.Error, Unavailable)
                strange = [e for e in ended if isinstance(e, BaseException)]
                assert all(isinstance(each, expected) for each in strange), strange
                assert place.everything_opens() == len(people) - 1
        for number, person in enumerate(people[1:], 1):
            assert await find(database, account, f"{number}@x.example") == [person]
        done = await shred_tick(database, database.vault, grace=0)
    assert done.left == 0
    assert Keyring.open(place.keyring).roots.held() == {done.new_epoch}
    assert place.everything_opens() == len(people) - 1
