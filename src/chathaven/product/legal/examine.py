"""Saying what a signed file proves, in plain words."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

import msgspec

from chathaven.engines.vault.canonical import NotCanonical, read_strictly
from chathaven.engines.vault.signed_pdf import check_pdf
from chathaven.engines.vault.signed_zip import MAGIC, check_zip
from chathaven.engines.vault.signing import Checker, NotGenuine

LARGEST_EXPORT = 100_000_000
"""Unpacked; what a page that is open to everybody takes the time for."""
ERASURE = "chathaven-erasure-certificate-"


class Verdict(msgspec.Struct, frozen=True):
    """Whether a file is genuine, and what follows from that, sentence by sentence."""

    genuine: bool
    lines: tuple[str, ...]


def examine(body: bytes, checker: Checker) -> Verdict:
    """Checks a certificate (JSON), a signed PDF or an export with public keys alone."""
    try:
        if body.startswith(MAGIC):
            return examine_zip(BytesIO(body), checker, LARGEST_EXPORT)
        if body.startswith(b"%PDF-"):
            return _pdf(check_pdf(checker, body))
        document = read_strictly(body.strip())
        return _document(document, checker.check(document))
    except NotCanonical:
        lines: tuple[str, ...] = ("It is neither a PDF nor a ZIP nor a document that we sign.",)
    except NotGenuine as error:
        lines = (str(error),)
    return Verdict(False, ("NOT GENUINE.", *lines))


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


def _document(document: dict[str, Any], key_id: str) -> Verdict:
    head = f"GENUINE: signed by the installation with the key {key_id}."
    if not str(document.get("format", "")).startswith(ERASURE):
        return Verdict(
            True,
            (head, "It proves that the installation made this document and nobody changed it."),
        )
    stores = document.get("stores", ())
    removed = sum(each["removed"] for each in stores)
    subject = document["subject"]
    return Verdict(
        True,
        (
            head,
            (
                f"It proves that the installation says: one {subject['kind']} of account"
                f" {document['account_id']} was erased, asked for at {document['requested_at']}, done"
                f" at {document['finished_at']}."
            ),
            (
                f"{removed} rows in {len(stores)} stores were removed; each store was looked through"
                " again, and nothing was left."
            ),
            f"What it claims: {document['claim']}.",
            f"What it does not cover: {document['not_covered']}.",
            (
                f"Whom it concerns is hidden in the commitment {subject['commitment']}: only who has"
                " the nonce can show that it is about them."
            ),
            (
                f"It was made by {document['software']['name']} {document['software']['version']},"
                f" data map {document['data_map_sha256'][:16]}, stage {document['stage']}."
            ),
        ),
    )
