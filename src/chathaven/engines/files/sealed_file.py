"""A file that rests encrypted: chunks of AES-256-GCM under a key of its own.

Each chunk is bound to the file, to its number and to whether it is the last, so that chunks that
were swapped, left out, altered or cut off do not open (NIST SP 800-38D; the way of STREAM). On
disk a chunk is its length (4 bytes, big endian), a random nonce (12), ciphertext and tag.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 64 * 1024
KEY_BYTES = 32
_NONCE = 12
_LONGEST = _NONCE + CHUNK + 16


class Damaged(Exception):
    """A file is not whole, was altered, or another key sealed it."""


def _bound(bound: bytes, number: int, *, final: bool) -> bytes:
    return bound + number.to_bytes(8) + (b"\1" if final else b"\0")


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
        nonce = os.urandom(_NONCE)
        bound = _bound(self._bound, self.number, final=final)
        sealed = nonce + self._cipher.encrypt(nonce, plain, bound)
        self._file.write(len(sealed).to_bytes(4) + sealed)
        self.number += 1
        self.length += 4 + len(sealed)

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
            if size > _LONGEST:
                raise Damaged("A chunk is longer than any.")
            sealed, head = file.read(size), file.read(4)
            try:
                yield cipher.decrypt(
                    sealed[:_NONCE], sealed[_NONCE:], _bound(bound, number, final=not head)
                )
            except (InvalidTag, ValueError):
                raise Damaged("A chunk does not open.") from None
            number += 1
    if not number:
        raise Damaged("The file is empty.")
