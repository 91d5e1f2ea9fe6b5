"""Identifiers and secrets: who makes them, and how they look."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """Returns a new UUIDv7 (RFC 9562, section 5.7): sorted by time, 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_site_key() -> str:
    """Returns a site key: 24 hex digits. It is public, not a secret."""
    return secrets.token_hex(12)


class Secret:
    """A bearer secret that names the account it belongs to.

    The account is part of the text so that a request finds its tenant before anything is
    read; only the SHA-256 of the whole text is stored (256 random bits need no slow hash).
    """

    __slots__ = ("account_id", "text")

    def __init__(self, text: str, account_id: UUID) -> None:
        self.text = text
        self.account_id = account_id

    @property
    def digest(self) -> bytes:
        """The SHA-256 under which it is stored."""
        return hashlib.sha256(self.text.encode()).digest()

    @classmethod
    def new(cls, prefix: str, account_id: UUID) -> Secret:
        """Makes a new one: `PREFIX_` and base64url of account and 32 random bytes."""
        raw = account_id.bytes + os.urandom(32)
        return cls(f"{prefix}_{base64.urlsafe_b64encode(raw).decode()}", account_id)

    @classmethod
    def parse(cls, text: str, prefix: str) -> Secret | None:
        """Returns the secret in `text`, or None when it cannot be one of this kind."""
        head, _, body = text.partition("_")
        if head != prefix or len(body) != 64 or not body.isascii():
            return None
        try:
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
        except ValueError:
            return None
        return cls(text, UUID(bytes=raw[:16]))
