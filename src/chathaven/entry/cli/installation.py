"""One installation as the commands see it: its data folder and its database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chathaven.base.settings import Settings
from chathaven.engines.backup.exchange import is_waiting, settle
from chathaven.engines.database.embedded import running
from chathaven.engines.database.given import prepare
from chathaven.engines.database.revision import current
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.cli.refusal import Refusal


def prepare_data(folder: Path) -> None:
    """Makes the data folder where it is missing, for its owner alone.

    A folder that exists keeps its permissions; `doctor` says when they are too wide.

    Raises:
        Refusal: it cannot be made or written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The data folder {folder} cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refusal(f"The data folder {folder} cannot be written to: give it to your own user")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds the data folder for this process; the lock goes with the process, however it ends.

    Raises:
        Refusal: another Chathaven holds it.
    """
    prepare_data(folder)
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refusal(f"The data folder {folder} cannot be written to: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Another Chathaven is already running on {folder}") from None
        yield
    finally:
        os.close(lock)


def refuse_empty(settings: Settings) -> None:
    """Refuses a folder without a database, as of a slip in its name: looking must not make one.

    Raises:
        Refusal: there is none, and none is given.
    """
    if settings.database_url is not None or is_waiting(settings.data):
        return
    if not (settings.data / "postgres" / "cluster").is_dir():
        raise Refusal(
            f"There is no installation in {settings.data}: start chathaven serve once, or name its "
            "folder with --data"
        )


@contextmanager
def existing(settings: Settings) -> Iterator[DatabaseUrls]:
    """Gives the way to the database as `database`, where there is an installation in it.

    Raises:
        Refusal: there is none.
    """
    refuse_empty(settings)
    with database(settings) as urls:
        if current(urls.app) is None:
            raise Refusal("The database holds nothing of Chathaven yet: start chathaven serve once")
        yield urls


@contextmanager
def database(settings: Settings) -> Iterator[DatabaseUrls]:
    """Gives the way to the database: the given one, or the embedded one, started if it rests.

    Raises:
        BackupError: a restore that was interrupted cannot be ended.
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: the data folder cannot be used.
    """
    given = prepare(settings)
    if given is not None:
        yield given
        return
    prepare_data(settings.data)
    if is_waiting(settings.data):
        with only_one(settings.data):
            settle(settings.data, settings.database_os_user)
    with running(settings.data / "postgres", os_user=settings.database_os_user) as way:
        yield DatabaseUrls(owner=way.owner, app=way.app)
