"""Who never ends a request is hung up on; who is answered, or waits for us, is not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from chathaven.entry.cli.connection import Connection

HEAD = b"POST / HTTP/1.1\r\nhost: x\r\n"
SOON = 0.2


class Hasty(Connection):
    first_seconds = SOON
    head_seconds = SOON
    idle_seconds = SOON
    body_seconds = 3 * SOON
    most_bytes = 2_048


class App:
    """Answers with the length of the body; `/stream` never ends, and begins to read when told."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.gone = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        head = {"type": "http.response.start", "status": 200}
        if scope["path"] == "/stream":
            await send({**head, "headers": [(b"content-length", b"4")]})
            await self.go.wait()
            await send({"type": "http.response.body", "body": b"here", "more_body": False})
            return
        if scope["path"] == "/later":
            await self.go.wait()
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone.set()
                return
            size, more = size + len(message["body"]), message["more_body"]
        body = b"%d" % size
        await send({**head, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class Line:
    """A client that writes what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def rest(self, meanwhile: Iterable[bytes] = ()) -> bytes:
        """Returns what comes until the other end hangs up; says more and more meanwhile.

        What it says last may be lost on one who goes on talking.
        """
        rest = asyncio.create_task(self._reader.read())
        async with asyncio.timeout(20):
            for data in meanwhile:
                if rest.done():
                    break
                self.say(data)
                await asyncio.sleep(SOON / 20)
            with contextlib.suppress(ConnectionError):
                return await rest
        return b""

    async def until(self, end: bytes) -> bytes:
        return await asyncio.wait_for(self._reader.readuntil(end), 20)


class Doorway:
    def __init__(self, app: App, port: int) -> None:
        self.app, self._port = app, port
        self.lines: list[asyncio.StreamWriter] = []

    async def line(self) -> Line:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self.lines.append(writer)
        return Line(reader, writer)

    async def outwait(self) -> None:
        """Waits until two that say nothing were hung up on, one after the other."""
        for _ in range(2):
            assert await (await self.line()).rest() == b""


@pytest.fixture
async def door() -> AsyncIterator[Doorway]:
    app = App()
    config = uvicorn.Config(app, http=Hasty, ws="none", lifespan="off", log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Hasty(config, ServerState(), {}), "127.0.0.1", 0)
    made = Doorway(app, server.sockets[0].getsockname()[1])
    yield made
    app.go.set()
    for writer in made.lines:
        writer.close()
    server.close()
    await server.wait_closed()


def _drops(data: bytes) -> Iterator[bytes]:
    while True:
        yield data


async def test_who_says_nothing_is_hung_up_on(door: Doorway) -> None:
    assert await (await door.line()).rest() == b""


async def test_half_a_head_is_answered_that_it_took_too_long(door: Doorway) -> None:
    line = await door.line()
    line.say(HEAD)
    assert (await line.rest()).startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_comes_drop_by_drop_has_an_end(door: Doorway) -> None:
    line = await door.line()
    line.say(HEAD)
    await line.rest(_drops(b"a: b\r\n"))


async def test_so_has_that_of_a_later_request(door: Doorway) -> None:
    line = await door.line()
    line.say(HEAD + b"content-length: 2\r\n\r\nab")
    assert (await line.until(b"\r\n\r\n2")).startswith(b"HTTP/1.1 200 ")
    line.say(HEAD)
    await line.rest(_drops(b"a: b\r\n"))


async def test_a_head_has_a_length(door: Doorway) -> None:
    line = await door.line()
    line.say(HEAD + b"a: " + b"b" * Hasty.most_bytes)
    assert (await line.rest()).startswith(b"HTTP/1.1 431 ")


async def test_a_body_that_does_not_come_is_given_up(door: Doorway) -> None:
    line = await door.line()
    line.say(HEAD + b"content-length: 100\r\n\r\nab")
    assert await line.rest() == b""
    await asyncio.wait_for(door.app.gone.wait(), 20)


@pytest.mark.parametrize("drop", [b"1\r\na\r\n", b""])
async def test_a_body_that_comes_drop_by_drop_has_an_end(door: Doorway, drop: bytes) -> None:
    line = await door.line()
    line.say(HEAD + b"transfer-encoding: chunked\r\n\r\n" + drop)
    await line.rest(_drops(drop))
    await asyncio.wait_for(door.app.gone.wait(), 20)


async def test_what_stands_behind_a_body_has_a_length(door: Doorway) -> None:
    line = await door.line()
    line.say(HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    line.say(b"a: " + b"b" * 2 * Hasty.most_bytes)
    assert await line.rest() == b""


async def test_a_stream_outlives_every_patience(door: Doorway) -> None:
    line = await door.line()
    line.say(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
    await line.until(b"\r\n\r\n")
    # The beginning of a next request is no reason to cut it off, either.
    line.say(HEAD)
    await door.outwait()
    door.app.go.set()
    assert await line.until(b"here") == b"here"


async def test_a_body_that_we_do_not_read_is_waited_for(
    door: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hasty, "body_seconds", 60)
    line = await door.line()
    size = 400_000
    line.say(b"POST /later HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % size)
    line.say(b"a" * size)
    await door.outwait()
    # From here on a busy machine may take as long as it likes.
    monkeypatch.setattr(Hasty, "idle_seconds", 60)
    door.app.go.set()
    assert (await line.until(b"400000")).startswith(b"HTTP/1.1 200 ")
