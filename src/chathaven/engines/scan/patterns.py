"""All shapes of all canaries as one search (Aho and Corasick), and where each leads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from chathaven.engines.scan.canary import Canary
from chathaven.engines.scan.containers import DOORS, Kind
from chathaven.engines.scan.encodings import spellings


class Shape(NamedTuple):
    """One shape of one canary. `whole` says whether it is all of it."""

    canary: Canary
    encoding: str
    whole: bool


class Match(NamedTuple):
    """Where a shape stands: from `begin` up to, not with, `end`."""

    begin: int
    end: int
    shape: Shape


class Door(NamedTuple):
    """Where something that is packed may begin."""

    begin: int
    end: int
    kind: Kind


_PARTS = ("fragment", "base64", "quoted-printable fragment", "domain")


class Patterns:
    """Finds canaries, and the beginnings of packed data, in one pass."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self.canaries = list(canaries)
        shapes: dict[bytes, Shape] = {}
        for canary in self.canaries:
            for encoding, raw in spellings(canary):
                whole = not encoding.startswith(_PARTS)
                known = shapes.get(raw)
                if known is None or (whole and not known.whole):
                    shapes[raw] = Shape(canary, encoding, whole)
        self._shapes = shapes
        self._found: list[Shape | Kind] = [*shapes.values(), *DOORS.values()]
        texts = [*shapes, *DOORS]
        self.longest = max(map(len, texts))
        self.count = len(shapes)
        self._search = BytesAhoCorasick(texts)

    def find(self, data: bytes) -> tuple[list[Match], list[Door]]:
        """Returns what stands in `data`, overlapping finds too, in the order of their ends."""
        matches: list[Match] = []
        doors: list[Door] = []
        for number, begin, end in self._search.find_matches_as_indexes(data, overlapping=True):
            found = self._found[number]
            if isinstance(found, Shape):
                matches.append(Match(begin, end, found))
            else:
                doors.append(Door(begin, end, found))
        return matches, doors

    def missed(self) -> list[Shape]:
        """Returns the shapes that are not found where they stand: none, or the search is blind."""
        return [
            shape
            for raw, shape in self._shapes.items()
            if all(found.shape.canary != shape.canary for found in self.find(raw)[0])
        ]
