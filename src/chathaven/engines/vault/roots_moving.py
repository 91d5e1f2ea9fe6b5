"""Roots in two places at once, while an installation moves from one to the other.

No root is carried over: one that was in a file has been outside, and one in a hardware module stays
there. New roots are made in the new place, a tick wraps everything that lives under them, and then
the old place's roots are destroyed, to the last.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from chathaven.engines.vault.roots import LostRoot, Roots, RootsStayInside
from chathaven.engines.vault.roots_file import FileRoots


class FileToBe(FileRoots):
    """A keyring's file that is not there yet, or not there any more."""

    def held(self) -> set[int]:
        """Returns the epochs whose root is in the file; none without a file."""
        return super().held() if self.path.exists() else set()

    def make(self, epoch: int) -> None:
        """Adds a new random root, and makes the file with the first; see `Roots.make`."""
        if self.path.exists():
            super().make(epoch)
            return
        root = os.urandom(32)
        self.begin(self.path, {epoch: root})
        self.remember(epoch, root)

    def watch(self) -> None:
        """Begins a tick; see `Roots.watch`."""
        self._known, self._watching = self._read() if self.path.exists() else {}, True


class MovingRoots:
    """The old place and the new one as one; see `Roots`. One process uses it at a time."""

    kind = "place that is moved out of"

    def __init__(self, old: Roots, new: Roots) -> None:
        self.old, self.new = old, new
        self.is_slow = old.is_slow or new.is_slow

    def where(self) -> str:
        """Returns both places in words."""
        return f"{self.old.where()} and {self.new.where()}"

    def held(self) -> set[int]:
        """Returns the epochs whose root is in either place."""
        return self.old.held() | self.new.held()

    def make(self, epoch: int) -> None:
        """Makes a root in the new place; see `Roots.make`.

        Raises:
            LostRoot: there is a root of this epoch in the old one.
        """
        if epoch in self.old.held():
            raise LostRoot(f"A root of epoch {epoch} is in {self.old.where()} already.")
        self.new.make(epoch)

    def wrap(self, epoch: int, key: bytes, bound: bytes) -> bytes:
        """Wraps a key where the root is; see `Roots.wrap`."""
        return self._with(epoch).wrap(epoch, key, bound)

    def unwrap(self, epoch: int, wrapped: bytes, bound: bytes) -> bytes:
        """Unwraps a key where the root is; see `Roots.unwrap`."""
        return self._with(epoch).unwrap(epoch, wrapped, bound)

    def destroy(self, epochs: Iterable[int]) -> None:
        """Destroys roots in both places; in the old one the newest too."""
        gone = set(epochs)
        # Never the newest of all: it wraps what lives.
        self.old.clear(gone - {max(self.held(), default=0)})
        self.new.destroy(gone)

    def clear(self, epochs: Iterable[int]) -> None:
        """Destroys roots in both places, the newest too."""
        gone = set(epochs)
        self.old.clear(gone)
        self.new.clear(gone)

    def watch(self) -> None:
        """Begins a tick; see `Roots.watch`."""
        self.old.watch()
        self.new.watch()

    def complete(self) -> None:
        """Puts back what others took away; see `Roots.complete`."""
        self.old.complete()
        self.new.complete()

    def settle(self) -> None:
        """Ends a tick; see `Roots.settle`."""
        self.old.settle()
        self.new.settle()

    def export(self) -> dict[int, bytes]:
        """Refuses: half of them may stay inside a module."""
        raise RootsStayInside("The roots are being moved.")

    def bring(self, roots: Mapping[int, bytes]) -> None:
        """Refuses: see `export`."""
        raise RootsStayInside("The roots are being moved.")

    def _with(self, epoch: int) -> Roots:
        return self.new if epoch in self.new.held() else self.old
