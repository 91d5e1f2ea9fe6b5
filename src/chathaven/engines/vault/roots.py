"""Where the root keys live: what a place for them must do, and how one is found by its address.

A place of another kind is one more file beside this one: `roots_<scheme>.py` with a function
`open_roots(address, pin_file) -> Roots`, taken for an address that begins with `<scheme>:`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from chathaven.base.settings import SettingError

SCHEMES = ("pkcs11",)


class RootsStayInside(Exception):
    """The root keys cannot be taken out of, or put into, the place where they live."""


class LostRoot(Exception):
    """Keys are wrapped by a root that is not here; the text says which epochs."""


class Roots(Protocol):
    """A place that holds root keys, one for each epoch.

    Nothing is kept in memory between two calls, so that what another process made or destroyed
    is seen by the next call. Each call may take milliseconds, and may come from any thread.
    """

    kind: str
    """A word for people: `file`, `hardware module`."""
    is_slow: bool
    """Whether a call goes over a wire, so that the event loop must not wait for it."""

    def where(self) -> str:
        """Returns the place in words, without secrets."""

    def held(self) -> set[int]:
        """Returns the epochs whose root is here."""

    def make(self, epoch: int) -> None:
        """Makes a new random root and has it on disk.

        Raises:
            OSError: it cannot be written; then nothing has changed.
        """

    def wrap(self, epoch: int, key: bytes, bound: bytes) -> bytes:
        """Wraps a key.

        Raises:
            CannotUnwrap: the root is not here.
        """

    def unwrap(self, epoch: int, wrapped: bytes, bound: bytes) -> bytes:
        """Unwraps a key.

        Raises:
            CannotUnwrap: the root is not here, or the bytes were altered.
        """

    def destroy(self, epochs: Iterable[int]) -> None:
        """Destroys roots; those that are not here are passed over. The newest is never destroyed.

        Raises:
            OSError: it cannot be written; then nothing has changed.
        """

    def clear(self, epochs: Iterable[int]) -> None:
        """Destroys roots, the newest too: for a place that is moved out of. See `destroy`.

        Raises:
            OSError: it cannot be written; then nothing has changed.
        """

    def watch(self) -> None:
        """Begins a tick: what is here now, and what is made from now on, must not get lost."""

    def complete(self) -> None:
        """Puts back what was here or was made since `watch`, where others took it away."""

    def settle(self) -> None:
        """Ends a tick: nothing more need be put back."""

    def export(self) -> dict[int, bytes]:
        """Returns the bare roots.

        Raises:
            RootsStayInside: they never leave their place.
        """

    def bring(self, roots: Mapping[int, bytes]) -> None:
        """Adds roots that were exported; those that are here already stay as they are.

        Raises:
            RootsStayInside: none can be put in.
            LostRoot: another root of the same epoch is here.
        """


def open_at(address: str, pin_file: Path | None) -> Roots:
    """Opens a place that is not a file.

    Raises:
        SettingError: the address is of no known kind, or nothing answers there.
    """
    scheme = address.partition(":")[0]
    if scheme not in SCHEMES:
        raise SettingError(f"CHATHAVEN_KEYRING takes a file, or an address: {', '.join(SCHEMES)}:")
    module = importlib.import_module(f"chathaven.engines.vault.roots_{scheme}")
    made: Roots = module.open_roots(address, pin_file)
    return made
