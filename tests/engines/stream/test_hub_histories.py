"""Whatever happens, and in whatever order: each event once, in order, none left out."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.hub import Hub
from tests.engines.stream.reading import Log, Reader, eventually, new_topic

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), st.integers(1, 40)),
        st.tuples(st.just("write_elsewhere"), st.integers(1, 300)),
        st.tuples(st.just("tell_again"), st.integers(1, 5)),
        st.tuples(st.just("whisper"), st.integers(1, 300)),
        st.tuples(st.just("wait"), st.integers(1, 6)),
        st.tuples(st.sampled_from(["pause", "resume", "leave"]), st.just(0)),
    ),
    max_size=25,
)


class History:
    """One topic, one person's streams one after the other, and what they were given."""

    def __init__(self) -> None:
        self.log = Log()
        self.hub = Hub(self.log.backlog)
        self.topic = new_topic()
        self.given: list[int] = []
        self.last = 0
        self.reader = Reader(self.hub, self.topic)

    async def step(self, what: str, much: int) -> None:
        """Does one of the methods below, and comes back where the hub cut the stream off."""
        await getattr(self, what)(much)
        if self.reader.task.done():
            await self.come_back()

    async def tell(self, much: int) -> None:
        for number in range(self.last + 1, self.last + much + 1):
            self.hub.tell(self.topic, number, self.log.write(number))
        self.last += much

    async def write_elsewhere(self, much: int) -> None:
        for number in range(self.last + 1, self.last + much + 1):
            self.log.write(number)
        self.last += much
        self.hub.tell(self.topic, self.last, None)

    async def tell_again(self, much: int) -> None:
        for number in range(max(1, self.last - much), self.last + 1):
            self.hub.tell(self.topic, number, self.log.events[number])

    async def whisper(self, much: int) -> None:
        for _ in range(much):
            self.hub.whisper(self.topic, event_frame("typing", b"{}"))

    async def pause(self, _: int) -> None:
        self.reader.takes.clear()

    async def resume(self, _: int) -> None:
        self.reader.takes.set()

    async def leave(self, _: int) -> None:
        await self.come_back()

    async def wait(self, much: int) -> None:
        for _ in range(much):
            await asyncio.sleep(0)

    async def come_back(self) -> None:
        """Ends the connection and resumes behind the last event that arrived."""
        await self.reader.leave()
        self.given += self.reader.numbers
        self.reader = Reader(self.hub, self.topic, cursor=self.given[-1] if self.given else 0)

    async def end(self) -> list[int]:
        """Waits until a reader that takes everything has everything."""
        self.reader.takes.set()

        async def up_to_date() -> None:
            while (self.given + self.reader.numbers)[-1:] != [self.last] and self.last:
                if self.reader.task.done():
                    await self.come_back()
                await asyncio.sleep(0)

        await asyncio.wait_for(up_to_date(), 20)
        await self.reader.leave()
        await self.hub.close()
        return self.given + self.reader.numbers


@settings(max_examples=60)
@given(steps=STEPS)
def test_every_event_arrives_once_in_order(steps: list[tuple[str, int]]) -> None:
    async def run() -> None:
        history = History()
        for what, much in steps:
            await history.step(what, much)
        assert await history.end() == list(range(1, history.last + 1))
        await eventually(lambda: len(history.hub) == 0)

    asyncio.run(run())
