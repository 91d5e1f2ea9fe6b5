"""Two processes replace keys at once while two servers write and read: nothing living is lost."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.database.given import prepare
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.tick import shred_tick
from chathaven.entry.ground import Process, build
from tests.driving import Account, Server, VisitorClient, json_of, sign_up, visit
from tests.entry.installation import CHATHAVEN, environment
from tests.faults.crowd import Crowd
from tests.faults.test_several_processes import RedisServer, pair, redis

__all__ = ["pair", "redis"]
pytestmark = pytest.mark.slow
ROUNDS = 2
NAMES = ("CHATHAVEN_DATABASE_URL", "CHATHAVEN_REDIS_URL", "CHATHAVEN_KEYRING")
"""What a second process needs to be one of the same installation."""


def names_of(server: Server) -> dict[str, str]:
    return {name: server.environment[name] for name in NAMES}


def rotate(server: Server) -> str:
    """Replaces keys at once, from a process of its own."""
    done = subprocess.run(
        [CHATHAVEN, "keys", "rotate", "--now", "--data", server.data],
        env=environment(**names_of(server)),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def erase_one(account: Account, other: Server) -> str:
    """Lets somebody come to the other server, and go; returns the erasure's id."""
    goes = visit(other, account.site_key)
    goes.say("I go")
    asked = json_of(account.http.delete(f"/v1/visitors/{goes.visitor_id}"), 202)
    goes.http.close()
    return str(asked["erasure"]["id"])


def until(account: Account, erasure_id: str, *states: str) -> None:
    deadline = time.monotonic() + 60
    while json_of(account.http.get(f"/v1/erasures/{erasure_id}"))["status"] not in states:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_ticks_at_once_while_everybody_writes(pair: tuple[Server, Server]) -> None:
    one, two = pair
    account = sign_up(one)
    crowd = Crowd(account, [visit(two, account.site_key) for _ in range(3)], [one.url, two.url])
    erased: list[str] = []

    def tick_twice() -> None:
        erased.append(erase_one(account, two))
        until(account, erased[-1], "live", "final")
        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(rotate, pair))
        assert all("Destroyed: " in each for each in said), said

    async def suffer() -> None:
        async with crowd.busy():
            for _ in range(ROUNDS):
                await asyncio.to_thread(tick_twice)

    asyncio.run(suffer())
    crowd.judge()
    for erasure_id in erased:
        until(account, erasure_id, "final")
    [root] = Keyring.open(Path(names_of(one)["CHATHAVEN_KEYRING"])).roots.held()
    assert root == 1 + 2 * ROUNDS
    # After a start with nothing in memory, all can be read and everybody can come.
    for server in pair:
        server.restart()
    crowd.judge()
    for server in pair:
        late = visit(server, account.site_key)
        late.say("late")
        json_of(late.http.patch("/v1/widget/me", json={"email": f"{server.port}@x.example"}))
        found = account.http.get("/v1/visitors", params={"email": f"{server.port}@x.example"})
        assert [each["id"] for each in json_of(found)["items"]] == [late.visitor_id]


@asynccontextmanager
async def process_of(server: Server) -> AsyncIterator[Process]:
    """Gives a third process of the installation, in which a test can look."""
    settings = Settings.from_env(names_of(server), data=server.data)
    urls = await asyncio.to_thread(prepare, settings)
    assert urls is not None
    process = build(settings, urls, runs_jobs=False)
    try:
        await process.start()
        yield process
    finally:
        await process.stop()


async def remembered(process: Process, account_id: UUID, person_id: UUID) -> None:
    """Has a process keep a person's key, and so the account's, in memory."""
    vault = process.ground.vault
    async with process.ground.database.transaction(account_id) as tx:
        await vault.keys(await tx.driver(), account_id, [person_id])
    assert vault.remembers(account_id, person_id)


async def forgotten(process: Process, account_id: UUID, person_id: UUID) -> bool:
    """Whether a process forgets a person long before its time is over by itself."""
    for _ in range(400):
        if not process.ground.vault.remembers(account_id, person_id):
            return True
        await asyncio.sleep(0.05)
    return False


async def until_up(*processes: Process) -> None:
    for process in processes:
        while not process.ground.bus.up:
            await asyncio.sleep(0.02)


@pytest.fixture
def who(pair: tuple[Server, Server]) -> Iterator[tuple[Account, VisitorClient]]:
    account = sign_up(pair[0])
    visitor = visit(pair[1], account.site_key)
    visitor.say("Hello")
    yield account, visitor
    visitor.http.close()


async def test_what_others_keep_in_memory_goes_with_a_tick(
    pair: tuple[Server, Server], who: tuple[Account, VisitorClient]
) -> None:
    """What a destroyed root wrapped is in nobody's memory any more, whoever destroyed it."""
    account_id, person_id = UUID(who[0].account_id), UUID(who[1].visitor_id)
    async with process_of(pair[0]) as ticking, process_of(pair[1]) as other:
        async with asyncio.timeout(30):
            await until_up(ticking, other)
        await remembered(other, account_id, person_id)
        await shred_tick(ticking.ground.database, ticking.ground.vault, grace=0)
        assert await forgotten(other, account_id, person_id)
        await remembered(other, account_id, person_id)
        await asyncio.to_thread(rotate, pair[0])
        assert await forgotten(other, account_id, person_id)
        await remembered(other, account_id, person_id)


async def test_without_redis_a_tick_says_that_servers_were_not_told(
    pair: tuple[Server, Server], redis: RedisServer, who: tuple[Account, VisitorClient]
) -> None:
    await asyncio.to_thread(redis.kill)
    said = await asyncio.to_thread(rotate, pair[0])
    assert "they forget old keys within a minute" in said
    assert [e["params"]["text"] for e in who[1].events() if "text" in e["params"]] == ["Hello"]
