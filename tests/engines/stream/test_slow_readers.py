"""Slow readers: dropped, resumed, and nobody else's trouble (D-10)."""

from __future__ import annotations

import asyncio
import time

import pytest

from chathaven.engines.stream import hub as module
from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.hub import Hub
from chathaven.engines.stream.subscription import MOST_BYTES, MOST_FRAMES
from tests.engines.stream.reading import Log, Reader, eventually, new_topic, settled


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
    # Waiting for the slow one would take SLOWEST_SECONDS at least.
    assert time.perf_counter() - started < module.SLOWEST_SECONDS / 2
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
