"""The direct way of a request: what takes it, what does not, and that nobody notices which it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from chathaven.engines.web.direct import Answer, Direct, Headers
from chathaven.entry.cli.direct import DirectConnection

PATH = "/direct"
LONGEST = 64 * 1024


def asks(body: bytes, *more: bytes, path: str = PATH, version: bytes = b"1.1") -> bytes:
    """Returns a request."""
    lines = [b"POST %b HTTP/%b" % (path.encode(), version), b"host: x", *more]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"", body])


class Door:
    """Takes what begins with `take`, and answers when it is told to."""

    def __init__(self) -> None:
        self.state = ServerState()
        self.waiting: list[tuple[bytes, Answer]] = []
        self.came = asyncio.Event()

    def take(self, headers: Headers, body: bytes, answer: Answer) -> bool:
        assert (b"host", b"x") in headers
        if not body.startswith(b"take"):
            return False
        self.waiting.append((body, answer))
        self.came.set()
        return True

    async def one(self) -> tuple[bytes, Answer]:
        """Returns the next one that it took."""
        async with asyncio.timeout(20):
            await self.came.wait()
        taken = self.waiting.pop(0)
        self.came.clear()
        return taken


async def usual(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what came, as the usual way."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    said = b"usual:%d:%b" % (len(body), body[:20])
    headers = [(b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said, "more_body": False})


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def line(
    door: Door,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(usual, ws="none", lifespan="off", log_config=None)
    config.load()
    direct = Direct(PATH, HTTPStatus.CREATED, [(b"x-always", b"here")], door.take)
    door.state.default_headers = [(b"date", b"today")]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: DirectConnection(config, door.state, {}, direct=direct), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    yield reader, writer
    writer.close()
    server.close()
    await server.wait_closed()


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def heard(line: Line) -> tuple[bytes, bytes]:
    """Returns head and body of an answer."""
    async with asyncio.timeout(20):
        head = await line[0].readuntil(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        return head, await line[0].readexactly(int(length.partition(b"\r")[0]))


async def test_it_answers_whole_and_again_on_the_same_connection(door: Door, line: Line) -> None:
    for number in (b"1", b"2"):
        line[1].write(asks(b"take " + number))
        body, answer = await door.one()
        assert body == b"take " + number
        answer(b'{"n":%b}' % number)
        head, said = await heard(line)
        assert said == b'{"n":%b}' % number
        assert head == (
            b"HTTP/1.1 201 Created\r\ndate: today\r\nx-always: here\r\n"
            b"content-type: application/json\r\ncontent-length: 7\r\n\r\n"
        )


async def test_a_body_may_come_in_pieces(door: Door, line: Line) -> None:
    whole = asks(b"take what comes later")
    line[1].write(whole[:-10])
    await line[1].drain()
    await asyncio.sleep(0)
    line[1].write(whole[-10:])
    body, answer = await door.one()
    assert body == b"take what comes later"
    answer(b"{}")
    assert (await heard(line))[1] == b"{}"


@pytest.mark.parametrize(
    "request_bytes",
    [
        asks(b"leave it"),
        asks(b"take it", path="/elsewhere"),
        asks(b"take it").replace(b"POST", b"PUT", 1),
        asks(b"take" * LONGEST),
    ],
    ids=["not taken", "another path", "another method", "too long"],
)
async def test_what_is_not_taken_goes_the_usual_way_with_its_body(
    door: Door, line: Line, request_bytes: bytes
) -> None:
    body = request_bytes.partition(b"\r\n\r\n")[2]
    line[1].write(request_bytes)
    assert (await heard(line))[1] == b"usual:%d:%b" % (len(body), body[:20])
    assert door.waiting == []
    line[1].write(asks(b"take this"))
    (await door.one())[1](b"{}")
    assert (await heard(line))[1] == b"{}"


async def test_who_waits_for_a_word_before_sending_gets_it(door: Door, line: Line) -> None:
    line[1].write(asks(b"take it", b"expect: 100-continue").replace(b"take it", b""))
    async with asyncio.timeout(20):
        assert (await line[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
    line[1].write(b"take it")
    assert (await heard(line))[1] == b"usual:7:take it"


async def test_what_cannot_be_done_goes_the_usual_way_after_all(door: Door, line: Line) -> None:
    line[1].write(asks(b"take it"))
    (await door.one())[1](None)
    assert (await heard(line))[1] == b"usual:7:take it"


async def test_requests_sent_ahead_are_answered_in_their_order(door: Door, line: Line) -> None:
    line[1].write(asks(b"take 1") + asks(b"leave 2") + asks(b"take 3"))
    (await door.one())[1](b'"1"')
    assert (await heard(line))[1] == b'"1"'
    assert (await heard(line))[1] == b"usual:7:leave 2"
    (await door.one())[1](b'"3"')
    assert (await heard(line))[1] == b'"3"'


async def test_a_connection_that_is_to_end_ends_with_the_answer(door: Door, line: Line) -> None:
    line[1].write(asks(b"take it", b"connection: close"))
    (await door.one())[1](b"{}")
    head, said = await heard(line)
    assert (b"connection: close\r\n" in head, said) == (True, b"{}")
    assert await asyncio.wait_for(line[0].read(), 20) == b""


async def test_an_answer_to_one_who_hung_up_is_dropped(door: Door, line: Line) -> None:
    line[1].write(asks(b"take it"))
    _, answer = await door.one()
    line[1].transport.abort()
    async with asyncio.timeout(20):
        while door.state.connections:
            await asyncio.sleep(0)
    answer(b"{}")
    answer(None)
    assert not door.state.tasks
