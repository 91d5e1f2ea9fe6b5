"""A tick that is killed or fails at any step loses no living key, and the next one ends clean."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import AsyncConnection

from chathaven.engines.vault import epochs, reindex, rewrap, rotate, tick
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.places import person_place
from chathaven.engines.vault.roots_file import FileRoots
from chathaven.engines.vault.tick import shred_tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from tests.engines.vault.stopping import (
    MODULES,
    STEPS,
    Stopped,
    all_is_well,
    erased_one,
    stop,
    stop_after,
)
from tests.engines.vault.ticking import Place
from tests.ground import new_person


@pytest.mark.parametrize(("step", "times"), STEPS)
async def test_an_error_at_any_step_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    async with erased_one(place) as (database, account, people, copies):
        monkeypatch.setattr(rotate, "BATCH", 3)
        monkeypatch.setattr(reindex, "BATCH", 3)
        module = MODULES[step.partition(".")[0]]
        with monkeypatch.context() as planted:
            name = step.partition(".")[2]
            planted.setattr(module, name, getattr(module, name))
            stop_after(step, times, stop)
            with pytest.raises(Stopped):
                await shred_tick(database, database.vault, grace=0)
        await all_is_well(place, account, people, copies)


_VICTIM = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.ground import map_tables
map_tables()
from chathaven.engines.database.transaction import Database
from chathaven.engines.vault import reindex, rotate
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.tick import shred_tick
from tests.engines.vault.stopping import stop_after
dsn, keyring, step, times = sys.argv[1:]
rotate.BATCH = reindex.BATCH = 3
stop_after(step, int(times), lambda: os.kill(os.getpid(), signal.SIGKILL))
async def main():
    database = Database(dsn, Vault(Keyring.open(Path(keyring))), pool=1)
    await shred_tick(database, database.vault, grace=0)
asyncio.run(main())
"""


# Each step is stopped by an error above; these are where a kill leaves something else behind.
@pytest.mark.parametrize(
    ("step", "times"),
    [
        ("roots_file.sync", 1),
        ("tick._new_epoch", 1),
        ("rotate._anew", 2),
        ("rotate._end", 1),
        ("roots_file.sync", 2),
    ],
)
async def test_a_kill_loses_nothing(place: Place, step: str, times: int) -> None:
    async with erased_one(place) as (_, account, people, copies):
        victim = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", _VICTIM, place.urls.app, str(place.keyring), step, str(times)),
            cwd=Path(__file__).parents[3],
            stderr=subprocess.PIPE,
        )
        _, said = await victim.communicate()
        assert victim.returncode == -signal.SIGKILL, said.decode()
        await all_is_well(place, account, people, copies)


