"""The root epoch keys of this installation, wherever they live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from chathaven.base.settings import Settings
from chathaven.engines.vault.roots import Roots, open_at
from chathaven.engines.vault.roots_file import FORMAT, FileRoots
from chathaven.engines.vault.wrapping import CannotUnwrap, unwrap, wrap

__all__ = ["FORMAT", "CannotUnwrap", "Keyring", "unwrap", "wrap"]

T = TypeVar("T")


class Keyring:
    """The roots that this installation holds.

    Which of them wraps new keys is told by the database (`engines.vault.epochs`): there a change
    is seen by every process at once.
    """

    def __init__(self, roots: Roots) -> None:
        self.roots = roots

    @classmethod
    def open(cls, path: Path) -> Keyring:
        """Reads a keyring's file, or makes it (mode 0600) when there is none.

        Raises:
            SettingError: the file cannot be made or read, others may read it, or it is damaged.
        """
        return cls(FileRoots.open(path))

    @classmethod
    def open_for_import(cls, path: Path, roots: Mapping[int, bytes]) -> Keyring:
        """Reads a keyring's file, or makes it with roots of a key set when there is none.

        Raises:
            SettingError: as `open`.
        """
        if roots and not path.exists():
            FileRoots.begin(path, roots)
        return cls.open(path)

    @classmethod
    def of(cls, settings: Settings) -> Keyring:
        """Opens the keyring that the settings name.

        Raises:
            SettingError: it cannot be made, read, or reached.
        """
        if settings.keyring_address is None:
            return cls.open(settings.keyring)
        return cls(open_at(settings.keyring_address, settings.keyring_pin_file))

    @property
    def path(self) -> Path:
        """The file that holds the roots.

        Raises:
            TypeError: they live elsewhere.
        """
        if not isinstance(self.roots, FileRoots):
            raise TypeError("These roots live in no file.")
        return self.roots.path

    @property
    def current(self) -> int:
        """The newest epoch that is held."""
        return max(self.roots.held())

    def wrap(self, key: bytes, bound: bytes) -> tuple[int, bytes]:
        """Wraps a key with the newest root. Returns the root's epoch and the wrapped key."""
        epoch = self.current
        return epoch, self.roots.wrap(epoch, key, bound)

    def unwrap(self, epoch: int, wrapped: bytes, bound: bytes) -> bytes:
        """Unwraps a key.

        Raises:
            CannotUnwrap: the root of that epoch is not held, or the bytes were altered.
        """
        return self.roots.unwrap(epoch, wrapped, bound)

    async def run(self, call: Callable[[], T]) -> T:
        """Runs what uses roots; beside the event loop where they live behind a wire."""
        return await asyncio.to_thread(call) if self.roots.is_slow else call()
