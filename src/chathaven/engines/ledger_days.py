"""The roots in a ledger, and for every certificate the path that leads to the root of its day."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from chathaven.engines.ledger_lines import CERTIFICATE, ROOT, Line, decoded
from chathaven.engines.vault.hash_tree import HashTree


class Place(msgspec.Struct, frozen=True):
    """Where a certificate stands under a root. `root` and `path` are SHA-256, in hex.

    `line` is the number of the root's line in the ledger, `at` its time; `index` counts from 0.
    """

    line: int
    at: datetime
    root: str
    size: int
    index: int
    path: list[str]


class _Day(NamedTuple):
    root: Line
    tree: HashTree


class Days:
    """What a ledger says of certificates, read once."""

    def __init__(self, body: bytes) -> None:
        self.roots: dict[int, Line] = {}
        self._days: dict[int, _Day] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()
        waiting: list[str] = []
        for text in body.split(b"\n"):
            # By its words first: most lines are of other kinds, and decoding takes longer.
            if b'"kind":"certificate"' not in text and b'"kind":"root"' not in text:
                continue
            line = decoded(text)
            if line is None:
                continue
            if line.kind == CERTIFICATE:
                waiting.append(line.mark)
            elif line.kind == ROOT:
                self._take(line, waiting)
                waiting = []
        self._open.update(waiting)

    def _take(self, root: Line, entries: list[str]) -> None:
        self.roots[root.number] = root
        if not entries:
            return
        tree = HashTree([bytes.fromhex(each) for each in entries])
        if tree.root.hex() != root.mark:
            # A line was damaged; under this root nothing can be shown any more.
            return
        self._days[root.number] = _Day(root, tree)
        self._places |= {each: (root.number, index) for index, each in enumerate(entries)}

    def waits(self, document_hash: str) -> bool:
        """Whether a certificate is noted, and its day has no root yet."""
        return document_hash in self._open

    def place(self, document_hash: str) -> Place | None:
        """Returns where a certificate stands under a root, or None where it stands under none."""
        found = self._places.get(document_hash)
        if found is None:
            return None
        number, index = found
        root, tree = self._days[number]
        path = [each.hex() for each in tree.path(index)]
        return Place(number, root.at, root.mark, tree.size, index, path)
