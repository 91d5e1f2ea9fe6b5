"""A reader at the other end of a stream, without a network, and a log it reads from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from chathaven.base.ids import new_id
from chathaven.engines.stream.frames import durable_frame
from chathaven.engines.stream.hub import Hub
from chathaven.engines.stream.subscription import Person, Subscription, Topic

_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
_NAME = re.compile(rb"^event: (\w+)$", re.MULTILINE)


class Log:
    """The events of one topic, as the database would hold them."""

    def __init__(self) -> None:
        self.events: dict[int, bytes] = {}
        self.reads = 0
        self.fails: Callable[[], None] = lambda: None
        self.size = 0

    def write(self, number: int) -> bytes:
        """Commits an event, and returns its frame."""
        self.events[number] = durable_frame(number, b'"%b"' % (b"x" * self.size))
        return self.events[number]

    async def backlog(self, _topic: Topic, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Reads on, as the product's backlog does."""
        self.reads += 1
        await asyncio.sleep(0)
        self.fails()
        there = sorted((number, frame) for number, frame in self.events.items() if number > after)
        await asyncio.sleep(0)
        return there[:limit]


class Reader:
    """The other end: what the server sent it, and whether it takes any more just now."""

    def __init__(
        self,
        hub: Hub,
        topic: Topic,
        cursor: int = 0,
        person: UUID | None = None,
        kind: str = "visitor",
    ) -> None:
        self.hub = hub
        self.subscription = Subscription(
            topic, Person(kind, topic.account_id, person or new_id()), new_id(), cursor
        )
        self.body = b""
        self.closed_in_order = False
        self.takes = asyncio.Event()
        self.takes.set()
        self.most_at_once = 0
        self._left = asyncio.Event()
        self.task = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        self.hub.add(self.subscription)
        try:
            await self.subscription.run(self._receive, self._send)  # type: ignore[arg-type]  # plain dicts for messages
        finally:
            self.hub.remove(self.subscription)

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        await self.takes.wait()
        self.body += message["body"]
        self.most_at_once = max(self.most_at_once, len(message["body"]))
        if not message["more_body"]:
            self.closed_in_order = True

    @property
    def numbers(self) -> list[int]:
        """The durable events it was given, in order."""
        return [int(number) for number in _ID.findall(self.body)]

    @property
    def names(self) -> list[str]:
        """The names of the other frames, in order."""
        return [name.decode() for name in _NAME.findall(self.body)]

    async def leave(self) -> None:
        """Closes the connection from its side."""
        self._left.set()
        with suppress(asyncio.CancelledError):
            await self.task


def new_topic(kind: str = "chat") -> Topic:
    """Returns a topic of an account of its own."""
    return Topic(kind, new_id(), new_id())


async def settled(turns: int = 20) -> None:
    """Lets everything that can go on go on."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Waits until something holds.

    Raises:
        TimeoutError: it does not hold in time.
    """
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)
