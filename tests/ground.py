"""What the tests stand on: a migrated database, a keyring, every table of the product."""

from __future__ import annotations

import atexit
import functools
import importlib
import pkgutil
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from chathaven import product
from chathaven.base.ids import new_id
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.migrate import migrate
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls


def map_tables() -> None:
    """Imports every module that maps tables, whether or not a route already uses it."""
    for module in ("chathaven.engines.vault.model", "chathaven.engines.web.limits"):
        importlib.import_module(module)
    for slice_ in pkgutil.iter_modules(product.__path__, f"{product.__name__}."):
        folder = importlib.import_module(slice_.name).__path__
        for module_ in pkgutil.iter_modules(folder, f"{slice_.name}."):
            if module_.name.endswith((".model", "_model")):
                importlib.import_module(module_.name)


@contextmanager
def private_folder() -> Iterator[Path]:
    """Gives a folder that the database's account may enter, and removes it.

    pytest's own folders are closed to others, and as root PostgreSQL runs as another account.
    """
    folder = Path(tempfile.mkdtemp(prefix="chathaven-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def migrated_database() -> Iterator[DatabaseUrls]:
    """Starts an embedded PostgreSQL of its own with the whole schema, and stops it."""
    with private_folder() as folder:
        give_cluster(folder / "postgres")
        with Embedded.start(folder / "postgres") as server:
            yield DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn)


def give_cluster(folder: Path) -> None:
    """Puts a database at rest into `folder`, with the whole schema and nothing in it.

    Does nothing where there is one. A copy: making each anew takes ten times as long, and is
    tried by tests of the command and of the embedded server.
    """
    if not folder.exists():
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        subprocess.run(["/bin/cp", "-a", str(_filled_cluster()), str(folder)], check=True)


@functools.cache
def _filled_cluster() -> Path:
    map_tables()
    folder = Path(tempfile.mkdtemp(prefix="chathaven-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    with Embedded.start(folder / "postgres") as server:
        migrate(DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn))
    for name in ("lock", "socket-folder", "postgres.log"):
        (folder / "postgres" / name).unlink()
    shutil.rmtree(folder / "postgres" / "socket", ignore_errors=True)
    return folder / "postgres"


async def new_tenant(database: Database) -> UUID:
    """Makes an account's keys, and returns its id."""
    account_id = new_id()
    async with database.transaction(account_id) as tx:
        await tx.vault.new_account(await tx.driver(), account_id)
    return account_id


async def new_person(database: Database, account_id: UUID, kind: str = "visitor") -> UUID:
    """Makes a person's key in an account, and returns the person's id."""
    person_id = new_id()
    async with database.transaction(account_id) as tx:
        await tx.vault.new_person(await tx.driver(), account_id, person_id, kind)
    return person_id
