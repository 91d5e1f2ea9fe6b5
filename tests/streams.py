"""Following a server's event streams, and resuming them."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True)
class StreamEvent:
    """One event of a stream; `id` is None for those that may be lost."""

    name: str
    id: int | None
    data: dict[str, Any]


@dataclass
class Lines:
    """Puts events together from the lines of a stream. For readers of every kind."""

    _held: dict[str, str] = field(default_factory=dict)

    def take(self, line: str) -> StreamEvent | None:
        """Takes one line without its end, and returns the event that it completes."""
        if line:
            key, _, value = line.partition(":")
            self._held[key] = value.removeprefix(" ")
            return None
        held, self._held = self._held, {}
        if "data" not in held:
            return None
        number = int(held["id"]) if "id" in held else None
        return StreamEvent(held.get("event", "message"), number, json.loads(held["data"]))


class Reader:
    """Follows an event stream and remembers how far it has come (`last_id`)."""

    def __init__(self, http: httpx.Client, path: str, last_id: int | None = None) -> None:
        self._http = http
        self._path = path
        self.last_id = last_id

    def read(self, silence: float = 30) -> Generator[StreamEvent, None, None]:
        """Gives events of one connection until it ends.

        Raises:
            httpx.TransportError: it broke, or nothing came for `silence` seconds.
        """
        headers = {"accept": "text/event-stream"}
        if self.last_id is not None:
            headers["last-event-id"] = str(self.last_id)
        limits = httpx.Timeout(10, read=silence)
        with self._http.stream("GET", self._path, headers=headers, timeout=limits) as answer:
            assert answer.status_code == 200, answer.read()
            lines = Lines()
            for line in answer.iter_lines():
                event = lines.take(line)
                if event is not None:
                    if event.id is not None:
                        self.last_id = event.id
                    yield event

    def until(
        self, wanted: Callable[[StreamEvent], bool], seconds: float = 30
    ) -> list[StreamEvent]:
        """Reads until a wanted event, connecting again as often as it takes; returns all read.

        Raises:
            AssertionError: it did not come in time; says what did.
        """
        seen: list[StreamEvent] = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with (
                contextlib.suppress(httpx.TransportError),
                contextlib.closing(self.read(silence=max(left, 0.1))) as events,
            ):
                for event in events:
                    seen.append(event)
                    if wanted(event):
                        return seen
                    if time.monotonic() > deadline:
                        # Beats come for ever, and are not what is waited for.
                        break
            time.sleep(0.05)
        raise AssertionError(f"it did not come in {seconds} s; what came: {seen}")


def before(frames: Iterable[StreamEvent], id: str) -> list[StreamEvent]:
    """Returns what a stream gives before the event of an id, which is written behind all that is
    asked for: so nobody waits for a sign that does not come.

    Raises:
        AssertionError: the stream ended without it.
    """
    seen: list[StreamEvent] = []
    for frame in frames:
        if frame.data.get("id") == id:
            return seen
        seen.append(frame)
    raise AssertionError(f"the stream ended; what came: {seen}")


def is_ended(frames: Iterable[StreamEvent]) -> bool:
    """Whether a stream says that it is over, before it falls silent for longer than it is read."""
    with contextlib.suppress(httpx.ReadTimeout):
        return any(frame.name == "ended" for frame in frames)
    return False
