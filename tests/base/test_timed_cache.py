"""What is kept ends by itself, and is never more than it may be."""

from __future__ import annotations

import pytest

from chathaven.base.timed_cache import TimedCache


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> TimedCache[str, int]:
    return TimedCache(3, 10, clock)


def test_a_value_ends_with_its_time(cache: TimedCache[str, int], clock: Clock) -> None:
    cache["a"] = 1
    clock.seconds += 9.9
    assert (cache.get("a"), "a" in cache) == (1, True)
    clock.seconds += 0.1
    assert (cache.get("a"), "a" in cache, len(cache), cache.items()) == (None, False, 0, [])


def test_a_value_that_is_set_again_begins_anew(cache: TimedCache[str, int], clock: Clock) -> None:
    cache["a"], cache["b"] = 1, 2
    clock.seconds += 6
    cache["a"] = 3
    clock.seconds += 6
    assert cache.items() == [("a", 3)]


def test_the_oldest_makes_room(cache: TimedCache[str, int]) -> None:
    for number, name in enumerate("abad"):
        cache[name] = number
    assert cache.items() == [("b", 1), ("a", 2), ("d", 3)]
    cache["e"] = 4
    assert cache.items() == [("a", 2), ("d", 3), ("e", 4)]


def test_what_ended_makes_room_first(cache: TimedCache[str, int], clock: Clock) -> None:
    cache["a"] = 1
    clock.seconds += 10
    for number, name in enumerate("bcd"):
        cache[name] = number
    assert [key for key, _ in cache.items()] == ["b", "c", "d"]


def test_it_forgets_one_or_all(cache: TimedCache[str, int]) -> None:
    cache["a"], cache["b"] = 1, 2
    cache.forget("a")
    cache.forget("never there")
    assert cache.items() == [("b", 2)]
    cache.clear()
    assert len(cache) == 0
