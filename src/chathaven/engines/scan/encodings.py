"""The shapes that a text takes on its way through programs: how a canary may look in a file."""

from __future__ import annotations

import base64
import hashlib
import json
import quopri
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote

import idna

from chathaven.engines.scan.canary import Canary, Script
from chathaven.engines.vault.blind_index import normalise

WINDOW = 12
"""Bytes of a fragment that is still recognised."""
_SYMBOLS = {Script.EMOJI: 4, Script.CJK: 3}
"""Letters of these take more bytes, so a fragment of them is taken longer where it must be."""

Spelling = tuple[str, bytes]


def spellings(canary: Canary) -> Iterator[Spelling]:
    """Yields every shape that is searched for, with its name; some come more than once."""
    if canary.sample:
        yield "bytes", canary.sample
        yield from _around_bytes(canary.sample)
        return
    for case, text in _forms(canary.text):
        for name, spell in _ENCODERS.items():
            try:
                yield f"{name}{case}", spell(text)
            except UnicodeEncodeError:
                continue
        yield from ((f"{name}{case}", raw) for name, raw in _fragments(canary, text))
    if canary.script is Script.ADDRESS:
        yield from _of_address(canary.text)


def _forms(text: str) -> Iterator[tuple[str, str]]:
    """Yields a text as it is, in other cases, composed and decomposed, each once."""
    known = set()
    for case, cased in (
        ("", text),
        (", lower case", text.lower()),
        (", upper case", text.upper()),
        (", case folded", text.casefold()),
    ):
        composed, apart = unicodedata.normalize("NFC", cased), unicodedata.normalize("NFD", cased)
        for shape, name in ((composed, ""), (apart, ", decomposed")):
            if shape not in known:
                known.add(shape)
                yield f"{case}{name}", shape


def _utf8(text: str) -> bytes:
    return text.encode()


def _url(text: str) -> bytes:
    return quote(text, safe="").encode()


def _url_small(text: str) -> bytes:
    return b"".join(
        bytes([byte]) if chr(byte).isascii() and (chr(byte).isalnum() or byte in b"-._~")
        else b"%%%02x" % byte
        for byte in text.encode()
    )  # fmt: skip


def _url_whole(text: str) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in text.encode())


def _html(text: str, number: str) -> bytes:
    return "".join(c if c.isascii() else f"&#{number % ord(c)};" for c in text).encode()


def _json_whole(text: str) -> bytes:
    units = text.encode("utf-16-be")
    return b"".join(b"\\u%02x%02x" % (units[n], units[n + 1]) for n in range(0, len(units), 2))


_ENCODERS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": _utf8,
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: text.encode("utf-16-be"),
    "Latin-1": lambda text: text.encode("latin-1"),
    "URL": _url,
    "URL twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
    "URL, small digits": _url_small,
    "URL, every byte": _url_whole,
    "HTML, decimal": lambda text: _html(text, "%d"),
    "HTML, hexadecimal": lambda text: _html(text, "x%x"),
    "HTML, every letter": lambda text: "".join(f"&#{ord(c)};" for c in text).encode(),
    "JSON": lambda text: json.dumps(text)[1:-1].encode(),
    "JSON, every letter": _json_whole,
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "hex of UTF-16": lambda text: text.encode("utf-16-le").hex().encode(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).replace(b"=\n", b""),
}


def _fragments(canary: Canary, text: str) -> Iterator[Spelling]:
    """Yields every window of a long canary, plain, as base64 and as quoted-printable.

    Each holds enough of the random part to be told from every other canary. A base64 text
    holds, wherever the canary begins in it and wherever a line of mail is broken, windows that
    begin on a group of three bytes: so these are the three alignments, wrapped or not.
    """
    raw = text.encode()
    # A change of case may move the random part by a few letters, never before its hyphen.
    begin = max(0, len(text[: canary.tag].encode()) - 6) if canary.tag else 0
    size = max(WINDOW, 4 * _SYMBOLS.get(canary.script, 1) + 4)
    for at in range(begin, len(raw) - size + 1):
        window = raw[at : at + size]
        yield "fragment", window
        even = window[: size // 3 * 3]
        coded = base64.b64encode(even)
        yield "base64", coded
        if b"+" in coded or b"/" in coded:
            yield "base64url", base64.urlsafe_b64encode(even)
        shown = quopri.encodestring(window).replace(b"=\n", b"")
        if shown != window:
            yield "quoted-printable fragment", shown


def _of_address(text: str) -> Iterator[Spelling]:
    """Yields what is special to addresses: the domain as DNS spells it, and unsalted hashes."""
    local, _, domain = text.partition("@")
    ascii_domain = idna.encode(domain, uts46=True)
    yield "domain in punycode", ascii_domain
    yield "domain", domain.encode()
    yield "domain, decomposed", unicodedata.normalize("NFD", domain).encode()
    for shape in {text, text.lower(), normalise("email", text), f"{local}@{ascii_domain.decode()}"}:
        for name in ("sha256", "sha1", "md5"):
            digest = hashlib.new(name, shape.encode(), usedforsecurity=False).digest()
            # Its first half is enough, and finds hashes that were cut.
            half = digest[:16]
            yield f"{name} of it", half
            yield from ((f"{name} of it in {how}", raw) for how, raw in _around_bytes(half))


def _around_bytes(raw: bytes) -> Iterator[Spelling]:
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for skipped in range(3):
        even = raw[skipped : skipped + (len(raw) - skipped) // 3 * 3]
        yield "base64", base64.b64encode(even)
        yield "base64url", base64.urlsafe_b64encode(even)
