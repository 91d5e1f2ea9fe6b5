"""How letters travel to the mail server: encrypted, or in the open."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit


class Tls(StrEnum):
    """Whether the way to the mail server is encrypted; `smtps://` always is."""

    REQUIRED = "required"
    """Without it no letter goes out."""
    OFFERED = "offered"
    """Where the server offers it; whoever sits on the way can make it look as if it did not."""
    NONE = "none"
    """Never, for a server that offers what it cannot do."""


LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_PORTS = {"smtp": 587, "smtps": 465}


def host_and_port(url: str) -> tuple[str, int]:
    """Returns where a mail server listens."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


def is_encrypted_from_the_start(url: str) -> bool:
    """Whether the first byte is encrypted already (implicit TLS)."""
    return urlsplit(url).scheme == "smtps"


def usual(url: str | None) -> Tls:
    """Returns what holds where nothing is said: required, but for a server on this machine."""
    if url is not None and not is_encrypted_from_the_start(url) and _is_here(url):
        return Tls.OFFERED
    return Tls.REQUIRED


def why_not(url: str | None, tls: Tls) -> str | None:
    """Returns why an address and what was chosen for it do not go together; None when they do."""
    if url is None or tls is Tls.REQUIRED:
        return None
    if is_encrypted_from_the_start(url):
        return "smtps:// is always encrypted"
    if urlsplit(url).username is not None and not _is_here(url):
        return "the password of CHATHAVEN_SMTP_URL would cross the network in the open"
    return None


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK_NAMES
