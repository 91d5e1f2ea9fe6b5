"""Sealing: AES-256-GCM, bound to the place where the value stands.

Envelope: version (1 byte), algorithm (1), key version (4, big endian), nonce (12), ciphertext
and tag. The associated data names account, person, table, column, row and key version, so a
ciphertext that was moved, swapped or altered does not open (NIST SP 800-38D).
"""

from __future__ import annotations

import os
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ENVELOPE_VERSION = 1
AES_256_GCM = 1
_HEADER = 6
_NONCE = 12
_SHORTEST = _HEADER + _NONCE + 16

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, wrong place, or altered."""


class Key:
    """A symmetric key of a person, with its version."""

    __slots__ = ("_cipher", "person_id", "raw", "version")

    def __init__(self, raw: bytes, version: int, person_id: UUID) -> None:
        self.raw = raw
        self.version = version
        self.person_id = person_id
        self._cipher = AESGCM(raw)

    def seal(self, value: object, place: bytes) -> bytes:
        """Seals any JSON value for one place; see `place`."""
        nonce = os.urandom(_NONCE)
        head = bytes((ENVELOPE_VERSION, AES_256_GCM)) + self.version.to_bytes(4)
        bound = place + head
        return head + nonce + self._cipher.encrypt(nonce, _encode(value), bound)

    def open(self, sealed: bytes, place: bytes) -> object:
        """Opens what was sealed for the same place.

        Raises:
            CannotOpen: it was sealed elsewhere, by another key, or altered.
        """
        if len(sealed) < _SHORTEST or sealed[0] != ENVELOPE_VERSION or sealed[1] != AES_256_GCM:
            raise CannotOpen("This is not a sealed value of a known kind.")
        if int.from_bytes(sealed[2:_HEADER]) != self.version:
            raise CannotOpen("A sealed value was sealed with another version of the key.")
        head, nonce, rest = sealed[:_HEADER], sealed[_HEADER:18], sealed[18:]
        try:
            plain = self._cipher.decrypt(nonce, rest, place + head)
        except InvalidTag:
            raise CannotOpen("A sealed value does not open here.") from None
        return _decode(plain)


def place(account_id: UUID, person_id: UUID, table: str, column: str, row: str) -> bytes:
    """Returns the associated data of one value: the one place where it opens."""
    return b"v1|%b|%b|%b|%b|%b|" % (
        account_id.bytes,
        person_id.bytes,
        table.encode(),
        column.encode(),
        row.encode(),
    )
