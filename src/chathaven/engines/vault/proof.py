"""What signed documents say by hashes: which one they follow, and who may call them their own."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from chathaven.engines.vault.canonical import canonical

FIRST = "0" * 64
"""Stands for the document before the first."""
_HOLDER = b"chathaven-holder-1\0"


def document_hash(document: dict[str, Any] | None) -> str:
    """Returns the SHA-256 by which another document names this one.

    Raises:
        NotCanonical: it holds a value that no signed document holds.
    """
    return hashlib.sha256(canonical(document)).hexdigest() if document else FIRST


def data_map_hash(columns: str, stores: Iterable[str]) -> str:
    """Returns the SHA-256 over the map and the list of all stores: none can be left out unseen."""
    whole = {"columns_sha256": columns, "stores": sorted(stores)}
    return hashlib.sha256(canonical(whole)).hexdigest()


def holder_of(nonce: bytes) -> str:
    """Returns the hash by which whoever has the nonce shows that a document is theirs."""
    return hashlib.sha256(_HOLDER + nonce).hexdigest()


def is_holder(holder: str | None, nonce: str) -> bool:
    """Whether a nonce, as it was handed out (hex), is the one behind a holder's hash."""
    try:
        given = bytes.fromhex(nonce.strip())
    except ValueError:
        return False
    return holder is not None and hmac.compare_digest(holder_of(given), holder)
