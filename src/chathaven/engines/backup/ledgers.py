"""Which ledgers of erasures a restore goes by, and what the installation keeps of them.

There may be several: the one that is here, a copy that was kept elsewhere, and those of earlier
restores. All are replayed. Where one contains another, the longer one is kept; where they differ,
as after a loss, the other is kept beside it, for an older backup may hold somebody whom only that
one knows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from chathaven.engines.backup.refused import BackupError
from chathaven.engines.ledger import FILE_NAME, Head, NotALedger, Read, read

FOLDER = "ledger"


class Held(NamedTuple):
    """A ledger: the bytes of its file, and what they say."""

    body: bytes
    read: Read

    @property
    def head(self) -> Head:
        """How far it goes."""
        lines = self.read.lines
        return Head(lines[-1].number, lines[-1].hash) if lines else Head(0, "")


def gather(data: Path, given: Iterable[Path]) -> list[Held]:
    """Reads the ledgers of an installation and those that were given; none that another contains.

    Raises:
        BackupError: a file is no ledger, or cannot be read.
    """
    found: list[Held] = []
    for path in [*sorted((data / FOLDER).glob("*.jsonl")), *given]:
        try:
            body = path.read_bytes()
            found.append(Held(body, read(body, path)))
        except OSError as error:
            raise BackupError(f"{path} cannot be read: {error.strerror}") from None
        except NotALedger as error:
            raise BackupError(str(error)) from None
    kept: list[Held] = []
    for each in sorted(found, key=lambda held: -len(held.read.lines)):
        if not any(_contains(other, each) for other in kept):
            kept.append(each)
    return kept


def _contains(longer: Held, shorter: Held) -> bool:
    same = longer.read.first == shorter.read.first
    return same and not shorter.read.faults and longer.read.holds(shorter.head)


def faults(held: Iterable[Held]) -> list[str]:
    """Returns what is wrong with the ledgers, in one sentence each."""
    return [fault for each in held for fault in each.read.faults]


def keep(held: list[Held], staged: Path, first: Held | None) -> None:
    """Writes the ledgers into a folder that is being built; `first` is the one that goes on."""
    folder = staged / FOLDER
    folder.mkdir(mode=0o700)
    for each in held:
        name = f"erasures-{hashlib.sha256(each.body).hexdigest()[:8]}.jsonl"
        handle = os.open(
            folder / (FILE_NAME if each is first else name),
            os.O_WRONLY | os.O_CREAT | os.O_EXCL,
            0o600,
        )
        with os.fdopen(handle, "wb") as file:
            file.write(each.body)
            os.fsync(file.fileno())
