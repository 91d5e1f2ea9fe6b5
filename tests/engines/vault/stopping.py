"""Stopping a tick at a step, and seeing afterwards that nothing was lost."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from chathaven.engines.database.transaction import Database
from chathaven.engines.vault import epochs, reindex, rewrap, roots_file, rotate, tick
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.tick import shred_tick
from tests.engines.vault.ticking import Copies, Place, account_with, erase, find
from tests.ground import new_tenant

EMAILS = ["gone@x.example", *(f"{number}@x.example" for number in range(7))]

# Where a tick can stop: after each of these has been called so many times.
STEPS: list[tuple[str, int]] = [
    ("tick._reconcile", 1),
    ("roots_file.sync", 1),
    ("epochs.prove", 1),
    ("tick._new_epoch", 1),
    ("rotate._begin", 1),
    ("rotate._anew", 1),
    ("rotate._anew", 2),
    ("rotate._rewrap_people", 1),
    ("reindex._write", 1),
    ("reindex._write", 3),
    ("rotate.reindex", 1),
    ("rotate._verify_people", 1),
    ("rotate._end", 1),
    ("rewrap._anew", 1),
    ("tick.rewrap_accounts", 1),
    ("tick.rewrap_installation", 1),
    ("tick.verify", 1),
    ("roots_file.sync", 2),
    ("tick._destroy", 1),
]
MODULES = {
    "tick": tick,
    "roots_file": roots_file,
    "epochs": epochs,
    "rotate": rotate,
    "rewrap": rewrap,
    "reindex": reindex,
}


class Stopped(Exception):
    """A tick ends here, on purpose."""


def stop_after(step: str, times: int, how: Callable[[], None]) -> None:
    """Plants a stop behind the n-th call of a step; for the process that is to be stopped."""
    module, name = MODULES[step.partition(".")[0]], step.partition(".")[2]
    wrapped, calls = getattr(module, name), 0

    def count() -> None:
        nonlocal calls
        calls += 1
        if calls == times:
            how()

    def plain(*given: Any, **named: Any) -> Any:
        found = wrapped(*given, **named)
        count()
        return found

    async def awaited(*given: Any, **named: Any) -> Any:
        found = await wrapped(*given, **named)
        count()
        return found

    setattr(module, name, awaited if inspect.iscoroutinefunction(wrapped) else plain)


def stop() -> None:
    """Ends a tick with an error."""
    raise Stopped


@asynccontextmanager
async def erased_one(place: Place) -> AsyncIterator[tuple[Database, UUID, list[UUID], Copies]]:
    """An account with people of whom the first was erased, and another account."""
    copies = Copies(place)
    async with place.running() as database:
        account, people = await account_with(database, *EMAILS)
        await new_tenant(database)
        async with database.transaction() as tx:
            await tx.vault.lookup(await tx.driver(), "operator-email", "a@b.example")
        copies.take()
        await erase(database, account, people[0])
        yield database, account, people, copies


async def all_is_well(place: Place, account: UUID, people: list[UUID], copies: Copies) -> None:
    """Everything living opens in a new process, and after the next tick nothing erased does."""
    copies.take()
    async with place.running() as database:
        for email, person in zip(EMAILS[1:], people[1:], strict=True):
            assert await find(database, account, email) == [person]
        async with database.transaction(account) as tx:
            keys = await tx.vault.keys(await tx.driver(), account, people)
        assert set(keys) == set(people[1:])
        assert place.everything_opens() == len(people) - 1
        done = await shred_tick(database, database.vault, grace=0)
        assert done.left == 0
        assert Keyring.open(place.keyring).roots.held() == {done.new_epoch}
        alive = [epoch for epoch, (_, destroyed) in place.epochs().items() if not destroyed]
        assert alive == [done.new_epoch]
    async with place.running() as fresh:
        for email, person in zip(EMAILS[1:], people[1:], strict=True):
            assert await find(fresh, account, email) == [person]
    assert place.everything_opens() == len(people) - 1
    assert copies.opened(people[0]) == 0
    assert len(place.rows("SELECT 1 FROM account_keys")) == 2
