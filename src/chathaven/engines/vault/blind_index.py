"""Keyed hashes beside sealed columns, so that a person can be found by an exact value."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

import idna

LENGTH = 16
"""Bytes kept of the hash: 128 bits."""


def normalise(kind: str, value: str) -> str:
    """Returns the form in which two spellings of the same thing are equal.

    E-mail addresses: trimmed, NFC, lower case, the domain in its ASCII form (IDNA). No tricks
    with dots or plus signs: those are other addresses. Phone numbers: digits, of whatever
    script, and a leading plus.
    """
    text = unicodedata.normalize("NFC", value.strip())
    if kind == "phone":
        digits = (str(unicodedata.decimal(c)) for c in text if c.isdecimal())
        return ("+" if text.startswith("+") else "") + "".join(digits)
    # Lower case may come apart into other code points, so composed once more.
    text = unicodedata.normalize("NFC", text.lower())
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    try:
        # IDNA 2008, in which straße.de and strasse.de are two domains; the codec of Python's
        # library takes them for one.
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return text


def blind_index(key: bytes, kind: str, value: str) -> bytes:
    """Returns HMAC-SHA-256 of kind and normalised value, cut to 128 bits."""
    message = kind.encode() + b"\0" + normalise(kind, value).encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:LENGTH]
