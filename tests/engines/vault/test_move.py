"""Moving the roots between a file and a hardware module: nothing living is lost at any step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from chathaven.engines.vault import move as moving
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.move import move
from chathaven.engines.vault.places import account_place
from chathaven.engines.vault.roots import LostRoot, Roots, RootsStayInside
from chathaven.engines.vault.roots_moving import FileToBe, MovingRoots
from chathaven.engines.vault.roots_pkcs11 import Pkcs11Roots
from chathaven.engines.vault.tick import shred_tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from tests.engines.vault.stopping import MODULES, Stopped, stop, stop_after
from tests.engines.vault.ticking import Place, account_with, erase, find
from tests.engines.vault.tokens import Token

EMAILS = [f"{name}@x.example" for name in ("gone", "ada", "bob")]
MORE: dict[str, Any] = {
    "move": moving,
    "moving": MovingRoots,
    "file": FileToBe,
    "module": Pkcs11Roots,
}
STEPS = [
    *("move._drop_unused", "tick._reconcile", "moving.make", "epochs.prove", "tick._new_epoch"),
    *("rotate._begin", "rotate._anew", "reindex._write", "rotate._end", "tick.rewrap_accounts"),
    *("tick.rewrap_installation", "tick.verify", "moving.destroy", "tick._destroy"),
]
Open = Callable[[], Roots]


class Ways(NamedTuple):
    """How both places are opened, as a new process opens them."""

    old: Open
    new: Open

    def both(self) -> Keyring:
        return Keyring(MovingRoots(self.old(), self.new()))


@pytest.fixture(params=["into the module", "out of it"])
def ways(request: pytest.FixtureRequest, place: Place, token: Token) -> Ways:
    def file() -> Roots:
        return FileToBe(place.keyring)

    def module() -> Roots:
        return token.keyring().roots

    return Ways(file, module) if request.param == "into the module" else Ways(module, file)


class Lived(NamedTuple):
    """Who is there and who is not, and how an account's key was wrapped before."""

    account: UUID
    people: list[UUID]
    old: tuple[int, bytes]


async def lived(place: Place, ways: Ways) -> Lived:
    """Lets people come to an installation whose roots are in the old place, and one go."""
    database = place.process(Keyring(ways.old()))
    account, people = await account_with(database, *EMAILS)
    async with database.transaction() as tx:
        await tx.vault.lookup(await tx.driver(), "operator-email", "a@b.example")
    [old] = place.rows("SELECT root_epoch, wrapped FROM account_keys")
    await erase(database, account, people[0])
    await database.close()
    return Lived(account, people, (old[0], old[1]))


@asynccontextmanager
async def process(place: Place, keyring: Keyring) -> Any:
    database = place.process(keyring)
    try:
        yield database
    finally:
        await database.close()


async def all_moved(place: Place, ways: Ways, who: Lived) -> None:
    """Everything living opens with the new place alone; the old one is empty."""
    old, new = ways.old(), ways.new()
    assert old.held() == set()
    alive = [epoch for epoch, (_, destroyed) in place.epochs().items() if not destroyed]
    assert new.held() == set(alive)
    assert len(alive) == 1
    keyring = Keyring(new)
    async with process(place, keyring) as database:
        for email, person in zip(EMAILS[1:], who.people[1:], strict=True):
            assert await find(database, who.account, email) == [person]
        async with database.transaction(who.account) as tx:
            keys = await tx.vault.keys(await tx.driver(), who.account, who.people)
            assert set(keys) == set(who.people[1:])
            await tx.vault.lookup(await tx.driver(), "operator-email", "a@b.example")
        # And it goes on there.
        done = await shred_tick(database, database.vault, grace=0)
        assert (done.left, keyring.roots.held()) == (0, {done.new_epoch})
    epoch, wrapped = who.old
    for each in {epoch, *keyring.roots.held()}:
        with pytest.raises(CannotUnwrap):
            keyring.unwrap(each, wrapped, account_place(who.account, 1, b"key"))


