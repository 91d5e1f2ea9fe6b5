"""Wake-ups between processes: Redis or Valkey publish/subscribe, or nothing when alone.

What travels are ids, numbers and signs without names; never the only copy of anything. While
Redis is away, each process reads the numbers of its accounts from the database once a second
(D-13), so messages still arrive, only typing signs do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import structlog

from chathaven.base.errors import Fault
from chathaven.base.ids import new_id
from chathaven.engines.stream.subscription import Topic

if TYPE_CHECKING:
    from chathaven.engines.stream.redis_channel import RedisChannel

MOST_WAITING = 10_000
PRESENCE_SECONDS = 10
SAY_SECONDS = 5.0
"""A Redis that takes longer is away: a network that is cut says nothing for a quarter of an hour."""
log = structlog.get_logger()


class Told(msgspec.Struct, tag="told"):
    """Events of an account are committed: chat, seq, position of each."""

    process: UUID
    account_id: UUID
    events: list[tuple[UUID, int, int]]


class Whispered(msgspec.Struct, tag="whispered"):
    """A sign for one topic, as a frame."""

    process: UUID
    topic: Topic
    frame: str


class Changed(msgspec.Struct, tag="changed"):
    """Something that processes keep in memory is out of date."""

    process: UUID
    account_id: UUID
    what: str
    id: UUID


class Present(msgspec.Struct, tag="present"):
    """Who of one kind and account has a stream in a process: the whole list."""

    process: UUID
    account_id: UUID
    kind: str
    people: list[UUID]


Message = Told | Whispered | Changed | Present
Heard = Callable[[Message], None]
_decoder = msgspec.json.Decoder(Message)
_encode = msgspec.json.Encoder().encode


class Bus:
    """Tells other processes, and hears them. Alone (no address) it does nothing."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self.process = new_id()
        self.heard: Heard = lambda _message: None
        self.poll: Callable[[], Awaitable[None]] | None = None
        self.up = False
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(MOST_WAITING)
        self._unsaid: Message | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_shared(self) -> bool:
        """Whether there may be other processes."""
        return self._url is not None

    def tell(self, account_id: UUID, events: list[tuple[UUID, int, int]]) -> None:
        """Says that events are committed."""
        self._send(Told(self.process, account_id, events))

    def whisper(self, topic: Topic, frame: bytes) -> None:
        """Passes a sign on."""
        self._send(Whispered(self.process, topic, frame.decode()))

    def changed(self, account_id: UUID, what: str, id: UUID) -> None:
        """Says that something kept in memory is out of date, here and elsewhere."""
        message = Changed(self.process, account_id, what, id)
        self.heard(message)
        self._send(message)

    def present(self, account_id: UUID, kind: str, people: list[UUID]) -> None:
        """Says who has a stream here."""
        self._send(Present(self.process, account_id, kind, people))

    def _send(self, message: Message) -> None:
        # A typing sign that waited for Redis to come back would be a false one.
        if self._url is None or (isinstance(message, Whispered) and not self.up):
            return
        # A full queue means Redis is away; readers then poll the database.
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(message)

    def start(self) -> None:
        """Connects, and keeps connecting."""
        if self._url is not None:
            self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._polls())]

    async def spoken(self, seconds: float) -> bool:
        """Waits until everything was said, for a process that ends then. Says whether it was."""
        if self._url is None:
            return True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), seconds)
            return True
        return False

    async def close(self) -> None:
        """Leaves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        # Only where there is a Redis; redis_channel says why.
        from chathaven.engines.stream.redis_channel import LOST, RedisChannel  # noqa: PLC0415  only where it is used

        while True:
            channel = RedisChannel(str(self._url))
            try:
                await channel.open()
                self.up = True
                # What was told between the last reading and now was heard by nobody here.
                await self._read()
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._listen(channel))
                    group.create_task(self._speak(channel))
            except* LOST:
                log.warning("bus is down; reading from the database instead")
            finally:
                self.up = False
                await channel.close()
            await asyncio.sleep(1)

    async def _listen(self, channel: RedisChannel) -> None:
        async for data in channel.hear():
            try:
                message = _decoder.decode(data)
            except msgspec.MsgspecError:
                continue
            if message.process != self.process:
                try:
                    self.heard(message)
                except Exception as error:  # One message must not cost all later ones.
                    log.exception("message not heard", kind=type(error).__name__)

    async def _speak(self, channel: RedisChannel) -> None:
        while True:
            # What was not taken is said again: others would go on with what is out of date. Hearing
            # it twice does no harm.
            if self._unsaid is None:
                self._unsaid = await self._waiting.get()
            async with asyncio.timeout(SAY_SECONDS):
                await channel.say(_encode(self._unsaid))
            self._unsaid = None
            self._waiting.task_done()

    async def _polls(self) -> None:
        """Reads from the database: each second while the bus is down, now and then while up."""
        ticks = 0
        while True:
            await asyncio.sleep(1)
            ticks += 1
            if not self.up or ticks % 25 == 0:
                await self._read()

    async def _read(self) -> None:
        if self.poll is None:
            return
        try:
            await self.poll()
        except Fault:
            log.warning("the database is away too; it is read again in a moment")
        except Exception as error:  # A bug here must not end the reading for good.
            log.exception("reading failed", kind=type(error).__name__)
