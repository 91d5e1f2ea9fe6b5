"""Many people at once: who writes, who reads, and what must be true of it whatever broke.

Writers send each message with one id until it is acknowledged. Readers come back with the number
of their last event whenever a stream breaks. Both are coroutines of one process.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.driving import Account, Lines, StreamEvent, VisitorClient

BROKEN = (httpx.TransportError, httpx.StreamError)
"""What a request raises when the server goes away."""
PAUSE = 0.05


@dataclass(frozen=True)
class Sent:
    """An acknowledged message."""

    id: str
    chat_id: str
    seq: int
    text: str


@dataclass
class Follower:
    """Reads one stream from its beginning, over every interruption.

    `urls` are the processes that it may ask, each time the next one.
    """

    name: str
    urls: list[str]
    path: str
    headers: dict[str, str]
    last: int = 0
    given: list[StreamEvent] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    connections: int = 0
    _turn: int = 0

    async def run(self) -> None:
        """Reads until it is cancelled."""
        async with httpx.AsyncClient(timeout=httpx.Timeout(5, read=40)) as client:
            while True:
                with suppress(*BROKEN):
                    await self._read(client)
                await asyncio.sleep(PAUSE)

    async def _read(self, client: httpx.AsyncClient) -> None:
        self._turn += 1
        url = self.urls[self._turn % len(self.urls)] + self.path
        headers = self.headers | {"last-event-id": str(self.last)}
        async with client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == 503:
                return
            assert answer.status_code == 200, f"{self.name}: {answer.status_code}"
            self.connections += 1
            lines = Lines()
            async for line in answer.aiter_lines():
                event = lines.take(line)
                if event is None:
                    continue
                if event.id is None:
                    self.signs.append(event.name)
                else:
                    self.given.append(event)
                    self.last = event.id

    def numbers(self) -> list[int]:
        """The ids of what it was given, in the order of its coming."""
        return [event.id for event in self.given if event.id is not None]


@dataclass
class Crowd:
    """An account with visitors; all of them write and read."""

    account: Account
    visitors: list[VisitorClient]
    urls: list[str]
    sent: list[Sent] = field(default_factory=list)
    retries: int = 0
    stopping: bool = False
    _texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cookie = "; ".join(f"{c.name}={c.value}" for c in self.account.http.cookies.jar)
        self.owner = {"cookie": cookie}
        self.chats = [visitor.chat_id for visitor in self.visitors]
        self.accounts = [
            Follower(f"operator {n}", self._from(n), "/v1/stream", self.owner) for n in range(2)
        ]
        self.own = [
            Follower(
                f"visitor {n}",
                self._from(n),
                "/v1/widget/me/stream",
                {"authorization": f"Bearer {visitor.token}"},
            )
            for n, visitor in enumerate(self.visitors)
        ]

    def _from(self, turn: int) -> list[str]:
        turn %= len(self.urls)
        return self.urls[turn:] + self.urls[:turn]

    @property
    def readers(self) -> list[Follower]:
        """All of them."""
        return [*self.accounts, *self.own]

    def counted(self) -> list[int]:
        """How often each reader has connected so far."""
        return [reader.connections for reader in self.readers]

    async def all_read(self, since: list[int]) -> None:
        """Waits until every reader has connected again since they were counted.

        Raises:
            TimeoutError: somebody has not after a minute.
        """
        async with asyncio.timeout(60):
            while any(now <= then for now, then in zip(self.counted(), since, strict=True)):
                await asyncio.sleep(0.02)

    # Writing

    async def _writer(self, client: httpx.AsyncClient, pick: Callable[[], tuple[str, Any]]) -> None:
        while not self.stopping:
            path, headers = pick()
            id, text = str(uuid4()), f"message {random.random()}"
            self._texts[id] = text
            answer = await self.deliver(client, path, headers, id, text)
            self.sent.append(Sent(id, answer["chat_id"], answer["seq"], text))
            await asyncio.sleep(random.random() * 0.02)

    async def deliver(
        self, client: httpx.AsyncClient, path: str, headers: dict[str, str], id: str, text: str
    ) -> dict[str, Any]:
        """Posts a message until it is acknowledged; returns the answer."""
        turn = random.randrange(len(self.urls))
        while True:
            url = self.urls[turn % len(self.urls)] + path
            with suppress(*BROKEN):
                answer = await client.post(url, json={"id": id, "text": text}, headers=headers)
                if answer.status_code == 201:
                    return dict(answer.json())
                assert answer.status_code == 503, answer.text
            turn += 1
            self.retries += 1
            await asyncio.sleep(PAUSE)

    def _as_visitor(self, number: int) -> Callable[[], tuple[str, Any]]:
        return lambda: ("/v1/widget/me/messages", self.own[number].headers)

    def _as_operator(self) -> tuple[str, Any]:
        return f"/v1/chats/{random.choice(self.chats)}/messages", self.owner

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Everybody reads and writes while the block runs; at its end all writers finish."""
        for visitor in self.visitors:
            visitor.say("the first of a chat")
        async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as group:
            readers = [group.create_task(each.run()) for each in self.readers]
            picks = [*map(self._as_visitor, range(len(self.visitors))), self._as_operator]
            writers = [group.create_task(self._writer(client, pick)) for pick in picks]
            try:
                yield
                self.stopping = True
                async with asyncio.timeout(60):
                    await asyncio.gather(*writers)
                    await self._caught_up()
            finally:
                for task in (*readers, *writers):
                    task.cancel()

    async def _caught_up(self) -> None:
        heads = [self.visitors[n].me["chat"]["last_seq"] for n in range(len(self.visitors))]
        wanted = [*[sum(heads)] * len(self.accounts), *heads]
        for reader, last in zip(self.readers, wanted, strict=True):
            while reader.last < last:
                await asyncio.sleep(0.02)

    # What must be true

    def judge(self) -> None:
        """Holds every reader and the lists of the server against what was acknowledged."""
        assert len(self.sent) > len(self.visitors), "hardly anything was written"
        for chat_id, visitor, reader in zip(self.chats, self.visitors, self.own, strict=True):
            events = visitor.events()
            self._judge_list(chat_id, events)
            assert reader.numbers() == [event["seq"] for event in events], reader.name
            assert [event.data["id"] for event in reader.given] == [e["id"] for e in events]
        for reader in self.accounts:
            self._judge_feed(reader)

    def _judge_list(self, chat_id: str, events: list[dict[str, Any]]) -> None:
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert self.account.events(chat_id) == events
        there = {event["id"]: event for event in events}
        assert len(there) == len(events), "an id is there twice"
        for sent in self.sent:
            if sent.chat_id == chat_id:
                assert there[sent.id]["seq"] == sent.seq
                assert there[sent.id]["params"]["text"] == sent.text
        for id, event in there.items():
            assert event["params"]["text"] == self._texts.get(id, "the first of a chat")

    def _judge_feed(self, reader: Follower) -> None:
        numbers = reader.numbers()
        assert numbers == list(range(1, len(numbers) + 1)), reader.name
        ids = [event.data["id"] for event in reader.given]
        assert len(set(ids)) == len(ids), f"{reader.name} was given an event twice"
        assert {sent.id for sent in self.sent} <= set(ids), f"{reader.name} missed an event"
        for chat_id in self.chats:
            seqs = [e.data["seq"] for e in reader.given if e.data["chat_id"] == chat_id]
            assert seqs == list(range(1, len(seqs) + 1)), reader.name
