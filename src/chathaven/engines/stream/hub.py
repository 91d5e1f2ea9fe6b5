"""Hands committed events to every open stream that may see them.

A stream is given an event at once when it is the very next one for it; in every other case
(just opened, events of another process, a gap) it reads on from its own last number in the
database. So nothing is ever partly recovered, and there is one way to be up to date.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import structlog

from chathaven.base.errors import Fault
from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.subscription import Person, Subscription, Topic

BEAT_SECONDS = 25
PAGE = 200
MOST_MISSED = 2_000
"""A stream that missed more than this is told to load anew."""
SLOWEST_SECONDS = 20
"""How long a reader that catches up may take for one full queue."""
LONGEST_SECONDS = 3600
"""After this a stream comes back by itself, and its credential is judged anew."""
GONE_AFTER_SECONDS = 5
"""A reload of the page is not an absence."""

log = structlog.get_logger()
Backlog = Callable[[Topic, int, int], Awaitable[list[tuple[int, bytes]]]]
"""Reads at most so many events behind a number, in order. Fewer than asked means: no more."""
PresenceChanged = Callable[[Person, bool], None]


class Hub:
    """All open streams of this process."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self._topics: dict[Topic, set[Subscription]] = {}
        self._accounts: dict[UUID, set[Topic]] = {}
        self._present: Counter[Person] = Counter()
        self._leaving: dict[Person, asyncio.TimerHandle] = {}
        self._here: dict[tuple[UUID, str], set[UUID]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._beat: asyncio.Task[None] | None = None
        self.presence_changed: PresenceChanged = lambda _person, _here: None
        self.draining = False

    def __len__(self) -> int:
        return sum(len(subscriptions) for subscriptions in self._topics.values())

    # Opening and closing

    def add(self, subscription: Subscription) -> None:
        """Takes in an open stream and brings it up to date."""
        self._topics.setdefault(subscription.topic, set()).add(subscription)
        self._accounts.setdefault(subscription.topic.account_id, set()).add(subscription.topic)
        person = subscription.person
        leaving = self._leaving.pop(person, None)
        if leaving is not None:
            leaving.cancel()
        self._present[person] += 1
        self._here.setdefault((person.account_id, person.kind), set()).add(person.id)
        if self._present[person] == 1 and leaving is None:
            self.presence_changed(person, True)
        if self._beat is None:
            self._beat = asyncio.create_task(self._beats())
        self._catch_up(subscription)

    def remove(self, subscription: Subscription) -> None:
        """Lets a stream go."""
        topic, person = subscription.topic, subscription.person
        left = self._topics.get(topic)
        if left is None or subscription not in left:
            return
        left.discard(subscription)
        if not left:
            del self._topics[topic]
            self._accounts[topic.account_id].discard(topic)
            if not self._accounts[topic.account_id]:
                del self._accounts[topic.account_id]
        self._present[person] -= 1
        if not self._present[person]:
            del self._present[person]
            loop = asyncio.get_running_loop()
            self._leaving[person] = loop.call_later(GONE_AFTER_SECONDS, self._gone, person)

    def _gone(self, person: Person) -> None:
        self._leaving.pop(person, None)
        group = (person.account_id, person.kind)
        self._here[group].discard(person.id)
        if not self._here[group]:
            del self._here[group]
        self.presence_changed(person, False)

    def present(self, account_id: UUID, kind: str) -> set[UUID]:
        """Returns who of a kind is here, those included who left a moment ago."""
        return set(self._here.get((account_id, kind), ()))

    def is_heard(self, account_id: UUID) -> bool:
        """Whether an account has an open stream here."""
        return account_id in self._accounts

    def accounts(self) -> Iterable[UUID]:
        """Returns the accounts that have an open stream."""
        return list(self._accounts)

    def credentials(self) -> dict[UUID, set[UUID]]:
        """Returns what the open streams were let in with, by account."""
        return {
            account_id: {stream.credential for topic in topics for stream in self._topics[topic]}
            for account_id, topics in self._accounts.items()
        }

    # Telling

    def tell(self, topic: Topic, number: int, frame: bytes | None) -> None:
        """Says that event `number` of a topic is committed; without `frame` it is to be read."""
        for subscription in self._topics.get(topic, ()):
            subscription.head = max(subscription.head, number)
            if subscription.catching_up or number <= subscription.cursor:
                continue
            if frame is not None and number == subscription.cursor + 1:
                subscription.durable(number, frame)
            else:
                self._catch_up(subscription)

    def whisper(self, topic: Topic, frame: bytes) -> None:
        """Gives a sign that may be lost to a topic's streams."""
        for subscription in self._topics.get(topic, ()):
            subscription.ephemeral(frame)

    def whisper_all(self, account_id: UUID, kind: str, frame: bytes) -> None:
        """Gives a sign to all streams of one kind in an account."""
        for topic in list(self._accounts.get(account_id, ())):
            if topic.kind == kind:
                self.whisper(topic, frame)

    def end(self, account_id: UUID, chosen: Callable[[Subscription], bool], frame: bytes) -> None:
        """Ends the chosen streams of an account with a last frame."""
        for topic in list(self._accounts.get(account_id, ())):
            for subscription in list(self._topics.get(topic, ())):
                if chosen(subscription):
                    subscription.end(frame)

    def listening(self, person: Person) -> int:
        """Returns how many streams of a person are open here and not about to end."""
        if person not in self._present:
            # Nearly everybody who comes, and all of them come at once after a restart.
            return 0
        return sum(
            subscription.person == person and not subscription.ended
            for topic in self._accounts.get(person.account_id, ())
            for subscription in self._topics.get(topic, ())
        )

    def drain(self, frame: Callable[[], bytes]) -> None:
        """Tells every stream to come back, and ends it."""
        self.draining = True
        for subscriptions in list(self._topics.values()):
            for subscription in list(subscriptions):
                subscription.end(frame())

    async def close(self) -> None:
        """Stops the hub's own tasks."""
        for handle in self._leaving.values():
            handle.cancel()
        tasks = [*self._tasks, *([self._beat] if self._beat else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Catching up

    def _catch_up(self, subscription: Subscription) -> None:
        if subscription.catching_up:
            return
        subscription.catching_up = True
        task = asyncio.create_task(self._read_on(subscription))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_on(self, subscription: Subscription) -> None:
        read = 0
        try:
            while not subscription.ended:
                # What was told before the read is in it, or erased by now: nothing is behind it.
                told = subscription.head
                missed = await self._backlog(subscription.topic, subscription.cursor, PAGE)
                for number, frame in missed:
                    await subscription.room(SLOWEST_SECONDS)
                    subscription.durable(number, frame)
                read += len(missed)
                if read > MOST_MISSED:
                    subscription.end(event_frame("reset", b"{}"))
                elif len(missed) < PAGE:
                    subscription.cursor = max(subscription.cursor, told)
                    if subscription.head <= subscription.cursor:
                        break
        except Fault:
            # The database is away: the reader comes back and asks again.
            subscription.drop()
        except Exception as error:  # A bug: dropped likewise, for silence would hide the gap.
            log.exception("stream not read on", kind=type(error).__name__)
            subscription.drop()
        finally:
            subscription.catching_up = False

    # Heartbeat

    async def _beats(self) -> None:
        """Sends every stream its beat, a part of them each second."""
        turn = 0
        while True:
            await asyncio.sleep(1)
            turn = (turn + 1) % BEAT_SECONDS
            for topic, subscriptions in list(self._topics.items()):
                if hash(topic) % BEAT_SECONDS == turn:
                    name = b"position" if topic.kind == "account" else b"seq"
                    for subscription in list(subscriptions):
                        if time.monotonic() - subscription.opened_at > LONGEST_SECONDS:
                            subscription.end(event_frame("bye", b'{"retry_after_ms":0}'))
                        data = b'{"%b":%d}' % (name, subscription.head)
                        subscription.ephemeral(event_frame("beat", data))
