"""Making a backup: data and files in one file, the ledger of erasures in another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

import chathaven
from chathaven.base.clock import now
from chathaven.engines.backup import archive
from chathaven.engines.backup.archive import Manifest, writing
from chathaven.engines.backup.dump import dump, key_versions, snapshot
from chathaven.engines.backup.files_part import write_files
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.backup.whole_file import fresh_file
from chathaven.engines.files.objects import Objects
from chathaven.engines.ledger import Ledger, read
from chathaven.engines.vault.signing import Signing

LAST = "last-backup"
"""The file in the data folder that says when the last backup was made."""
Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much it is in all."""


class Made(NamedTuple):
    """A backup that was made: rows and files in all, and bytes of its file."""

    rows: int
    size: int
    manifest: Manifest


def create(
    dsn: str,
    data: Path,
    signing: Signing,
    ledger: Ledger,
    objects: Objects | None,
    path: Path,
    tell: Tell,
) -> Made:
    """Writes a backup of the database, of the files of chats and of the installation's own files.

    `dsn` signs in as somebody who sees the rows of all accounts. What the backup holds is one
    moment of the database, while others write to it. Without `objects` it holds no files of chats.

    Raises:
        Away: the store of files cannot be reached; nothing is left of the backup.
        BackupError: it cannot be made; nothing is left of it.
        OSError: the disk is full, or fails; nothing is left of it.
    """
    with writing(path) as writer:
        # Before the moment that is held: whoever goes on by it finds what came later.
        moment = now()
        with snapshot(dsn) as held:
            head = ledger.head()
            with writer.part(archive.DUMP) as write:
                dump(dsn, held, write, tell)
            writer.whole(archive.VERSIONS, key_versions(held))
        # Not while the moment is held: the database tidies up nothing that is newer than it.
        files = None
        if objects is not None:
            with writer.part(archive.FILES) as write:
                files = write_files(objects, write, tell)
        writer.whole(archive.PUBLIC_KEYS, msgspec.json.encode(signing.public))
        installation = data / archive.INSTALLATION
        if installation.is_file():
            writer.whole(archive.INSTALLATION, installation.read_bytes())
        manifest = Manifest(
            format=archive.FORMAT,
            chathaven=chathaven.__version__,
            migration=held.migration,
            postgresql=held.server_version,
            created_at=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            counts=held.counts,
            without=held.without,
            files=files,
            ledger=head,
            parts=writer.parts,
        )
        writer.close(manifest, signing)
    return Made(sum(held.counts.values()), path.stat().st_size, manifest)


def copy_ledger(ledger: Ledger, path: Path) -> int:
    """Copies the ledger of erasures; returns how many it holds.

    A copy that is there already is replaced.

    Raises:
        BackupError: the copy cannot be written.
    """
    body = ledger.body()
    try:
        with fresh_file(path) as file:
            file.write(body)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from None
    return read(body, path).erasures
