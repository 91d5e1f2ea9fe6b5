"""Saying what a signed file proves, in plain words."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

import msgspec

from chathaven.engines.vault.canonical import NotCanonical, read_strictly
from chathaven.engines.vault.signed_pdf import check_pdf
from chathaven.engines.vault.signed_zip import MAGIC, check_zip
from chathaven.engines.vault.signing import Checker, NotGenuine
from chathaven.product.legal.examine_erasure import (
    NotJudged,
    check_known,
    examine_erasure,
    is_erasure,
)

PROOF = "chathaven-erasure-proof-"
PROOFS = frozenset({f"{PROOF}1"})
LARGEST_EXPORT = 100_000_000
"""Unpacked; what a page that is open to everybody takes the time for."""


class Verdict(msgspec.Struct, frozen=True):
    """Whether a file is genuine, and what follows from that, sentence by sentence.

    `yours` says whether a certificate belongs to the nonce that was given with it; None where
    none was given, or the file is no certificate. `judged` is false where this program cannot say
    whether all of it holds. `signed` is what certificates say, in the words that were signed.
    """

    genuine: bool
    lines: tuple[str, ...]
    yours: bool | None = None
    judged: bool = True
    signed: tuple[str, ...] = ()


def examine(body: bytes, checker: Checker, nonce: str | None = None) -> Verdict:
    """Checks certificates (JSON), a signed PDF or an export with public keys alone."""
    try:
        if body.startswith(MAGIC):
            return examine_zip(BytesIO(body), checker, LARGEST_EXPORT)
        if body.startswith(b"%PDF-"):
            return _pdf(check_pdf(checker, body))
        document = read_document(body)
        if is_erasure(document):
            examined = examine_erasure(document, checker, nonce)
            return Verdict(True, examined.lines, examined.yours, signed=examined.signed)
        key_id = checker.check(document)
        return _proof(document, key_id) if _is_proof(document) else _document(key_id)
    except NotJudged as error:
        return Verdict(False, ("NOT JUDGED.", str(error)), judged=False)
    except NotCanonical:
        why = _unreadable(body)
    except NotGenuine as error:
        why = str(error)
    return Verdict(False, ("NOT GENUINE.", why))


def read_document(body: bytes) -> Any:
    """Reads a document that may be signed.

    Raises:
        NotCanonical: it is none.
    """
    # Editors put a mark before a text that is copied into them.
    return read_strictly(body.removeprefix(b"\xef\xbb\xbf").strip())


def _unreadable(body: bytes) -> str:
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return "It is empty."
    if text.startswith((b"{", b"[")):
        return (
            "It begins as a document that we sign, but cannot be read to its end: something is"
            " missing, or was changed."
        )
    return "It is neither a PDF nor a ZIP nor a document that we sign."


def examine_zip(file: IO[bytes], checker: Checker, most: int | None = None) -> Verdict:
    """Checks an export that may be large. `most` bounds the bytes that it may unpack to."""
    try:
        key_id, manifest = check_zip(checker, file, most)
    except NotGenuine as error:
        return Verdict(False, ("NOT GENUINE.", str(error)))
    count = len(manifest["files"])
    return Verdict(
        True,
        (
            f"GENUINE: signed by the installation with the key {key_id}.",
            (
                f"It proves that the installation made this export at {manifest['generated_at']},"
                f" and that none of its {count} files was changed, added or taken away since."
            ),
            f"Its format is {manifest['format']}.",
        ),
    )


def _pdf(key_id: str) -> Verdict:
    return Verdict(
        True,
        (
            f"GENUINE: signed by the installation with the key {key_id}.",
            (
                "It proves that the installation made this PDF, and that no byte of it was changed"
                " since. Who signed for each side, and when, stands on its last page."
            ),
        ),
    )


def _is_proof(document: Any) -> bool:
    """Whether a document says that it is the report of `chathaven verify-erasure`."""
    return isinstance(document, dict) and str(document.get("format", "")).startswith(PROOF)


def _proof(document: dict[str, Any], key_id: str) -> Verdict:
    check_known(document, PROOFS)
    held = [claim["holds"] for claim in document["claims"]]
    shown = "PROVEN" if document["proven"] else "NOT PROVEN"
    return Verdict(
        True,
        (
            f"GENUINE: signed by the installation with the key {key_id}.",
            (
                f"It is the report of a proof of erasure, begun at {document['began_at']}: {shown},"
                f" {sum(held)} of {len(held)} claims held."
            ),
            (
                f"{document['canaries']} canaries were searched for in {len(document['searches'])}"
                f" searches. Not searched: {'; '.join(document['not_searched'])}."
            ),
        ),
    )


def _document(key_id: str) -> Verdict:
    return Verdict(
        True,
        (
            f"GENUINE: signed by the installation with the key {key_id}.",
            "It proves that the installation made this document and nobody changed it.",
        ),
    )
