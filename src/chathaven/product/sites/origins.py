"""The origins on which a site's widget may stand."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason

MOST = 100
_LONGEST = 300
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._:[]")


def origins(given: list[str]) -> list[str]:
    """Returns origins as browsers send them (RFC 6454), each once, in the order given.

    Raises:
        Invalid: one of them is no origin of a web page; the field names which.
    """
    if len(given) > MOST:
        raise Invalid.field("allowed_origins", Reason.TOO_MANY, max=MOST)
    return list(dict.fromkeys(_origin(number, text) for number, text in enumerate(given)))


def _origin(number: int, text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        host = _host(parts)
    except ValueError:
        raise _not_taken(number) from None
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or len(text) > _LONGEST)
    if parts.scheme not in _DEFAULT_PORTS or parts.path not in ("", "/") or not plain:
        raise _not_taken(number)
    suffix = "" if port is None or port == _DEFAULT_PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def _host(parts: SplitResult) -> str:
    """Returns the host in the form of the wire: lower case, IDNA, brackets around IPv6."""
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        return f"[{host}]"
    host = host.encode("idna").decode().lower()
    if not host or not set(host) <= _HOST_CHARACTERS or "" in host.split("."):
        raise ValueError
    return host


def _not_taken(number: int) -> Invalid:
    return Invalid.field(f"allowed_origins[{number}]", Reason.ORIGIN)
