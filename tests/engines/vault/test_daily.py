"""The tick by itself: when it is due, once, and through what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from chathaven.engines.vault import daily
from chathaven.engines.vault.daily import is_due, tick_daily
from tests.engines.vault.ticking import Place
from tests.ground import new_tenant


def age(place: Place, days: float) -> None:
    """Lets the newest root be so old."""
    with psycopg.connect(place.urls.app) as connection:
        connection.execute("UPDATE root_epochs SET created_at = now() - %s", (timedelta(days),))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.05)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(daily, "JITTER", timedelta())


async def test_a_tick_is_due_when_the_newest_root_is_a_day_old(place: Place) -> None:
    async with place.running() as database:
        assert not await is_due(database, daily.PERIOD), "there is nothing yet"
        await new_tenant(database)
        assert not await is_due(database, daily.PERIOD)
        age(place, 1.01)
        assert await is_due(database, daily.PERIOD)
        assert not await is_due(database, daily.PERIOD + daily.JITTER)


async def test_of_several_processes_one_makes_it(place: Place, soon: None) -> None:
    async with place.running() as one, place.running() as other:
        await new_tenant(one)
        age(place, 2)
        running = [
            asyncio.create_task(tick_daily(each, each.vault, 2)) for each in (one, other, one)
        ]
        await until(lambda: 2 in place.epochs())
        await asyncio.sleep(0.5)
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert place.epochs() == {1: (True, False), 2: (False, False)}


async def test_it_goes_on_after_what_goes_wrong(
    place: Place, soon: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with place.running() as database:
        await new_tenant(database)
        age(place, 2)
        lost = place.keyring.rename(tmp_path / "lost.json")
        running = asyncio.create_task(tick_daily(database, database.vault, 2))
        said: list[str] = []

        def complained() -> bool:
            said.append(capsys.readouterr().out)
            return "keys are not replaced yet" in "".join(said)

        await until(complained)
        assert not running.done()
        assert place.epochs() == {1: (False, False)}
        lost.rename(place.keyring)
        await until(lambda: 2 in place.epochs())
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
