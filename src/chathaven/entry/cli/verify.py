"""`chathaven verify FILE`: checks certificates, a signed PDF or an export, offline."""

from __future__ import annotations

from pathlib import Path

from chathaven.base.settings import Settings
from chathaven.engines.vault.signed_zip import MAGIC
from chathaven.engines.vault.signing import FILE_NAME, Checker, Signing
from chathaven.entry.cli.refusal import Refusal
from chathaven.product.legal.examine import Verdict, examine, examine_zip

_LARGEST = 50_000_000


def verify(settings: Settings, file: Path, key: str | None, nonce: str | None = None) -> int:
    """Prints what a file proves; returns 1 when it proves nothing.

    `key` is a public key, or a file that holds keys as /.well-known/chathaven-keys.json does.
    Without it the installation's own keys are taken from its data folder. `nonce` is what a person
    was given with their erasure: it returns 1 as well when the certificate is not theirs.

    Raises:
        Refusal: the file or the keys cannot be read.
    """
    checker = _own_keys(settings) if key is None else _given_keys(key)
    verdict = _examine(file, checker, nonce)
    for line in verdict.lines:
        print(line)
    return 0 if verdict.genuine and (nonce is None or verdict.yours is True) else 1


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


def _given_keys(key: str) -> Checker:
    try:
        path = Path(key)
        text = path.read_text("utf-8") if path.is_file() else key
        return Checker.of(text)
    except (OSError, ValueError):
        raise Refusal(
            "--key takes a public key, or a file with keys as /.well-known/chathaven-keys.json"
        ) from None
