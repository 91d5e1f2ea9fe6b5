"""Asking for a passphrase: at the terminal, or from a file that only its owner may read."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path

from chathaven.engines.vault.key_file import TooOpen, read_private
from chathaven.engines.vault.key_set import SHORTEST_PASSPHRASE
from chathaven.entry.cli.refusal import Refusal


def passphrase(file: Path | None, *, new: bool) -> str:
    """Returns the passphrase of a key set; a new one is asked for twice.

    Raises:
        Refusal: there is nobody to ask, the file cannot be read, or a new one is too short.
    """
    if file is not None:
        found = _read(file)
    elif sys.stdin.isatty():
        found = getpass("Passphrase of the keys: ")
        if new and getpass("Once more: ") != found:
            raise Refusal("The two are not the same")
    else:
        raise Refusal("Nobody is there to be asked for a passphrase: name --passphrase-file")
    if new and len(found) < SHORTEST_PASSPHRASE:
        raise Refusal(f"A passphrase has {SHORTEST_PASSPHRASE} characters or more")
    return found


def _read(file: Path) -> str:
    try:
        return read_private(file).decode("utf-8").rstrip("\r\n")
    except TooOpen as error:
        raise Refusal(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Refusal(f"{file} cannot be read: {reason}") from None