async def test_nothing_is_carried_over_and_nothing_is_lost(place: Place, ways: Ways) -> None:
    who = await lived(place, ways)
    roots = ways.both().roots
    with pytest.raises(RootsStayInside):
        roots.export()
    with pytest.raises(RootsStayInside):
        roots.bring({9: b"r" * 32})
    async with process(place, Keyring(roots)) as database:
        tick = await move(database, database.vault)
    assert (tick.new_epoch, tick.destroyed, tick.left) == (2, [1], 0)
    await all_moved(place, ways, who)


@pytest.mark.parametrize("step", STEPS)
async def test_stopped_at_any_step_it_is_ended_by_the_next(
    place: Place, ways: Ways, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    who = await lived(place, ways)
    for name, module in MORE.items():
        monkeypatch.setitem(MODULES, name, module)
    with monkeypatch.context() as planted:
        module, name = MODULES[step.partition(".")[0]], step.partition(".")[2]
        planted.setattr(module, name, getattr(module, name))
        stop_after(step, 1, stop)
        async with process(place, ways.both()) as database:
            with pytest.raises(Stopped):
                await move(database, database.vault)
    async with process(place, ways.both()) as database:
        await move(database, database.vault)
    await all_moved(place, ways, who)


_VICTIM = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.ground import map_tables
map_tables()
from chathaven.base.settings import Settings
from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.move import move
from chathaven.engines.vault.roots_moving import FileToBe, MovingRoots
from tests.engines.vault.stopping import MODULES, stop_after
dsn, keyring, step = sys.argv[1:]
module = Keyring.of(Settings.from_env(os.environ)).roots
MODULES |= {"moving": MovingRoots, "file": FileToBe}
stop_after(step, 1, lambda: os.kill(os.getpid(), signal.SIGKILL))
async def main():
    database = Database(dsn, Vault(Keyring(MovingRoots(FileToBe(Path(keyring)), module))), pool=1)
    await move(database, database.vault)
asyncio.run(main())
"""


def kill_at(place: Place, token: Token, step: str) -> None:
    """Lets another process move, and kills it behind a step."""
    killed = subprocess.run(
        [sys.executable, "-c", _VICTIM, place.urls.app, str(place.keyring), step],
        env=os.environ
        | {"CHATHAVEN_KEYRING": token.address, "CHATHAVEN_KEYRING_PIN_FILE": str(token.pin_file)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr


# Where a kill leaves something else behind than an error does.
@pytest.mark.parametrize("step", ["moving.make", "tick.verify", "file.clear"])
@pytest.mark.parametrize("ways", ["into the module"], indirect=True)
async def test_killed_it_is_ended_by_the_next(
    place: Place, token: Token, ways: Ways, step: str
) -> None:
    who = await lived(place, ways)
    kill_at(place, token, step)
    async with process(place, ways.both()) as database:
        await move(database, database.vault)
    await all_moved(place, ways, who)


async def test_a_root_of_the_same_number_that_never_wrapped_anything_goes(
    place: Place, ways: Ways
) -> None:
    """A move was killed; then the installation went on in the old place for a while."""
    who = await lived(place, ways)
    ways.new().make(2)
    async with process(place, Keyring(ways.old())) as database:
        await shred_tick(database, database.vault)
    assert 2 in ways.old().held() & ways.new().held()
    async with process(place, ways.both()) as database:
        await move(database, database.vault)
    await all_moved(place, ways, who)


async def test_a_move_waits_for_nobody_and_says_who_holds_keys(
    place: Place, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def held_up(*_: Any) -> int:
        return 0

    await lived(place, ways)
    with monkeypatch.context() as planted:
        planted.setattr("chathaven.engines.vault.tick.rewrap_accounts", held_up)
        planted.setattr("chathaven.engines.vault.tick.rotate", held_up)
        async with process(place, ways.both()) as database:
            with pytest.raises(LostRoot, match="stop every server"):
                await move(database, database.vault)
    assert 1 in ways.old().held()
