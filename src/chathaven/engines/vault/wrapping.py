"""Wrapping a key with another: AES-256-GCM-SIV (RFC 8452), for a repeated nonce does no harm."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV


class CannotUnwrap(Exception):
    """A wrapped key does not open: its root is not here, or it was altered."""


def wrap(key: bytes, inner: bytes, bound: bytes) -> bytes:
    """Wraps a key for one place, which `bound` names."""
    nonce = os.urandom(12)
    return nonce + AESGCMSIV(key).encrypt(nonce, inner, bound)


def unwrap(key: bytes, wrapped: bytes, bound: bytes) -> bytes:
    """Unwraps a key.

    Raises:
        CannotUnwrap: another key wrapped it, for another place, or it was altered.
    """
    try:
        return AESGCMSIV(key).decrypt(wrapped[:12], wrapped[12:], bound)
    except (InvalidTag, ValueError):
        raise CannotUnwrap("A wrapped key does not open.") from None
