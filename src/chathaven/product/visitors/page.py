"""What is kept of the address of a page."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 500


def stripped(address: str | None) -> str | None:
    """Returns an http(s) address without user, query and fragment (A-25-4), or None."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"[:LONGEST]


def origin_of(address: str | None) -> str | None:
    """Returns the origin of an address that was kept."""
    if not address:
        return None
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
