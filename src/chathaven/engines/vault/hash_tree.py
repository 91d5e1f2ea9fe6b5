"""One hash for many documents, and a short path that shows that one of them is among them.

The tree is that of RFC 9162 (Certificate Transparency), 2.1: leaves and inner nodes are hashed
apart (0x00, 0x01), so none can stand for the other, and no other list of leaves has the same root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


class NotInTree(ValueError):
    """A path does not lead from the leaf to a root: a wrong length, place or size."""


class HashTree:
    """A tree over entries, in their order; there is at least one."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._levels = [[_leaf(each) for each in entries]]
        while len(below := self._levels[-1]) > 1:
            above = [_node(*pair) for pair in zip(below[::2], below[1::2], strict=False)]
            # Whoever has nobody beside goes up as it is.
            self._levels.append(above + below[len(above) * 2 :])

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """The hash of all of them."""
        return self._levels[-1][0]

    def path(self, index: int) -> list[bytes]:
        """Returns the hashes beside the way from one entry up to the root, the lowest first."""
        found = []
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                found.append(level[index ^ 1])
            index >>= 1
        return found


def root_along(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Returns the root to which a path leads from an entry (RFC 9162, 2.1.3.2).

    Raises:
        NotInTree: a tree of that size has no such path.
    """
    if not 0 <= index < size:
        raise NotInTree("There is no such place in a tree of this size.")
    place, last, found = index, size - 1, _leaf(entry)
    for beside in path:
        if not last:
            raise NotInTree("The path is too long.")
        if place % 2 or place == last:
            found = _node(beside, found)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    if last:
        raise NotInTree("The path is too short.")
    return found


def _leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
