"""The hub: every event once and in order, and streams that end as they should."""

from __future__ import annotations

import asyncio

import pytest

from chathaven.base.errors import Unavailable
from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.hub import MOST_MISSED, PAGE, Hub
from tests.engines.stream.reading import Log, Reader, eventually, new_topic, settled


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