@pytest.mark.parametrize("which", ["key", "index"])
async def test_a_key_that_does_not_open_keeps_the_old_roots(
    place: Place, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """What was wrapped anew is damaged on its way to the database."""
    async with erased_one(place) as (database, account, people, copies):
        good = rewrap._anew

        def damaged(*given: Any) -> tuple[list[bytes], list[bytes]]:
            both = dict(zip(("key", "index"), good(*given), strict=True))
            first, *others = both[which]
            both[which] = [bytes([first[0] ^ 1]) + first[1:], *others]
            return both["key"], both["index"]

        before = place.rows("SELECT * FROM account_keys WHERE erased_epoch IS NULL")
        with monkeypatch.context() as planted:
            planted.setattr(rewrap, "_anew", damaged)
            with pytest.raises(CannotUnwrap):
                await shred_tick(database, database.vault, grace=0)
        assert Keyring.open(place.keyring).roots.held() == {1, 2}, "the old root opens the copies"
        with pytest.raises(CannotUnwrap):
            await shred_tick(database, database.vault, grace=0)
        assert 1 in Keyring.open(place.keyring).roots.held()
        mend(place, before)
        await all_is_well(place, account, people, copies)


def mend(place: Place, rows: list[tuple[Any, ...]]) -> None:
    """Puts rows back as a backup has them."""
    with psycopg.connect(place.urls.app) as connection:
        connection.execute("SELECT set_config('app.installation', 'keys', true)")
        connection.execute("SELECT set_config('app.account', %s, true)", (str(UUID(int=0)),))
        for row in rows:
            connection.execute("DELETE FROM account_keys WHERE account_id = %s", (row[0],))
            connection.execute("INSERT INTO account_keys VALUES (%s, %s, %s, %s, %s, %s, %s)", row)


async def test_an_installations_key_that_does_not_open_keeps_the_old_roots(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip = "UPDATE installation_keys SET wrapped = set_byte(wrapped, 9, get_byte(wrapped, 9) # 1)"
    async with erased_one(place) as (database, account, people, copies):
        good = rewrap.rewrap_installation

        async def damaging(connection: AsyncConnection[Any], *given: Any) -> None:
            await good(connection, *given)
            await connection.execute(flip)

        with monkeypatch.context() as planted:
            planted.setattr(tick, "rewrap_installation", damaging)
            with pytest.raises(CannotUnwrap):
                await shred_tick(database, database.vault, grace=0)
        assert Keyring.open(place.keyring).roots.held() == {1, 2}, "the old root opens the copies"
        with psycopg.connect(place.urls.app) as connection:
            connection.execute(flip)
        await all_is_well(place, account, people, copies)


async def test_a_persons_key_that_does_not_open_keeps_the_old_version(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with erased_one(place) as (database, account, people, copies):
        before = place.rows("SELECT person_id, wrapped FROM person_keys")

        def wrong(key: bytes, inner: bytes, bound: bytes) -> bytes:
            return os.urandom(60)

        with monkeypatch.context() as planted:
            planted.setattr(rotate, "wrap", wrong)
            with pytest.raises(CannotUnwrap):
                await shred_tick(database, database.vault, grace=0)
        assert len(place.rows("SELECT 1 FROM account_keys WHERE account_id = %s", account)) == 2
        assert 1 in Keyring.open(place.keyring).roots.held()
        put_back(place, dict(before))
        await all_is_well(place, account, people, copies)


async def test_whoever_has_nothing_to_be_found_by_is_opened_again_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making hashes anew opens many keys anyway; nobody but the last look opens this one."""
    async with erased_one(place) as (database, account, people, _copies):
        quiet = await new_person(database, account)
        [before] = place.rows("SELECT wrapped FROM person_keys WHERE person_id = %s", quiet)
        good = MODULES["rotate"].wrap

        def wrong(key: bytes, inner: bytes, bound: bytes) -> bytes:
            is_quiet = bound == person_place(account, quiet, 1)
            return os.urandom(60) if is_quiet else good(key, inner, bound)

        with monkeypatch.context() as planted:
            planted.setattr(rotate, "wrap", wrong)
            with pytest.raises(CannotUnwrap):
                await shred_tick(database, database.vault, grace=0)
        assert len(place.rows("SELECT 1 FROM account_keys WHERE account_id = %s", account)) == 2
        assert 1 in Keyring.open(place.keyring).roots.held()
        put_back(place, {quiet: before[0]})
        done = await shred_tick(database, database.vault, grace=0)
        assert done.left == 0
        assert place.everything_opens() == len(people)


def test_every_table_that_names_a_root_is_asked_before_one_dies(place: Place) -> None:
    found = place.rows(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'root_epoch' AND table_schema = 'public'"
    )
    assert {row[0] for row in found} == set(rewrap.tables_under_roots())
    assert found


def put_back(place: Place, wrapped: dict[UUID, bytes]) -> None:
    with psycopg.connect(place.urls.app) as connection:
        connection.execute("SELECT set_config('app.installation', 'keys', true)")
        connection.execute("SELECT set_config('app.account', %s, true)", (str(UUID(int=0)),))
        for person, key in wrapped.items():
            connection.execute(
                "UPDATE person_keys SET wrapped = %s, account_key_version = 1 WHERE person_id = %s",
                (key, person),
            )


async def test_a_root_that_stays_is_not_called_destroyed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that says yes and does nothing: no erasure is final then."""
    async with erased_one(place) as (database, account, people, copies):
        with monkeypatch.context() as planted:
            planted.setattr(FileRoots, "destroy", lambda *_: None)
            with pytest.raises(CannotUnwrap, match="still in the keyring"):
                await shred_tick(database, database.vault, grace=0)
        assert not any(destroyed for _, destroyed in place.epochs().values())
        await all_is_well(place, account, people, copies)


def end_lock(place: Place) -> None:
    """Ends the session that holds the lock of ticks, as a network that fails does."""
    with psycopg.connect(place.urls.app) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = %s AND granted",
            (epochs._TICK,),
        ).fetchall()
    assert ended == [(True,)]


async def test_a_tick_that_lost_its_lock_destroys_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with erased_one(place) as (database, account, people, copies):
        with monkeypatch.context() as planted:
            planted.setattr(tick, "verify", MODULES["tick"].verify)
            stop_after("tick.verify", 1, lambda: end_lock(place))
            with pytest.raises(psycopg.OperationalError):
                await shred_tick(database, database.vault, grace=0)
        assert Keyring.open(place.keyring).roots.held() == {1, 2}
        assert not any(destroyed for _, destroyed in place.epochs().values())
        await all_is_well(place, account, people, copies)


async def test_whoever_is_erased_while_it_begins_is_taken_by_the_same_tick(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with erased_one(place) as (database, account, people, copies):

        def mark_all() -> None:
            with psycopg.connect(place.urls.app) as connection:
                connection.execute("SELECT set_config('app.installation', 'keys', true)")
                connection.execute(
                    "SELECT set_config('app.account', %s, true)", (str(UUID(int=0)),)
                )
                marked = "UPDATE account_keys SET erased_epoch = 1 WHERE erased_epoch IS NULL"
                assert connection.execute(marked).rowcount == 1

        with monkeypatch.context() as planted:
            planted.setattr(tick, "accounts_to_rotate", MODULES["tick"].accounts_to_rotate)
            stop_after("tick.accounts_to_rotate", 1, mark_all)
            done = await shred_tick(database, database.vault, grace=0)
        assert (done.accounts_rotated, done.left, done.destroyed) == (2, 0, [1])
        await all_is_well(place, account, people, copies)
