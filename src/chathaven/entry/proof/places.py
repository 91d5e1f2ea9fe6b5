"""Every place that is searched: where an installation keeps anything, and what cannot be reached."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from chathaven.base.settings import Settings
from chathaven.engines.database.embedded import running
from chathaven.engines.files.objects import Missing, Objects, folder_of
from chathaven.engines.scan import redis_keys, tables
from chathaven.engines.scan.folders import Search
from chathaven.engines.scan.tables import Connection

SQL = tables.STORE
FILES = "database, its files"
LOG = "database, write-ahead log"
OUTBOX = "letters (outbox)"
OTHER = "other files of the installation"
TEMPORARY = "temporary files"
BACKUPS = "backups"
OBJECTS = "files of chats"
IN_DATABASE = frozenset({SQL, FILES, LOG, BACKUPS})
"""Where open configuration may stand: in the database, and in copies of it."""

_FOLDERS = {
    "outbox": OUTBOX,
    "exports": "exports",
    "files": OBJECTS,
    "backups": BACKUPS,
    "ledger": "ledger of erasures",
}
_LOGS = "logs"
_MEMORY_AS_FILES = Path("/dev/shm")  # noqa: S108  it is looked at, and nothing is put there


class Places:
    """The stores of one installation."""

    def __init__(
        self, settings: Settings, superuser: str | None, also: tuple[Path, ...], since: float
    ) -> None:
        self.settings = settings
        self._superuser = superuser
        self._also = also
        self._since = since

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Connects to the database: as its superuser where it is the embedded one."""
        url = self._superuser or self.settings.database_owner_url or self.settings.database_url
        with psycopg.connect(url or "") as connection:
            yield connection

    def search(self, search: Search, account_id: str) -> None:
        """Looks through all of them. `account_id` is the account in which people were planted."""
        self._database(search, account_id)
        search.folder(self.settings.data, store_of)
        if not self.settings.keyring.is_relative_to(self.settings.data):
            search.file(OTHER, self.settings.keyring, str(self.settings.keyring))
        self.look_through_objects(search, account_id)
        if self.settings.redis_url is not None:
            redis_keys.look_through(search, self.settings.redis_url)
        for folder in (Path(tempfile.gettempdir()), _MEMORY_AS_FILES):
            if folder.is_dir():
                self._temporary(search, folder)
        for folder in self._also:
            search.folder(folder, lambda _, name=str(folder): name)  # type: ignore[misc]  # a lambda's default has no type

    def objects(self, account_id: str) -> int:
        """Returns how many objects the store of files holds for an account."""
        return Objects.open(self.settings).count(account_id)

    def is_of_database(self, store: str) -> bool:
        """Whether a store is of the database, a copy of it, or a folder that was named."""
        return store in IN_DATABASE or store in map(str, self._also)

    def cannot_reach(self) -> list[str]:
        """Returns in plain words what is not searched."""
        found = []
        if self._superuser is None:
            found.append(
                "the files, log and backups of the database, which another server keeps: only what"
                " SQL shows was searched"
            )
        if self.settings.smtp_url is not None:
            found.append("letters that were handed to the mail server")
        if folder_of(self.settings) is None:
            found.append(
                "earlier versions and the access log of the bucket that holds the files of chats,"
                " and what other accounts have in it"
            )
        return [
            *found,
            "memory of running processes, swap, and blocks of the disk that files have left",
            "logs that others keep (journald, a proxy, a container's): name their folders with --also",
            "copies on other machines: backups taken away, replicas, mail that was delivered",
        ]

    def _database(self, search: Search, account_id: str) -> None:
        with self.connected() as connection:
            if self._superuser is not None:
                # What is only in the server's memory goes to its files now.
                connection.autocommit = True
                connection.execute("CHECKPOINT")
                connection.autocommit = False
            everything = tables.sees_everything(connection)
            if not everything:
                connection.execute("SELECT set_config('app.account', %s, false)", (account_id,))
                connection.commit()
                search.store(SQL).unread.append(
                    "rows of other accounts, which the given database role does not see"
                )
            tables.look_through(search, connection)

    def look_through_objects(self, search: Search, account_id: str) -> None:
        """Files of chats that lie elsewhere: a folder whole, of a bucket the planted account's."""
        folder = folder_of(self.settings)
        if folder is not None:
            if not folder.is_relative_to(self.settings.data):
                search.folder(folder, lambda _: OBJECTS)
            return
        objects = Objects.open(self.settings)
        search.store(OBJECTS)
        for name in objects.names(account_id):
            with suppress(Missing):
                search.held(OBJECTS, name, objects.whole(name))

    def _temporary(self, search: Search, folder: Path) -> None:
        """Files that were written since we began and are nobody else's."""
        own = os.geteuid()
        known = (self.settings.data, *self._also)

        def store(inside: Path) -> str | None:
            path = folder / inside
            if any(path.is_relative_to(each) for each in known):
                return None
            try:
                return TEMPORARY if own == 0 or path.lstat().st_uid == own else None
            except OSError:
                return None

        search.folder(folder, store, since=self._since)


def store_of(inside: Path) -> str:
    """Returns the store of a file by its path inside the data folder."""
    parts = inside.parts
    if parts[0] == "postgres":
        if "pg_wal" in parts:
            return LOG
        return FILES if "cluster" in parts else _LOGS
    if ".log" in inside.suffixes:
        return _LOGS
    return _FOLDERS.get(parts[0], OTHER) if len(parts) > 1 else OTHER


@contextmanager
def places(settings: Settings, also: tuple[Path, ...], since: float) -> Iterator[Places]:
    """Gives the places of an installation. `since`: when planting began (seconds since 1970).

    Raises:
        EmbeddedError: the embedded database cannot be reached.
    """
    if settings.database_url is not None:
        yield Places(settings, None, also, since)
        return
    with running(settings.data / "postgres", os_user=settings.database_os_user) as way:
        yield Places(settings, way.launcher, also, since)
