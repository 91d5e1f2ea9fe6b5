"""Passphrases of key sets: from a file that only its owner may read, or asked for."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path

from chathaven.engines.vault.key_file import TooOpen, read_private
from chathaven.engines.vault.key_set import SHORTEST_PASSPHRASE, KeySet, NoKeySet, read_key_set
from chathaven.entry.cli.refusal import Refusal

NONE = "no passphrase protects this file"
"""What stands for none. Everybody may read it here, and so a set under it is as open as its file."""


def new_passphrase(file: Path | None, *, ask: bool) -> str:
    """Returns the passphrase for a new key set: of the file, asked for twice, or none.

    Raises:
        Refusal: there is nobody to ask, the file cannot be read, or it is too short.
    """
    if file is None and not ask:
        return NONE
    found = _read(file) if file is not None else _ask("Passphrase for the keys: ")
    if file is None and _ask("Once more: ") != found:
        raise Refusal("The two are not the same")
    if len(found) < SHORTEST_PASSPHRASE:
        raise Refusal(f"A passphrase has {SHORTEST_PASSPHRASE} characters or more")
    return found


def open_key_set(path: Path, file: Path | None) -> tuple[str, KeySet]:
    """Reads a key set, and asks for its passphrase where it has one and none was given.

    Raises:
        NoKeySet: it is none, is not whole, or the passphrase is another one.
        Refusal: there is nobody to ask, or the file with the passphrase cannot be read.
        OSError: it cannot be read.
    """
    if file is not None:
        secret = _read(file)
        return secret, read_key_set(path, secret)
    try:
        return NONE, read_key_set(path, NONE)
    except NoKeySet:
        if not sys.stdin.isatty():
            raise
    secret = _ask(f"Passphrase of {path}: ")
    return secret, read_key_set(path, secret)


def _ask(words: str) -> str:
    if not sys.stdin.isatty():
        raise Refusal("Nobody is there to be asked for a passphrase: name --passphrase-file")
    return getpass(words)


def _read(file: Path) -> str:
    try:
        return read_private(file).decode("utf-8").rstrip("\r\n")
    except TooOpen as error:
        raise Refusal(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Refusal(f"{file} cannot be read: {reason}") from None
