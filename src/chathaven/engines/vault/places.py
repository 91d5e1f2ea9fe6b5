"""What a wrapped key is bound to: the one row where it opens."""

from __future__ import annotations

from uuid import UUID


def installation_place(name: str) -> bytes:
    """Returns the place of a key of the installation."""
    return b"installation|" + name.encode()


def account_place(account_id: UUID, version: int, use: bytes) -> bytes:
    """Returns the place of an account's key; `use` is `key` or `index`."""
    return b"account|%b|%d|%b" % (account_id.bytes, version, use)


def person_place(account_id: UUID, person_id: UUID, version: int) -> bytes:
    """Returns the place of a person's key."""
    return b"person|%b|%b|%d" % (account_id.bytes, person_id.bytes, version)
