"""Bringing the schema up to date: at start, under a lock, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import sleep

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

import chathaven
from chathaven.engines.database.given import GivenDatabaseError
from chathaven.engines.database.revision import is_unfinished
from chathaven.engines.database.urls import DatabaseUrls

FOLDER = Path(chathaven.__file__).parents[2] / "migrations"
LOCK = 0x63_68_61_74
"""The advisory lock that lets one process migrate at a time."""
LOCK_SECONDS = 2.0
"""How long a change of a table waits for those who use it. Everybody who comes after it waits behind
it, and it may be waiting for a report that takes an hour: so it steps back, and tries again.
"""
PAUSE_SECONDS = 2.0
TRIES = 30


def config(connection: Connection | None = None) -> Config:
    """Returns Alembic's configuration."""
    made = Config()
    # A percent sign in an option begins the name of another one.
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def newest() -> str | None:
    """Returns the revision that this code wants."""
    return ScriptDirectory.from_config(config()).get_current_head()


def current(dsn: str) -> str | None:
    """Returns the revision that a database has."""
    with _connect(dsn) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(
    urls: DatabaseUrls, *, restoring: bool = False, waiting: Callable[[], None] = lambda: None
) -> None:
    """Brings the schema to the newest revision and grants the application's role its rights.

    Processes that start together wait for each other; the second finds nothing to do. `waiting` is
    called once when a table that changes is in use and has to be waited for.

    Raises:
        GivenDatabaseError: a newer version made the schema; or a restore into the database has
            not come to its end, and we are not it (`restoring`); or somebody holds a table all
            the time.
    """
    with _connect(urls.owner) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        # Not before: one who migrates beside us is waited for as long as it takes.
        connection.execute(text(f"SET lock_timeout = {round(LOCK_SECONDS * 1000)}"))
        connection.commit()
        if not restoring and is_unfinished(connection.connection.driver_connection):
            raise GivenDatabaseError(
                "A restore into this database has not come to its end: empty it, and restore again"
            )
        for left in reversed(range(TRIES)):
            try:
                return _upgrade(connection, urls)
            except (DBAPIError, psycopg.Error) as error:
                connection.rollback()
                if not isinstance(getattr(error, "orig", error), LockNotAvailable):
                    raise
                if left == TRIES - 1:
                    waiting()
                if left:
                    sleep(PAUSE_SECONDS)
        raise GivenDatabaseError(
            "The schema could not be brought up to date, for another connection holds a table that "
            "changes. Nothing was changed. Let long queries and dumps end, or stop older servers, "
            "and start again"
        )


def _upgrade(connection: Connection, urls: DatabaseUrls) -> None:
    # In one transaction with what follows: a revision that stands without its rights would
    # never get them, for the next start finds it there.
    here = MigrationContext.configure(connection).get_current_revision()
    if here != newest():
        _refuse_newer(here)
        command.upgrade(config(connection), "head")
        if urls.owner != urls.app:
            _grant(connection, urls.role)
    connection.commit()


def _refuse_newer(here: str | None) -> None:
    known = {each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()}
    if here is not None and here not in known:
        raise GivenDatabaseError(
            f"The database has schema {here}, which this version of Chathaven does not know: start "
            "the newer version that made it, or restore a backup of this one"
        )


def _connect(dsn: str) -> Connection:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool
    )
    return engine.connect()


def _grant(connection: Connection, role: str) -> None:
    who = sql.Identifier(role).as_string(None)
    for rights in (
        f"GRANT USAGE ON SCHEMA public TO {who}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {who}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {who}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {who}",
    ):
        connection.execute(text(rights))
