"""The files of chats in a restore: those that the restored database names, and no others."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from chathaven.base.settings import Settings
from chathaven.engines.backup.archive import FILES, Archive
from chathaven.engines.backup.create import Tell
from chathaven.engines.backup.files_part import bring_files
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.files.objects import Away, Objects

_NAMED = (
    "SELECT FROM files WHERE account_id = %s AND visitor_id = %s"
    " AND %s IN (object_name, thumbnail_name)"
)
_EXPECTED = "SELECT count(object_name) + count(thumbnail_name) FROM files"


class BroughtFiles(NamedTuple):
    """How many objects came back, how many were left out, and how many are nowhere.

    `held` is whether the backup holds files at all.
    """

    held: bool
    files: int
    left_out: int
    missing: int


def restore_files(there: Settings, archive: Archive, dsn: str, tell: Tell) -> BroughtFiles:
    """Brings files into the store of the installation that is built.

    Called when everybody who was erased is out of its database, which `dsn` sees whole: nobody's
    file comes back, for a moment either.

    Raises:
        BackupError: the backup cannot be read, or the store not be written to.
    """
    if not archive.has(FILES):
        return BroughtFiles(False, 0, 0, 0)
    with psycopg.connect(dsn) as connection:
        row = connection.execute(_EXPECTED).fetchone()
        expected = row[0] if row else 0
        try:
            brought = bring_files(
                Objects.open(there),
                archive.pieces(FILES),
                lambda name: _is_named(connection, name),
                tell,
            )
        except Away:
            raise BackupError(
                "The store of files cannot be written to; nothing was changed"
            ) from None
    return BroughtFiles(True, brought.files, brought.left_out, expected - brought.files)


def _is_named(connection: psycopg.Connection[Any], name: str) -> bool:
    try:
        account, person, own = name.split("/")
        ids = UUID(account), UUID(person)
    except ValueError:
        return False
    return connection.execute(_NAMED, (*ids, own)).fetchone() is not None


def in_words(brought: BroughtFiles) -> str:
    """Returns what became of the files, for people."""
    if not brought.held:
        return "The backup holds no files of chats: those in the store stay as they are."
    said = f"{brought.files} objects of files came back"
    if brought.left_out:
        said += f", {brought.left_out} of people and messages that are not here any more did not"
    if brought.missing:
        said += f"; {brought.missing} that are named are not in the backup"
    return f"{said}."
