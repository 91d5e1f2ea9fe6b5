"""Two servers on one PostgreSQL and one Redis: events cross, and each may die in its turn."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from chathaven.engines.database.embedded import Embedded
from tests.driving import Server, free_port, json_of, sign_up, visit
from tests.faults.crowd import Crowd
from tests.ground import private_folder
from tests.streams import Reader, is_ended

pytestmark = pytest.mark.slow


class RedisServer:
    """A Redis of the test's own, that keeps its port."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        assert program, "this test needs redis-server: apt install redis-server"
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._line = [program, "--port", str(self.port), "--bind", "127.0.0.1"]
        self._line += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        self._process = subprocess.Popen(self._line, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "redis-server did not start"
                time.sleep(0.02)

    def kill(self) -> None:
        """Kills it."""
        self._process.kill()
        self._process.wait(10)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    made = RedisServer(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def pair(redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    """Two servers with one database, one bus and one keyring."""
    with private_folder() as folder, Embedded.start(folder / "postgres") as database:
        password = json.loads((folder / "postgres" / "access.json").read_text())
        role = "chathaven_launcher"
        host = quote(str(database.socket_dir), safe="")
        url = f"postgresql://{role}:{quote(password[role])}@/chathaven?host={host}&port=5432"
        settings = {
            "CHATHAVEN_DATABASE_URL": url,
            "CHATHAVEN_REDIS_URL": redis.url,
            "CHATHAVEN_KEYRING": str(folder / "keyring.json"),
        }
        homes = [folder / name for name in ("one", "two")]
        for home in homes:
            home.mkdir()
        with Server(homes[0], **settings) as one, Server(homes[1], **settings) as two:
            yield one, two


def crowd_of(one: Server, two: Server) -> Crowd:
    account = sign_up(one)
    return Crowd(account, [visit(two, account.site_key) for _ in range(3)], [one.url, two.url])


def test_events_cross(pair: tuple[Server, Server]) -> None:
    one, two = pair
    account = sign_up(one)
    visitor = visit(two, account.site_key)
    asked = visitor.say("from the second")
    heard = account.reader(last_id=0).until(lambda event: event.id == 1)
    assert heard[-1].data["params"]["text"] == "from the second"
    account.say(asked["chat_id"], "from the first")
    answered = visitor.reader(last_id=1).until(lambda event: event.id == 2)
    assert answered[-1].data["params"]["text"] == "from the first"


def test_redis_lost_and_back(pair: tuple[Server, Server], redis: RedisServer) -> None:
    crowd = crowd_of(*pair)

    async def suffer() -> None:
        async with crowd.busy():
            for _ in range(2):
                await asyncio.sleep(1.5)
                await asyncio.to_thread(redis.kill)
                await asyncio.sleep(2.5)
                await asyncio.to_thread(redis.start)
            await asyncio.sleep(1.5)

    asyncio.run(suffer())
    crowd.judge()
    assert crowd.retries == 0, "writing needs no Redis"


def test_what_is_revoked_while_redis_is_away_ends_streams_elsewhere(
    pair: tuple[Server, Server], redis: RedisServer
) -> None:
    """Nobody can tell the other process, so it has to look itself (C-07)."""
    one, two = pair
    account = sign_up(one)
    wanted = {"name": "script", "scopes": ["chats:read"]}
    made = json_of(account.http.post("/v1/tokens", json=wanted), 201)
    with two.http(headers={"authorization": f"Bearer {made['token']}"}) as script:
        with contextlib.closing(Reader(script, "/v1/stream").read(silence=20)) as frames:
            assert next(frames).name == "hello"
            redis.kill()
            assert account.http.delete(f"/v1/tokens/{made['id']}").status_code == 204
            assert is_ended(frames)
        assert script.get("/v1/stream").status_code == 401


def test_each_process_killed_in_turn(pair: tuple[Server, Server]) -> None:
    crowd = crowd_of(*pair)

    async def suffer() -> None:
        async with crowd.busy():
            for turn in range(4):
                await asyncio.sleep(1)
                await asyncio.to_thread(pair[turn % 2].restart)

    asyncio.run(suffer())
    crowd.judge()
