"""The bus between processes, over a real Redis that is killed and started again."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import redis.asyncio as redis_client
from structlog.testing import capture_logs

from chathaven.base.errors import Unavailable
from chathaven.base.ids import new_id
from chathaven.engines.stream import bus as module
from chathaven.engines.stream.bus import Bus, Changed, Message, Present, Told, Whispered
from chathaven.engines.stream.subscription import Topic
from tests.driving import free_port
from tests.engines.stream.reading import eventually


class Redis:
    """A redis-server of this test's own."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        assert found is not None, "no redis-server on this machine; see tools/redis"
        self._program = found
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *(self._program, "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    made = Redis(tmp_path)
    made.start()
    yield made
    made.kill()


class Process:
    """A process's end of the bus, and what it heard."""

    def __init__(self, url: str | None) -> None:
        self.bus = Bus(url)
        self.heard: list[Message] = []
        self.polls = 0
        self.bus.heard = self.heard.append
        self.bus.poll = self.poll

    async def poll(self) -> None:
        self.polls += 1


@pytest.fixture
async def processes(redis: Redis) -> AsyncIterator[list[Process]]:
    made = [Process(redis.url) for _ in range(3)]
    for each in made:
        each.bus.start()
    await eventually(lambda: all(each.bus.up for each in made))
    yield made
    for each in made:
        await each.bus.close()


ACCOUNT = UUID(int=1)
TOPIC = Topic("chat", ACCOUNT, UUID(int=2))
CHANGE = msgspec.json.Decoder(Changed)


async def test_what_one_says_all_others_hear_in_order(processes: list[Process]) -> None:
    one, *others = processes
    me = one.bus.process
    one.bus.tell(ACCOUNT, [(UUID(int=3), 4, 5), (UUID(int=3), 5, 6)])
    one.bus.whisper(TOPIC, b"event: typing\ndata: {}\n\n")
    one.bus.changed(ACCOUNT, "operators", UUID(int=6))
    one.bus.present(ACCOUNT, "visitor", [UUID(int=7)])
    expected: list[Message] = [
        Told(me, ACCOUNT, [(UUID(int=3), 4, 5), (UUID(int=3), 5, 6)]),
        Whispered(me, TOPIC, "event: typing\ndata: {}\n\n"),
        Changed(me, ACCOUNT, "operators", UUID(int=6)),
        Present(me, ACCOUNT, "visitor", [UUID(int=7)]),
    ]
    for other in others:
        await eventually(lambda other=other: len(other.heard) == 4)  # type: ignore[misc]  # a lambda's default has no type
        assert other.heard == expected
    # A change is out of date here too; the rest is known where it was said.
    assert one.heard == [expected[2]]


async def test_coming_up_reads_what_was_told_meanwhile(processes: list[Process]) -> None:
    assert all(each.polls >= 1 for each in processes)


async def test_it_heals_after_redis_was_killed(redis: Redis, processes: list[Process]) -> None:
    one, other, _ = processes
    with capture_logs() as said:
        redis.kill()
        await eventually(lambda: not one.bus.up and not other.bus.up)
        before = other.polls
        one.bus.tell(ACCOUNT, [(UUID(int=3), 1, 1)])
        one.bus.whisper(TOPIC, b"event: typing\ndata: {}\n\n")
        await eventually(lambda: other.polls >= before + 2)
        redis.start()
        await eventually(lambda: all(each.bus.up for each in processes))
        one.bus.tell(ACCOUNT, [(UUID(int=3), 2, 2)])
        after = Told(one.bus.process, ACCOUNT, [(UUID(int=3), 2, 2)])
        await eventually(lambda: after in other.heard)
    assert {line["log_level"] for line in said} == {"warning"}
    assert not any(isinstance(each, Whispered) for each in other.heard), "a sign from the past"


async def test_a_redis_that_hangs_is_away_and_hears_it_once_it_is_back(
    redis: Redis, processes: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, _ = processes
    monkeypatch.setattr(module, "SAY_SECONDS", 0.2)
    redis.signal(signal.SIGSTOP)
    one.bus.changed(ACCOUNT, "credentials", UUID(int=6))
    await eventually(lambda: not one.bus.up)
    redis.signal(signal.SIGCONT)
    await eventually(lambda: one.heard[0] in other.heard)


async def test_what_was_not_taken_is_said_again() -> None:
    """Else others would go on with a credential that has ended."""
    said: list[bytes] = []

    class Channel:
        fails = True

        async def say(self, data: bytes) -> None:
            if self.fails:
                raise ConnectionError
            said.append(data)

    bus, channel = Bus("redis://127.0.0.1"), Channel()
    bus.changed(ACCOUNT, "credentials", UUID(int=6))
    bus.changed(ACCOUNT, "credentials", UUID(int=7))
    with pytest.raises(ConnectionError):
        await bus._speak(channel)  # type: ignore[arg-type]  # it only speaks
    channel.fails = False
    speaking = asyncio.create_task(bus._speak(channel))  # type: ignore[arg-type]  # as above
    assert await bus.spoken(20)
    speaking.cancel()
    assert [each.id for each in map(CHANGE.decode, said)] == [UUID(int=6), UUID(int=7)]


async def test_neither_a_failing_reading_nor_a_failing_listener_ends_it(
    redis: Redis, processes: list[Process]
) -> None:
    one, other, _ = processes
    failures: list[str] = []

    async def poll() -> None:
        failures.append("poll")
        raise Unavailable if len(failures) % 2 else RuntimeError("a bug")

    def heard(message: Message) -> None:
        failures.append("heard")
        other.heard.append(message)
        raise RuntimeError("a bug")

    other.bus.poll, other.bus.heard = poll, heard
    one.bus.tell(ACCOUNT, [])
    one.bus.tell(ACCOUNT, [])
    await eventually(lambda: len(other.heard) == 2)
    assert other.bus.up
    redis.kill()
    await eventually(lambda: failures.count("poll") >= 3)
    redis.start()
    await eventually(lambda: other.bus.up)


async def test_nonsense_on_the_channel_is_passed_over(
    redis: Redis, processes: list[Process]
) -> None:
    one, other, _ = processes
    client = redis_client.Redis.from_url(redis.url)
    for nonsense in (b"", b"{}", b'{"type":"told"}', b"\xff\xfe", b'{"type":"other"}', b"[" * 500):
        await client.publish("chathaven", nonsense)
    await client.aclose()
    one.bus.tell(ACCOUNT, [])
    await eventually(lambda: len(other.heard) == 1)


async def test_alone_it_does_nothing_but_say_what_changed() -> None:
    alone = Process(None)
    alone.bus.start()
    assert not alone.bus.is_shared
    alone.bus.tell(ACCOUNT, [])
    alone.bus.whisper(TOPIC, b"")
    alone.bus.present(ACCOUNT, "visitor", [])
    alone.bus.changed(ACCOUNT, "settings", ACCOUNT)
    await asyncio.sleep(0)
    assert alone.heard == [Changed(alone.bus.process, ACCOUNT, "settings", ACCOUNT)]
    assert alone.bus._waiting.qsize() == 0
    await alone.bus.close()


async def test_what_waits_while_redis_is_away_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 100)
    away = Process(f"redis://127.0.0.1:{free_port()}/0")
    away.bus.start()
    for _ in range(1_000):
        away.bus.tell(new_id(), [])
    assert away.bus._waiting.qsize() == 100
    await eventually(lambda: away.polls >= 1)
    assert not away.bus.up
    await away.bus.close()
