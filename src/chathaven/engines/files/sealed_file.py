"""A file on the disk that rests encrypted: chunks (`chunks.py`) under a key of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chathaven.engines.files.chunks import (
    CHUNK,
    KEY_BYTES,
    LONGEST,
    Damaged,
    open_chunk,
    seal_chunk,
)

__all__ = ["CHUNK", "KEY_BYTES", "Damaged", "SealedWriter", "read_sealed"]


class SealedWriter:
    """Writes such a file (mode 0600), from its beginning or from a place that was kept.

    Args:
        path: the file.
        key: 32 random bytes, of this file alone.
        bound: what names the file, and is needed to open it.
        length: bytes of the file that are kept; what is behind them is cut off.
        number: how many chunks they hold.
    """

    def __init__(
        self, path: Path, key: bytes, bound: bytes, length: int = 0, number: int = 0
    ) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        if self._file.seek(0, os.SEEK_END) < length:
            self._file.close()
            raise Damaged("The file is shorter than what was kept of it.")
        self._file.truncate(length)
        self._file.seek(length)
        self._cipher = AESGCM(key)
        self._bound = bound
        self._waiting = bytearray()
        self.length = length
        self.number = number

    def write(self, data: bytes) -> None:
        """Adds to the file; what makes no whole chunk yet waits in memory."""
        self._waiting += data
        # More than one chunk, for the last one must be known to be the last.
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), final=False)
            del self._waiting[:CHUNK]

    def keep(self) -> None:
        """Puts on disk what waits, however short; `length` and `number` are a place to go on."""
        if self._waiting:
            self._put(bytes(self._waiting), final=False)
            self._waiting.clear()
        self._sync()

    def finish(self) -> None:
        """Writes the last chunk, and closes."""
        self._put(bytes(self._waiting), final=True)
        self._waiting.clear()
        self._sync()
        self._file.close()

    def close(self) -> None:
        """Lets the file go as it is."""
        self._file.close()

    def _put(self, plain: bytes, *, final: bool) -> None:
        chunk = seal_chunk(self._cipher, self._bound, self.number, plain, final=final)
        self._file.write(chunk)
        self.number += 1
        self.length += len(chunk)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


def read_sealed(path: Path, key: bytes, bound: bytes, start: int = 0) -> Iterator[bytes]:
    """Yields what a file holds behind its first `start` bytes, chunk by chunk.

    Raises:
        Damaged: it is not whole, was altered, or another key sealed it. What was yielded before
            is genuine all the same.
    """
    cipher, number = AESGCM(key), 0
    with path.open("rb") as file:
        file.seek(start)
        head = file.read(4)
        while head:
            size = int.from_bytes(head)
            if size > LONGEST:
                raise Damaged("A chunk is longer than any.")
            sealed, head = file.read(size), file.read(4)
            yield open_chunk(cipher, bound, number, sealed, final=not head)
            number += 1
    if not number:
        raise Damaged("The file is empty.")
