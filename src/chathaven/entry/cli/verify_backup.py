"""What `chathaven verify` says of a backup, and of a copy of keys: as much as no passphrase is for."""

from __future__ import annotations

from pathlib import Path

from chathaven.engines.backup.archive import DUMP, Archive, opening
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.vault.key_set import FORMAT as KEY_SET
from chathaven.engines.vault.signed_zip import MAGIC
from chathaven.engines.vault.signing import Checker
from chathaven.entry.cli.progress import Progress

_HEAD = 200
_NAME = 30
"""Where the name of the first part stands in a ZIP."""


def is_backup(file: Path) -> bool:
    """Whether a file begins as a backup does, whole or not."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError:
        return False
    # A ZIP whose first part is the database.
    return head.startswith(MAGIC) and head[_NAME:].startswith(DUMP.encode())


def is_key_set(file: Path) -> bool:
    """Whether a file begins as a copy of keys does."""
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD).startswith(b'{"format":"%s"' % KEY_SET.encode())
    except OSError:
        return False


def verify_backup(file: Path, checker: Checker) -> int:
    """Reads a backup to its end, and prints what holds; returns 1 when something does not.

    `checker` knows the keys of the installation that it should be of.
    """
    try:
        with opening(file) as archive, Progress() as progress:
            archive.check(lambda done, total: progress("reading the backup", done, total))
            key_id = archive.signed_by(checker)
            lines = _lines(archive, key_id)
    except BackupError as error:
        print(f"NOT WHOLE, or another's. {error}")
        return 1
    for line in lines:
        print(line)
    return 0


def _lines(archive: Archive, key_id: str) -> list[str]:
    made = archive.manifest
    files = "no files of chats" if made.files is None else f"{made.files} objects of files"
    rows = sum(made.counts.values())
    return [
        f"This is a backup of {made.created_at}, by Chathaven {made.chathaven}.",
        f"It holds {rows} rows and {files}; each of its parts is as it was written.",
        f"Their list is signed with key {key_id}.",
        f"A restore asks for a ledger that goes to line {made.ledger.number} at least.",
        "NOT LOOKED AT: whether your copy of the keys opens what is in it. That takes the keys:",
        "chathaven drill, or chathaven restore into an empty folder.",
    ]


def refuse_key_set(file: Path) -> int:
    """Says that a copy of keys proves nothing by itself; returns 1."""
    print(f"{file} is a copy of keys, sealed as a whole: nothing of it can be checked here.")
    print("chathaven restore BACKUP --keys KEYS --data EMPTY shows whether it opens a backup.")
    return 1
