"""`chathaven verify FILE`: checks certificates, a signed PDF, an export or a backup, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from chathaven.base.settings import Settings
from chathaven.engines.backup.ledgers import FOLDER
from chathaven.engines.ledger import FILE_NAME as LEDGER
from chathaven.engines.vault.canonical import NotCanonical
from chathaven.engines.vault.signed_zip import MAGIC
from chathaven.engines.vault.signing import FILE_NAME, Checker, NotGenuine, Signing
from chathaven.entry.cli.given_keys import given_keys
from chathaven.entry.cli.refusal import Refusal
from chathaven.entry.cli.verify_backup import (
    is_backup,
    is_key_set,
    refuse_key_set,
    verify_backup,
)
from chathaven.product.audit.anchors import anchor_file
from chathaven.product.legal.examine import Verdict, examine, examine_zip, read_document
from chathaven.product.legal.examine_erasure import is_erasure
from chathaven.product.legal.examine_ledger import Given, examine_anchors, examine_ledger

_LARGEST = 50_000_000


class Kept(NamedTuple):
    """Copies that certificates of erasure are compared with; None for one that is not there."""

    ledger: Path | None = None
    anchors: Path | None = None


def verify(
    settings: Settings,
    file: Path,
    key: str | None,
    nonce: str | None = None,
    kept: Kept | None = None,
) -> int:
    """Prints what a file proves; returns 1 when it proves nothing.

    `key` is a public key, or a file that holds keys as /.well-known/chathaven-keys.json does.
    Without it the installation's own keys are taken from its data folder. `nonce` is what a person
    was given with their erasure: it returns 1 as well when the certificate is not theirs. Where
    `kept` names no ledger, the installation's own is taken, unless a key was given.

    Raises:
        Refusal: the file or the keys cannot be read.
    """
    if is_key_set(file):
        return refuse_key_set(file)
    checker = _own_keys(settings) if key is None else given_keys(key)
    if is_backup(file):
        return verify_backup(file, checker)
    verdict = _examine(file, checker, nonce)
    for line in verdict.lines:
        print(line)
    if not verdict.genuine:
        return 1
    if nonce is not None and verdict.yours is None:
        print("Whose it is cannot be asked with --nonce: it is no certificate of erasure.")
    stands = _stands_in_ledger(settings, file, checker, kept or Kept(), is_own=key is None)
    return 0 if stands and (nonce is None or verdict.yours is True) else 1


def _stands_in_ledger(
    settings: Settings, file: Path, checker: Checker, kept: Kept, *, is_own: bool
) -> bool:
    """Compares certificates with the ledger and its anchors, where there are any; says so."""
    own = settings.data / FOLDER / LEDGER
    path = kept.ledger or (own if is_own and own.exists() else None)
    certificates = _certificates(file)
    if path is None or not certificates:
        return True
    try:
        given = Given(path.read_bytes(), path)
        lines = examine_ledger(certificates, given)
        accounts = sorted({str(each["account_id"]) for each in certificates})
        anchors = [anchor_file(settings.data, UUID(each)) for each in accounts if is_own]
        for each in [kept.anchors] if kept.anchors else filter(Path.exists, anchors):
            lines += examine_anchors(each.read_bytes(), given, checker)
    except OSError as error:
        raise Refusal(f"{error.filename} cannot be read: {error.strerror}") from None
    except NotGenuine as error:
        print(f"THE LEDGER DOES NOT BEAR IT OUT. {error}")
        return False
    for line in lines:
        print(line)
    return True


def _certificates(file: Path) -> list[dict[str, Any]]:
    """Returns the certificates of erasure in a file that was examined; none of another kind."""
    with file.open("rb") as opened:
        if opened.read(len(MAGIC)) == MAGIC:
            return []
    try:
        document = read_document(file.read_bytes())
    except NotCanonical:
        return []
    if not is_erasure(document):
        return []
    return document if isinstance(document, list) else [document]


def _examine(file: Path, checker: Checker, nonce: str | None) -> Verdict:
    try:
        with file.open("rb") as opened:
            if opened.read(len(MAGIC)) == MAGIC:
                # An export may be larger than memory: it is read piece by piece.
                return examine_zip(opened, checker)
            opened.seek(0)
            body = opened.read(_LARGEST + 1)
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None
    if len(body) > _LARGEST:
        raise Refusal(f"{file} is larger than anything that we sign")
    return examine(body, checker, nonce)


def _own_keys(settings: Settings) -> Checker:
    path = settings.data / FILE_NAME
    if not path.exists():
        # Looking must not make a key.
        raise Refusal(f"There is no {path}: name the data folder with --data, or a key with --key")
    return Signing.open(path).checker
