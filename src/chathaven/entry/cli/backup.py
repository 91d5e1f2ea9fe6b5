"""`chathaven backup FILE`: the data, its keys apart, and the ledger of erasures apart."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from chathaven.base.clock import now
from chathaven.base.settings import Settings
from chathaven.engines.backup.create import LAST, Made, copy_ledger, create
from chathaven.engines.backup.ledgers import FOLDER
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.database.embedded import running
from chathaven.engines.database.given import prepare
from chathaven.engines.files.objects import Away, Objects
from chathaven.engines.ledger import Ledger
from chathaven.engines.vault.key_set import KeySet, write_key_set
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.entry import slices
from chathaven.entry.cli.passphrase import NONE, new_passphrase
from chathaven.entry.cli.progress import Progress, size_of
from chathaven.entry.cli.refusal import Refusal

assert slices.HANDLERS, "the data map says which tables hold keys"


def backup(
    settings: Settings,
    file: Path,
    *,
    keys: Path | None,
    secret: Path | None,
    ask: bool,
    no_keys: bool,
    no_files: bool = False,
) -> int:
    """Writes a backup, with the server running or at rest; returns the exit status.

    `secret` is a file with the passphrase of the keys, and `ask` says to ask for one. `no_files`
    leaves the files of chats out, where their store is copied by other means.

    Raises:
        BackupError: it cannot be made; nothing is left under its name.
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: there is nothing to back up, or the disk does not take it.
    """
    path = file.absolute()
    # Asked before the work, so that nobody has to wait for the question.
    words = None if no_keys else new_passphrase(secret, ask=ask)
    made = write(settings, path, files=not no_files)
    held = f"{made.rows} rows, {_files(made)}, {size_of(made.size)}"
    print(f"{path}: {held}, of {made.manifest.created_at}")
    _remember(settings)
    ledger = beside(path, "ledger")
    erasures = copy_ledger(Ledger(settings.data / FOLDER), ledger)
    print(f"{ledger}: {erasures} erasures; a newer copy is always the better one")
    # Last, for where keys go is another disk, and what fails there leaves the rest whole.
    if words is None:
        print("The keys are not copied: chathaven keys export does that")
    else:
        where = (keys or beside(path, "keys")).absolute()
        write_keys(settings, where, words)
        under = "under no passphrase" if words == NONE else "under the passphrase"
        print(f"{where}: the keys, {under}. Keep them elsewhere, apart from the rest")
    return 0


def _remember(settings: Settings) -> None:
    """Notes for `doctor` when the last backup was made; not where, for it may be moved."""
    with contextlib.suppress(OSError):
        (settings.data / LAST).write_text(f"{now():%Y-%m-%dT%H:%M:%SZ}\n", "ascii")


def _files(made: Made) -> str:
    count = made.manifest.files
    return "no files of chats" if count is None else f"{count} objects of files"


def write(settings: Settings, path: Path, *, files: bool = True) -> Made:
    """Writes the data's file alone; see `backup`."""
    with wide(settings) as dsn, Progress() as progress:
        signing = Signing.open(settings.data / FILE_NAME)
        objects = Objects.open(settings) if files else None
        ledger = Ledger(settings.data / FOLDER)
        try:
            return create(dsn, settings.data, signing, ledger, objects, path, progress)
        except Away:
            raise Refusal(
                "The store of files cannot be reached; nothing was written. Say --no-files to leave"
                " the files of chats out"
            ) from None
        except OSError as error:
            raise Refusal(
                f"{path} cannot be written: {os.strerror(error.errno or 0)}; nothing is left of it"
            ) from None


def write_keys(settings: Settings, path: Path, words: str) -> KeySet:
    """Writes the keys' file alone, under a passphrase; see `backup`."""
    try:
        with wide(settings) as dsn, psycopg.connect(dsn) as connection:
            signing = (settings.data / FILE_NAME).read_bytes()
            return write_key_set(connection, Keyring.of(settings), path, words, signing)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from None
    except LostRoot as error:
        raise Refusal(str(error)) from None


def beside(path: Path, what: str) -> Path:
    """Returns the name of what belongs to a backup: FILE.keys, FILE.ledger."""
    return path.with_name(f"{path.name}.{what}")


@contextmanager
def wide(settings: Settings) -> Iterator[str]:
    """Gives the way into the database that sees the rows of all accounts."""
    given = prepare(settings)
    if given is not None:
        yield given.owner
        return
    if not (settings.data / "postgres" / "cluster").is_dir():
        raise BackupError(f"There is no installation in {settings.data}: nothing to back up")
    with running(settings.data / "postgres", os_user=settings.database_os_user) as way:
        yield way.launcher
