"""The hub: every event once, in order, to everybody, whoever else is slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from chathaven.base.errors import Unavailable
from chathaven.base.ids import new_id
from chathaven.engines.stream import hub as module
from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.hub import MOST_MISSED, PAGE, Hub
from chathaven.engines.stream.subscription import MOST_BYTES, MOST_FRAMES, Person
from tests.engines.stream.reading import Log, Reader, eventually, new_topic, settled


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def hub(log: Log) -> AsyncIterator[Hub]:
    before = asyncio.all_tasks()
    made = Hub(log.backlog)
    yield made
    await made.close()
    await settled()
    mine = {*before, asyncio.current_task()}
    assert {each for each in asyncio.all_tasks() if each not in mine} == set(), "a task leaked"


async def test_the_next_event_is_given_at_once(hub: Hub, log: Log) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()
    reads = log.reads
    for number in (1, 2, 3):
        hub.tell(topic, number, log.write(number))
    await settled()
    assert reader.numbers == [1, 2, 3]
    assert log.reads == reads, "nothing had to be read"
    await reader.leave()


async def test_several_events_are_written_at_once(hub: Hub, log: Log) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()
    for number in range(1, 51):
        hub.tell(topic, number, log.write(number))
    await settled()
    assert reader.numbers == list(range(1, 51))
    await reader.leave()


async def test_a_gap_is_read(hub: Hub, log: Log) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()
    log.write(1)
    log.write(2)
    hub.tell(topic, 3, log.write(3))
    await settled()
    assert reader.numbers == [1, 2, 3]
    await reader.leave()


async def test_what_another_process_wrote_is_read(hub: Hub, log: Log) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()
    log.write(1)
    hub.tell(topic, 1, None)
    await settled()
    assert reader.numbers == [1]
    await reader.leave()


async def test_commits_told_out_of_order_and_twice_are_given_once_in_order(
    hub: Hub, log: Log
) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()
    frames = {number: log.write(number) for number in (1, 2, 3)}
    for number in (2, 1, 3, 3, 2, 1):
        hub.tell(topic, number, frames[number])
    await settled()
    for number in (1, 2, 3):
        hub.tell(topic, number, frames[number])
        hub.tell(topic, number, None)
    await settled()
    assert reader.numbers == [1, 2, 3]
    await reader.leave()


async def test_a_stream_resumes_behind_its_last_number(hub: Hub, log: Log) -> None:
    topic = new_topic()
    for number in range(1, 11):
        log.write(number)
    reader = Reader(hub, topic, cursor=7)
    await settled()
    assert reader.numbers == [8, 9, 10]
    await reader.leave()


async def test_events_told_while_it_catches_up_are_neither_lost_nor_doubled(
    hub: Hub, log: Log
) -> None:
    topic = new_topic()
    for number in range(1, PAGE * 2 + 1):
        log.write(number)
    reader = Reader(hub, topic)
    for number in range(PAGE * 2 + 1, PAGE * 2 + 40):
        await asyncio.sleep(0)
        hub.tell(topic, number, log.write(number))
    await settled(60)
    assert reader.numbers == list(range(1, PAGE * 2 + 40))
    await reader.leave()


async def test_topics_are_apart(hub: Hub, log: Log) -> None:
    mine, theirs = new_topic(), new_topic()
    reader = Reader(hub, mine)
    await settled()
    hub.tell(theirs, 1, b"id: 1\ndata: {}\n\n")
    hub.whisper(theirs, event_frame("typing", b"{}"))
    hub.whisper_all(theirs.account_id, "chat", event_frame("typing", b"{}"))
    await settled()
    assert reader.body == b""
    await reader.leave()


# Slow readers


async def test_a_slow_reader_is_dropped_and_delays_nobody(hub: Hub, log: Log) -> None:
    topic = new_topic()
    slow, quick = Reader(hub, topic), Reader(hub, topic)
    await settled()
    slow.takes.clear()
    last = MOST_FRAMES + 20
    started = time.perf_counter()
    for number in range(1, last + 1):
        hub.tell(topic, number, log.write(number))
        await asyncio.sleep(0)
    await settled()
    assert time.perf_counter() - started < 2
    assert quick.numbers == list(range(1, last + 1))
    assert slow.subscription.ended
    await slow.task
    assert len(hub) == 1
    again = Reader(hub, topic, cursor=max(slow.numbers, default=0))
    await settled()
    assert slow.numbers + again.numbers == list(range(1, last + 1))
    await quick.leave()
    await again.leave()


async def test_what_waits_for_a_slow_reader_is_bounded(hub: Hub, log: Log) -> None:
    topic = new_topic()
    log.size = 10_000
    slow = Reader(hub, topic)
    await settled()
    slow.takes.clear()
    waiting = 0
    for number in range(1, 200):
        hub.tell(topic, number, log.write(number))
        await asyncio.sleep(0)
        waiting = max(waiting, sum(len(frame) for frame in slow.subscription._frames))
    assert slow.subscription.ended
    assert waiting <= MOST_BYTES + 2 * log.size
    await slow.task


async def test_signs_are_left_out_first(hub: Hub, log: Log) -> None:
    topic = new_topic()
    slow = Reader(hub, topic)
    await settled()
    slow.takes.clear()
    for _ in range(MOST_FRAMES * 3):
        hub.whisper(topic, event_frame("typing", b"{}"))
    await settled()
    assert not slow.subscription.ended, "signs never cost a reader the stream"
    for number in range(1, MOST_FRAMES // 2 - 2):
        hub.tell(topic, number, log.write(number))
    slow.takes.set()
    await settled()
    assert slow.numbers == list(range(1, MOST_FRAMES // 2 - 2))
    assert slow.names.count("typing") <= MOST_FRAMES // 2 + 1
    await slow.leave()


async def test_a_long_catch_up_waits_for_the_reader(hub: Hub, log: Log) -> None:
    topic = new_topic()
    log.size = 8_000
    for number in range(1, 1_001):
        log.write(number)
    reader = Reader(hub, topic)
    reader.takes.clear()
    waiting = 0
    for _ in range(200):
        await asyncio.sleep(0.001)
        waiting = max(waiting, reader.subscription._bytes)
        reader.takes.set()
        await asyncio.sleep(0)
        reader.takes.clear()
    reader.takes.set()
    await eventually(lambda: len(reader.numbers) == 1_000)
    assert reader.numbers == list(range(1, 1_001))
    assert waiting <= MOST_BYTES + 2 * log.size
    assert not reader.subscription.ended
    await reader.leave()


async def test_a_reader_that_stops_while_it_catches_up_is_dropped(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOWEST_SECONDS", 0.05)
    topic = new_topic()
    log.size = 8_000
    for number in range(1, 201):
        log.write(number)
    reader = Reader(hub, topic)
    reader.takes.clear()
    await asyncio.wait_for(reader.task, 5)
    assert len(hub) == 0
    assert not reader.closed_in_order


# Coming back after long, or to a log with holes


async def test_who_missed_too_much_loads_anew(hub: Hub, log: Log) -> None:
    topic = new_topic()
    for number in range(1, MOST_MISSED + 2 * PAGE):
        log.write(number)
    reader = Reader(hub, topic)
    await eventually(lambda: reader.closed_in_order)
    assert reader.names[-1] == "reset"
    await asyncio.wait_for(reader.task, 5)


async def test_erased_events_at_the_head_are_no_reason_to_read_for_ever(hub: Hub, log: Log) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()
    # Told, and erased before it was read.
    hub.tell(topic, 1, None)
    hub.tell(topic, 2, None)
    await settled()
    reads = log.reads
    await settled()
    assert log.reads == reads
    hub.tell(topic, 3, log.write(3))
    await settled()
    assert reader.numbers == [3]
    assert log.reads == reads, "the hole was remembered, so the next event is the next one"
    await reader.leave()


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("a bug")])
async def test_a_stream_that_cannot_be_read_on_is_cut_and_not_left_silent(
    hub: Hub, log: Log, error: Exception
) -> None:
    topic = new_topic()
    reader = Reader(hub, topic)
    await settled()

    def fail() -> None:
        raise error

    log.fails = fail
    hub.tell(topic, 5, None)
    await asyncio.wait_for(reader.task, 5)
    assert len(hub) == 0


# Ending


async def test_draining_says_bye_to_everybody(hub: Hub) -> None:
    readers = [Reader(hub, new_topic()) for _ in range(20)]
    await settled()
    hub.drain(lambda: event_frame("bye", b"{}"))
    await asyncio.wait_for(asyncio.gather(*(reader.task for reader in readers)), 5)
    assert all(reader.names == ["bye"] for reader in readers)
    assert all(reader.closed_in_order for reader in readers)
    assert hub.draining
    assert len(hub) == 0


async def test_only_the_chosen_streams_are_ended(hub: Hub, log: Log) -> None:
    topic = new_topic()
    revoked, kept, elsewhere = Reader(hub, topic), Reader(hub, topic), Reader(hub, new_topic())
    await settled()
    credential = revoked.subscription.credential
    hub.end(
        topic.account_id,
        lambda each: each.credential == credential,
        event_frame("ended", b"{}"),
    )
    await asyncio.wait_for(revoked.task, 5)
    hub.tell(topic, 1, log.write(1))
    await settled()
    assert (revoked.names, revoked.numbers) == (["ended"], [])
    assert (kept.names, kept.numbers) == ([], [1])
    assert elsewhere.body == b""
    await kept.leave()
    await elsewhere.leave()


async def test_a_cancelled_request_stays_cancelled(hub: Hub) -> None:
    reader = Reader(hub, new_topic())
    await settled()
    reader.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader.task
    assert len(hub) == 0


async def test_nothing_is_left_of_streams_that_closed(hub: Hub, log: Log) -> None:
    for _ in range(50):
        topic = new_topic()
        reader = Reader(hub, topic)
        await settled(3)
        hub.tell(topic, 1, log.write(1))
        await reader.leave()
    await settled()
    assert (len(hub), hub._topics, hub._accounts, hub._tasks) == (0, {}, {}, set())
    assert list(hub.accounts()) == []


# Presence


@pytest.fixture
def seen(hub: Hub) -> list[tuple[Person, bool]]:
    changes: list[tuple[Person, bool]] = []
    hub.presence_changed = lambda person, here: changes.append((person, here))
    return changes


async def test_somebody_is_here_from_the_first_stream_to_after_the_last(
    hub: Hub, seen: list[tuple[Person, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GONE_AFTER_SECONDS", 0.05)
    topic, someone = new_topic(), new_id()
    first = Reader(hub, topic, person=someone)
    second = Reader(hub, topic, person=someone)
    await settled()
    assert hub.present(topic.account_id, "visitor") == {someone}
    assert hub.present(topic.account_id, "operator") == set()
    assert hub.present(new_id(), "visitor") == set()
    await first.leave()
    await asyncio.sleep(0.1)
    assert [here for _, here in seen] == [True]
    await second.leave()
    assert hub.present(topic.account_id, "visitor") == {someone}, "a moment ago"
    await eventually(lambda: len(seen) == 2)
    assert seen[1] == (Person("visitor", topic.account_id, someone), False)
    assert hub.present(topic.account_id, "visitor") == set()


async def test_a_reload_is_no_absence(
    hub: Hub, seen: list[tuple[Person, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GONE_AFTER_SECONDS", 0.1)
    topic, someone = new_topic(), new_id()
    for _ in range(3):
        reader = Reader(hub, topic, person=someone)
        await settled()
        await reader.leave()
    reader = Reader(hub, topic, person=someone)
    await asyncio.sleep(0.2)
    assert [here for _, here in seen] == [True]
    await reader.leave()


def test_the_grace_is_five_seconds() -> None:
    assert module.GONE_AFTER_SECONDS == 5


async def test_streams_get_a_beat_with_how_far_the_topic_is(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 1)
    feed, chat = new_topic("account"), new_topic("chat")
    readers = [Reader(hub, feed), Reader(hub, chat)]
    await settled()
    hub.tell(chat, 1, log.write(1))
    await eventually(lambda: all("beat" in reader.names for reader in readers))
    assert b'event: beat\ndata: {"position":0}' in readers[0].body
    assert b'event: beat\ndata: {"seq":1}' in readers[1].body
    for reader in readers:
        await reader.leave()
