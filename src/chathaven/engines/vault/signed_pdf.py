"""A signature inside a PDF: one comment line before `startxref`.

A comment may stand between any two objects (ISO 32000-1, 7.2.3). There it moves no offset, and
unlike a line after `%%EOF` it keeps the file a PDF/A. The signature is over all other bytes.
"""

from __future__ import annotations

import re

from chathaven.engines.vault.signing import Checker, NotGenuine, Signing

_LINE = re.compile(rb"%chathaven-signature-1 Ed25519 ([0-9a-f]{16}) ([A-Za-z0-9_-]{86})\n")
_END = re.compile(rb"startxref\n\d+\n%%EOF\n?\Z")


def sign_pdf(signing: Signing, pdf: bytes) -> bytes:
    """Returns a PDF with the installation's signature in it.

    Raises:
        ValueError: these bytes do not end as a PDF ends, or bear a signature.
    """
    end = _END.search(pdf)
    if end is None or _LINE.search(pdf):
        raise ValueError("this is not a PDF without a signature")
    line = b"%%chathaven-signature-1 Ed25519 %b %b\n" % (
        signing.key_id.encode(),
        signing.sign_bytes(pdf).encode(),
    )
    return pdf[: end.start()] + line + pdf[end.start() :]


def check_pdf(checker: Checker, pdf: bytes) -> str:
    """Checks a PDF made by `sign_pdf`. Returns the id of the key that signed it.

    Raises:
        NotGenuine: it bears no signature, was changed, or another key signed it.
    """
    found = list(_LINE.finditer(pdf))
    end = _END.search(pdf)
    if end is None:
        raise NotGenuine("It is not a whole PDF.")
    if len(found) != 1 or found[0].end() != end.start():
        raise NotGenuine("It bears no signature.")
    key_id, value = found[0].group(1).decode(), found[0].group(2).decode()
    checker.check_bytes(pdf[: found[0].start()] + pdf[found[0].end() :], key_id, value)
    return key_id
