"""Who is here, and the beat that says that the stream is alive."""

from __future__ import annotations

import asyncio

import pytest

from chathaven.base.ids import new_id
from chathaven.engines.stream import hub as module
from chathaven.engines.stream.hub import Hub
from chathaven.engines.stream.subscription import Person
from tests.engines.stream.reading import Log, Reader, eventually, new_topic, settled


def standing(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Stops the loop's clock; whoever adds to it lets time go by, and a slow machine does not."""
    loop = asyncio.get_running_loop()
    clock = [loop.time()]
    monkeypatch.setattr(loop, "time", lambda: clock[0])
    return clock


@pytest.fixture
def seen(hub: Hub) -> list[tuple[Person, bool]]:
    changes: list[tuple[Person, bool]] = []
    hub.presence_changed = lambda person, here: changes.append((person, here))
    return changes


async def test_somebody_is_here_from_the_first_stream_to_after_the_last(
    hub: Hub, seen: list[tuple[Person, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = standing(monkeypatch)
    topic, someone = new_topic(), new_id()
    first = Reader(hub, topic, person=someone)
    second = Reader(hub, topic, person=someone)
    await settled()
    assert hub.present(topic.account_id, "visitor") == {someone}
    assert hub.present(topic.account_id, "operator") == set()
    assert hub.present(new_id(), "visitor") == set()
    await first.leave()
    clock[0] += 2 * module.GONE_AFTER_SECONDS
    await settled()
    assert [here for _, here in seen] == [True]
    await second.leave()
    clock[0] += module.GONE_AFTER_SECONDS / 2
    await settled()
    assert hub.present(topic.account_id, "visitor") == {someone}, "a moment ago"
    clock[0] += module.GONE_AFTER_SECONDS
    await settled()
    assert len(seen) == 2
    assert seen[1] == (Person("visitor", topic.account_id, someone), False)
    assert hub.present(topic.account_id, "visitor") == set()
    assert hub._here == {}


async def test_a_reload_is_no_absence(
    hub: Hub, seen: list[tuple[Person, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = standing(monkeypatch)
    topic, someone = new_topic(), new_id()
    for _ in range(3):
        reader = Reader(hub, topic, person=someone)
        await settled()
        await reader.leave()
        clock[0] += module.GONE_AFTER_SECONDS / 2
        await settled()
    reader = Reader(hub, topic, person=someone)
    await settled()
    clock[0] += 2 * module.GONE_AFTER_SECONDS
    await settled()
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
