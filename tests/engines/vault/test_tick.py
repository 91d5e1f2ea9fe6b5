"""The shred tick: what lives goes on opening, what was erased opens nowhere."""

from __future__ import annotations

import asyncio

import pytest

from chathaven.engines.vault.epochs import all_destroyed_up_to
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.tick import AnotherTick, Tick, shred_tick
from tests.engines.vault.ticking import Copies, Place, account_with, erase, find
from tests.ground import new_person, new_tenant


async def final(place: Place, epoch: int) -> bool:
    async with place.running() as database, database.transaction() as tx:
        return await all_destroyed_up_to(await tx.driver(), epoch)


async def test_a_root_dies_two_ticks_after_the_one_that_retired_it(place: Place) -> None:
    async with place.running() as database:
        await account_with(database, "ada@x.example")
        destroyed = [(await shred_tick(database, database.vault)).destroyed for _ in range(5)]
        assert destroyed == [[], [], [1], [2], [3]]
        assert Keyring.open(place.keyring).roots.held() == {4, 5, 6}
    assert {epoch for epoch, (_, is_dead) in place.epochs().items() if not is_dead} == {4, 5, 6}
    assert place.epochs()[6] == (False, False)
    assert place.everything_opens() == 1


async def test_no_copy_of_an_erased_persons_key_opens_after_the_grace(place: Place) -> None:
    """P3: every key that was ever written anywhere, against everything the installation has."""
    copies = Copies(place)
    async with place.running() as database:
        account, (ada, bob) = await account_with(database, "ada@x.example", "bob@x.example")
        copies.take()
        epoch = await erase(database, account, ada)
        assert copies.opened(ada), "a copy opens while the root lives, or the test is blind"
        for _ in range(3):
            assert not await final(place, epoch)
            await shred_tick(database, database.vault)
            copies.take()
        assert await final(place, epoch)
        assert copies.opened(ada) == 0
        assert copies.opened(bob) > 0
        assert await find(database, account, "bob@x.example") == [bob]
    assert place.everything_opens() == 1


async def test_an_urgent_tick_destroys_at_once(place: Place) -> None:
    copies = Copies(place)
    async with place.running() as database:
        account, (ada, bob) = await account_with(database, "ada@x.example", "bob@x.example")
        copies.take()
        epoch = await erase(database, account, ada)
        tick = await shred_tick(database, database.vault, grace=0)
        assert tick == Tick(2, [1], accounts_rotated=1, people_rewrapped=1)
        copies.take()
        assert await final(place, epoch)
        assert copies.opened(ada) == 0
        assert copies.opened(bob) > 0


async def test_only_accounts_with_an_erasure_get_a_new_key(place: Place) -> None:
    async with place.running() as database:
        one, (ada, _) = await account_with(database, "ada@x.example", "bob@x.example")
        other, _ = await account_with(database, "eve@x.example")
        await erase(database, one, ada)
        tick = await shred_tick(database, database.vault)
        assert (tick.accounts_rotated, tick.people_rewrapped) == (1, 1)
        rows = dict(place.rows("SELECT account_id, version FROM account_keys"))
        assert rows == {one: 2, other: 1}
        assert place.rows("SELECT DISTINCT root_epoch FROM account_keys") == [(2,)]
        assert (await shred_tick(database, database.vault)).accounts_rotated == 0


async def test_the_installations_keys_go_on(place: Place) -> None:
    async with place.running() as database:
        async with database.transaction() as tx:
            before = await tx.vault.lookup(await tx.driver(), "operator-email", "a@b.example")
        await shred_tick(database, database.vault, grace=0)
    async with place.running() as other, other.transaction() as tx:
        after = await tx.vault.lookup(await tx.driver(), "operator-email", "a@b.example")
    assert after == before
    assert place.rows("SELECT root_epoch FROM installation_keys") == [(2,)]


async def test_another_process_with_old_keys_in_memory_writes_under_the_new_ones(
    place: Place,
) -> None:
    """Its caches hold a minute-old account key, and it has never seen the new root."""
    async with place.running() as ticking, place.running() as old:
        account, (ada,) = await account_with(old, "ada@x.example")
        assert await find(old, account, "ada@x.example") == [ada]
        await erase(ticking, account, await new_person(ticking, account))
        await shred_tick(ticking, ticking.vault, grace=0)
        bob = await new_person(old, account)
        stranger = await new_tenant(old)
        assert place.rows("SELECT DISTINCT account_key_version FROM person_keys") == [(2,)]
        assert place.rows("SELECT DISTINCT root_epoch FROM account_keys") == [(2,)]
        assert await find(old, account, "ada@x.example") == [ada]
        async with old.transaction(account) as tx:
            assert set(await tx.vault.keys(await tx.driver(), account, [ada, bob])) == {ada, bob}
        await new_person(ticking, stranger)
    assert place.everything_opens() == 3


async def test_a_transaction_that_began_before_the_tick_ends_before_it(place: Place) -> None:
    """An account made under the old root, and not committed when the new root comes."""
    async with place.running() as ticking, place.running() as other:
        await new_tenant(ticking)
        async with other.transaction() as tx:
            account = await new_tenant(ticking)
            await tx.enter(account)
            epoch = await tx.vault.wants_new_keys(await tx.driver(), account)
            tick = asyncio.create_task(shred_tick(ticking, ticking.vault, grace=0))
            await asyncio.sleep(0.5)
            assert not tick.done(), "it waits for whoever holds the current epoch"
            assert place.epochs() == {1: (False, False)}
        done = await tick
        assert (epoch, done.new_epoch, done.destroyed, done.accounts_rotated) == (1, 2, [1], 1)


async def test_two_ticks_race(place: Place) -> None:
    async with place.running() as one, place.running() as other:
        account, (ada, bob) = await account_with(one, "ada@x.example", "bob@x.example")
        await erase(one, account, ada)
        ticks = await asyncio.gather(
            shred_tick(one, one.vault, grace=0), shred_tick(other, other.vault, grace=0)
        )
        assert sorted(tick.new_epoch for tick in ticks) == [2, 3]
        assert sum(tick.accounts_rotated for tick in ticks) == 1
        assert await find(other, account, "bob@x.example") == [bob]
    assert place.everything_opens() == 1
    assert Keyring.open(place.keyring).roots.held() == {3}


async def test_one_that_need_not_wait_lets_the_other_do_it(place: Place) -> None:
    async with place.running() as database:
        await new_tenant(database)
        connection = await database.connect()
        await connection.execute("SELECT pg_advisory_lock(%s, 0)", (0x7469636B,))
        with pytest.raises(AnotherTick):
            await shred_tick(database, database.vault, wait=False)
        await connection.close()
        assert (await shred_tick(database, database.vault, wait=False)).new_epoch == 2


async def test_those_who_wait_for_a_tick_are_told(place: Place) -> None:
    told: list[Tick] = []

    async def hear(tick: Tick) -> None:
        told.append(tick)

    async with place.running() as database:
        database.vault.ticked.append(hear)
        tick = await shred_tick(database, database.vault)
    assert told == [tick]
