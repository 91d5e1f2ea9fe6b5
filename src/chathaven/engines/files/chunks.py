"""Chunks of AES-256-GCM, and a stream of them that is sealed and opened piece by piece.

Each chunk is bound to what it belongs to, to its number and to whether it is the last, so that
chunks that were swapped, left out, altered or cut off do not open (NIST SP 800-38D; the way of
STREAM). It stands as its length (4 bytes, big endian), a random nonce (12), ciphertext and tag.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 64 * 1024
KEY_BYTES = 32
_NONCE = 12
_LENGTH = 4
LONGEST = _NONCE + CHUNK + 16


class Damaged(Exception):
    """What was sealed is not whole, was altered, or another key sealed it."""


def _bound(bound: bytes, number: int, *, final: bool) -> bytes:
    return bound + number.to_bytes(8) + (b"\1" if final else b"\0")


def seal_chunk(cipher: AESGCM, bound: bytes, number: int, plain: bytes, *, final: bool) -> bytes:
    """Returns one chunk as it stands, its length before it."""
    nonce = os.urandom(_NONCE)
    sealed = nonce + cipher.encrypt(nonce, plain, _bound(bound, number, final=final))
    return len(sealed).to_bytes(_LENGTH) + sealed


def open_chunk(cipher: AESGCM, bound: bytes, number: int, sealed: bytes, *, final: bool) -> bytes:
    """Returns what a chunk holds, given without its length.

    Raises:
        Damaged: it does not open.
    """
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(bound, number, final=final))
    except (InvalidTag, ValueError):
        raise Damaged("A chunk does not open.") from None


class Sealer:
    """Seals what comes piece by piece; at most one chunk waits in memory.

    Args:
        key: 32 random bytes, of this stream alone.
        bound: what names the stream, and is needed to open it.
    """

    def __init__(self, key: bytes, bound: bytes) -> None:
        self._cipher = AESGCM(key)
        self._bound = bound
        self._waiting = bytearray()
        self._number = 0

    def add(self, data: bytes) -> bytes:
        """Takes a piece, and returns the chunks that became whole with it."""
        self._waiting += data
        made: list[bytes] = []
        # More than one chunk, for the last one must be known to be the last.
        while len(self._waiting) > CHUNK:
            made.append(self._next(bytes(self._waiting[:CHUNK]), final=False))
            del self._waiting[:CHUNK]
        return b"".join(made)

    def finish(self) -> bytes:
        """Returns the last chunk."""
        return self._next(bytes(self._waiting), final=True)

    def _next(self, plain: bytes, *, final: bool) -> bytes:
        chunk = seal_chunk(self._cipher, self._bound, self._number, plain, final=final)
        self._number += 1
        return chunk


class Opener:
    """Opens such a stream piece by piece; a piece may begin and end anywhere."""

    def __init__(self, key: bytes, bound: bytes) -> None:
        self._cipher = AESGCM(key)
        self._bound = bound
        self._waiting = bytearray()
        self._number = 0

    def add(self, data: bytes) -> Iterator[bytes]:
        """Yields what became readable with a piece.

        Raises:
            Damaged: a chunk does not open. What was yielded before is genuine all the same.
        """
        self._waiting += data
        while (size := self._size()) is not None and len(self._waiting) > _LENGTH + size:
            yield self._next(size, final=False)

    def finish(self) -> bytes:
        """Returns what the last chunk holds.

        Raises:
            Damaged: it does not open, or is not whole.
        """
        size = self._size()
        if size is None or len(self._waiting) != _LENGTH + size:
            raise Damaged("The stream is cut off.")
        return self._next(size, final=True)

    def _size(self) -> int | None:
        """Returns the length of the next chunk, or None while it is not known."""
        if len(self._waiting) < _LENGTH:
            return None
        size = int.from_bytes(self._waiting[:_LENGTH])
        if size > LONGEST:
            raise Damaged("A chunk is longer than any.")
        return size

    def _next(self, size: int, *, final: bool) -> bytes:
        sealed = bytes(self._waiting[_LENGTH : _LENGTH + size])
        plain = open_chunk(self._cipher, self._bound, self._number, sealed, final=final)
        del self._waiting[: _LENGTH + size]
        self._number += 1
        return plain
