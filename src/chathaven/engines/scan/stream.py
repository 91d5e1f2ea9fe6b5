"""Looking through a stream of bytes of any length, and into what is packed inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from chathaven.engines.scan.canary import Canary
from chathaven.engines.scan.containers import Broken, Kind, Unpacker
from chathaven.engines.scan.patterns import Match, Patterns

DEEPEST = 4
"""Packed in packed in packed; deeper is a trap."""
MOST_OPEN = 64


class Hit(msgspec.Struct, frozen=True):
    """Where a canary was found: store, file or column, byte, field, whose, how it was written."""

    store: str
    where: str
    offset: int
    field: str
    whose: str
    script: str
    encoding: str


@dataclass
class _Run:
    """Matches of one canary that overlap: one place where it stands."""

    begin: int
    end: int
    encoding: str
    whole: bool


class Stream:
    """Feed it a file or a query's answer, piece by piece, then close it.

    `found` is called for each place where a canary stands.
    """

    def __init__(
        self,
        patterns: Patterns,
        store: str,
        where: str,
        found: Callable[[Hit, Canary], None],
        depth: int = 0,
    ) -> None:
        self.size = 0
        self._patterns = patterns
        self._store = store
        self._where = where
        self._found = found
        self._depth = depth
        self._carry = b""
        self._runs: dict[Canary, _Run] = {}
        self._open: list[tuple[Unpacker, Stream]] = []

    def feed(self, data: bytes) -> None:
        """Looks through the next piece; what stands across the border is found too."""
        self._open = [pair for pair in self._open if self._unpack(*pair, data)]
        buffer = self._carry + data
        begin = self.size - len(self._carry)
        seen = len(self._carry)
        matches, doors = self._patterns.find(buffer)
        for match in matches:
            if match.end > seen:
                self._note(match, begin)
        for door in doors:
            if door.end > seen:
                self.unpack(door.kind, begin + door.begin, buffer[door.begin :])
        self.size += len(data)
        self._carry = buffer[-(self._patterns.longest - 1) :]

    def unpack(self, kind: Kind, offset: int, data: bytes) -> None:
        """Begins to look into packed data; what follows is fed to it too."""
        if self._depth >= DEEPEST or len(self._open) >= MOST_OPEN:
            return
        where = f"{self._where} > {kind} at {offset}"
        inner = Stream(self._patterns, self._store, where, self._found, self._depth + 1)
        unpacker = Unpacker(kind)
        if self._unpack(unpacker, inner, data):
            self._open.append((unpacker, inner))

    def close(self) -> None:
        """Says what is still to be said."""
        for _, inner in self._open:
            inner.close()
        for canary in list(self._runs):
            self._say(canary)

    def _unpack(self, unpacker: Unpacker, inner: Stream, data: bytes) -> bool:
        """Returns whether more may come."""
        try:
            out = unpacker.feed(data)
        except Broken:
            inner.close()
            return False
        if out:
            inner.feed(out)
        if unpacker.done:
            inner.close()
        return not unpacker.done

    def _note(self, match: Match, begin: int) -> None:
        canary = match.shape.canary
        run = self._runs.get(canary)
        first, last = begin + match.begin, begin + match.end
        if run is not None and first <= run.end:
            run.begin, run.end = min(run.begin, first), max(run.end, last)
            if match.shape.whole and not run.whole:
                run.encoding, run.whole = match.shape.encoding, True
            return
        if run is not None:
            self._say(canary)
        self._runs[canary] = _Run(first, last, match.shape.encoding, match.shape.whole)

    def _say(self, canary: Canary) -> None:
        run = self._runs.pop(canary)
        hit = Hit(
            self._store,
            self._where,
            run.begin,
            canary.field,
            canary.whose,
            canary.script,
            run.encoding,
        )
        self._found(hit, canary)


def look(
    patterns: Patterns,
    store: str,
    where: str,
    pieces: Iterable[bytes],
    packed: Kind | None = None,
) -> list[tuple[Hit, Canary]]:
    """Returns what stands in a stream; `packed` is how all of it is packed, if it is known."""
    hits: list[tuple[Hit, Canary]] = []
    stream = Stream(patterns, store, where, lambda hit, canary: hits.append((hit, canary)))
    for number, piece in enumerate(pieces):
        stream.feed(piece)
        if number == 0 and packed is not None:
            stream.unpack(packed, 0, piece)
    stream.close()
    return hits
