"""A keyring that is full, lost, old, strange or changed underneath: no living key is lost."""

from __future__ import annotations

import os

import pytest

from chathaven.engines.vault import epochs, key_file, rotate, walk
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.roots_file import FileRoots, Unreadable
from chathaven.engines.vault.tick import Tick, shred_tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from tests.engines.vault.stopping import MODULES, all_is_well, erased_one, stop_after
from tests.engines.vault.ticking import Place
from tests.ground import new_tenant


@pytest.mark.parametrize("which", [1, 2], ids=["the new root", "destroying"])
async def test_a_full_disk_changes_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    async with erased_one(place) as (database, account, people, copies):
        good, calls = os.fsync, 0

        def full(handle: int) -> None:
            nonlocal calls
            calls += 1
            if calls >= (1 if which == 1 else 4):
                raise OSError(28, "No space left on device")
            good(handle)

        held = place.keyring.read_bytes()
        with monkeypatch.context() as planted:
            planted.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space left"):
                await shred_tick(database, database.vault, grace=0)
        if which == 1:
            assert place.keyring.read_bytes() == held
        assert 1 in Keyring.open(place.keyring).roots.held()
        assert [each.name for each in place.keyring.parent.glob(".*.new")] == []
        await all_is_well(place, account, people, copies)


@pytest.mark.parametrize("how", ["older", "gone", "garbage", "empty"])
@pytest.mark.parametrize("step", ["tick._new_epoch", "tick.verify", "rotate._begin"])
async def test_a_keyring_that_is_changed_underneath_gets_its_roots_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, how: str, step: str
) -> None:
    async with erased_one(place) as (database, account, people, copies):
        older = place.keyring.read_bytes()

        def change() -> None:
            if how == "gone":
                place.keyring.unlink()
            else:
                body = {"older": older, "garbage": b"\0" * 200, "empty": b""}[how]
                place.keyring.write_bytes(body)

        module, name = MODULES[step.partition(".")[0]], step.partition(".")[2]
        with monkeypatch.context() as planted:
            planted.setattr(module, name, getattr(module, name))
            stop_after(step, 1, change)
            try:
                await shred_tick(database, database.vault, grace=0)
            except (CannotUnwrap, LostRoot, Unreadable, OSError):
                assert 1 in Keyring.open(place.keyring).roots.held()
        await all_is_well(place, account, people, copies)


async def test_an_older_keyring_that_was_put_back_later_is_said_and_changes_nothing(
    place: Place,
) -> None:
    async with erased_one(place) as (database, account, people, copies):
        older = place.keyring.read_bytes()
        await shred_tick(database, database.vault)
        newer = place.keyring.read_bytes()
        place.keyring.write_bytes(older)
        async with place.running() as other:
            with pytest.raises(LostRoot, match="epoch 2 is not in the keyring"):
                await new_tenant(other)
            with pytest.raises(LostRoot):
                await shred_tick(other, other.vault, grace=0)
        assert place.keyring.read_bytes() == older
        place.keyring.write_bytes(newer)
        await all_is_well(place, account, people, copies)


async def test_a_root_that_came_back_with_an_old_copy_dies_again(place: Place) -> None:
    async with erased_one(place) as (database, account, people, copies):
        older = Keyring.open(place.keyring).roots.export()
        await shred_tick(database, database.vault, grace=0)
        roots = FileRoots(place.keyring)
        roots.bring(older)
        assert copies.opened(people[0]) > 0
        assert (await shred_tick(database, database.vault)).destroyed == []
        async with database.transaction() as tx:
            assert not await epochs.all_destroyed_up_to(await tx.driver(), 1)
        await all_is_well(place, account, people, copies)


async def test_a_strange_keyring_is_never_written_under(place: Place) -> None:
    """A new keyring with an epoch of the same number, because the old file was lost."""
    async with erased_one(place) as (_, account, people, copies):
        newer = place.keyring.read_bytes()
        place.keyring.unlink()
        async with place.running() as other:
            with pytest.raises(LostRoot, match="another root of epoch 1"):
                await shred_tick(other, other.vault, grace=0)
        place.keyring.write_bytes(newer)
        await all_is_well(place, account, people, copies)


async def test_an_account_in_use_waits_for_the_next_tick_and_keeps_its_root(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "ATTEMPTS", 1)
    monkeypatch.setattr(rotate, "LOCK_SECONDS", 0.05)
    async with erased_one(place) as (database, account, people, copies):
        async with database.transaction(account) as tx:
            await tx.vault.indexes(await tx.driver(), account, "email", "long@x.example")
            done = await shred_tick(database, database.vault, grace=0)
        assert done == Tick(2, [], accounts_rotated=0, people_rewrapped=0, left=1)
        assert Keyring.open(place.keyring).roots.held() == {1, 2}
        await all_is_well(place, account, people, copies)


async def test_a_keyring_that_others_may_read_stops_the_tick(place: Place) -> None:
    async with erased_one(place) as (database, account, people, copies):
        place.keyring.chmod(0o644)
        with pytest.raises(key_file.TooOpen):
            await shred_tick(database, database.vault, grace=0)
        place.keyring.chmod(0o600)
        await all_is_well(place, account, people, copies)
