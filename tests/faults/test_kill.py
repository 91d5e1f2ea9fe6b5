"""The server is killed again and again while people write and read: nothing acknowledged is lost.

`CHATHAVEN_KILLS=300` kills it more often than the suite does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.driving import Server, sign_up, visit
from tests.faults.crowd import Crowd
from tests.ground import private_folder

KILLS = int(os.environ.get("CHATHAVEN_KILLS", "30"))
VISITORS = 4

pytestmark = pytest.mark.slow


@pytest.fixture
def own() -> Iterator[Server]:
    """A server of the test's own: it is going to suffer."""
    with private_folder() as folder, Server(folder) as running:
        yield running


def crowd_at(server: Server) -> Crowd:
    account = sign_up(server)
    return Crowd(account, [visit(server, account.site_key) for _ in range(VISITORS)], [server.url])


def postmaster(server: Server) -> psutil.Process:
    path = server.data / "postgres" / "cluster" / "postmaster.pid"
    return psutil.Process(int(path.read_text().split()[0]))


def kill(server: Server) -> None:
    """Kills the server; its database ends in order, because its parent is gone."""
    server.kill()


def kill_all(server: Server) -> None:
    """Kills the server and every process of its database in one moment, as a power cut does."""
    family = psutil.Process(server.pid).children(recursive=True)
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.kill()


async def kill_while_starting(server: Server) -> None:
    """Starts the server and kills it in the middle of that."""
    starting = asyncio.create_task(asyncio.to_thread(server.start))
    while not server.is_running:
        await asyncio.sleep(0.005)
    await asyncio.sleep(random.random() * 0.6)
    os.kill(server.pid, signal.SIGKILL)
    with contextlib.suppress(AssertionError):
        await starting
    await asyncio.to_thread(server.kill)


def test_killed_again_and_again(own: Server, capsys: pytest.CaptureFixture[str]) -> None:
    crowd = crowd_at(own)

    async def suffer() -> None:
        async with crowd.busy():
            # Each round kills it twice: while it serves, and while it starts again. Every third
            # time the database is killed with it, and has to recover.
            counted = [0] * len(crowd.readers)
            for number in range(KILLS // 2):
                await asyncio.sleep(random.random() * 0.8)
                if number % 2 == 0:
                    # Otherwise readers may be on their way back.
                    await crowd.all_read(since=counted)
                counted = crowd.counted()
                await asyncio.to_thread(kill if number % 3 else kill_all, own)
                await kill_while_starting(own)
                await asyncio.to_thread(own.start)

    asyncio.run(suffer())
    crowd.judge()
    connections = sum(reader.connections for reader in crowd.readers)
    assert connections >= len(crowd.readers) * KILLS // 4
    said = (
        f"{KILLS} kills: {len(crowd.sent)} acknowledged messages, {crowd.retries} retries, "
        f"{len(crowd.readers)} readers with {connections} connections: none lost, none doubled"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{said}\n")


def kill_a_backend(server: Server) -> None:
    """Kills one connection's process: PostgreSQL then ends all others, and recovers by itself."""
    while not any(is_killed(each) for each in postmaster(server).children()):
        time.sleep(0.05)


def is_killed(process: psutil.Process) -> bool:
    """Kills a process that is a connection of the application's; whether it was one."""
    # One that has just ended has no line any more.
    with contextlib.suppress(psutil.NoSuchProcess):
        if "chathaven_app" in " ".join(process.cmdline()):
            process.kill()
            return True
    return False


def test_a_killed_backend(own: Server) -> None:
    crowd = crowd_at(own)

    async def suffer() -> None:
        async with crowd.busy():
            for _ in range(3):
                await asyncio.sleep(1)
                await asyncio.to_thread(kill_a_backend, own)
            await asyncio.sleep(2)

    asyncio.run(suffer())
    crowd.judge()
    assert psutil.Process(own.pid).is_running(), "the server outlives it"


def stop_at_once(server: Server) -> None:
    """What `pg_ctl stop -m immediate` does: the whole database ends without a checkpoint."""
    postmaster(server).send_signal(signal.SIGQUIT)


def kill_postmaster(server: Server) -> None:
    postmaster(server).kill()


@pytest.mark.parametrize("strike", [kill_postmaster, stop_at_once])
def test_the_database_alone(own: Server, strike: Callable[[Server], None]) -> None:
    """The server ends with status 1, so that whoever looks after it starts it again."""
    crowd = crowd_at(own)

    async def suffer() -> None:
        async with crowd.busy():
            for _ in range(2):
                await asyncio.sleep(1)
                await asyncio.to_thread(strike, own)
                assert await asyncio.to_thread(own.wait, 60) == 1
                await asyncio.to_thread(own.restart)

    asyncio.run(suffer())
    crowd.judge()
    assert "The database ended unexpectedly; nothing that was acknowledged is lost" in (
        own.log.read_text()
    )
