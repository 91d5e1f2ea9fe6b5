"""The database's own part: dumped and brought back by PostgreSQL's programs.

Rows of some tables stay out of the dump. Keys, because whoever finds the data must find no
keys, not even wrapped ones; whatever runs, waits or is signed in, because it belongs to its moment:
a job of last week that is carried out today sends letters twice.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

import psycopg
from psycopg import sql

from chathaven.engines.backup.command_line import public_part
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.database.data_map import Category, Retention
from chathaven.engines.database.embedded_cluster import ENVIRONMENT, programs
from chathaven.engines.database.revision import UNFINISHED
from chathaven.engines.database.tables import all_tables

OF_THEIR_MOMENT = ("sessions", "rate_limits")
QUEUE = "procrastinate_"
_PIECE = 1 << 20
Tell = Callable[[str, int, int], None]
_Connection = psycopg.Connection[tuple[object, ...]]


class Snapshot(NamedTuple):
    """One moment of a database: all that is read of it is as it was then."""

    connection: _Connection
    id: str
    migration: str
    server_version: int
    counts: dict[str, int]
    without: list[str]


def key_tables() -> list[str]:
    """Returns the tables that hold a key, wrapped or not, by the data map."""
    return [
        table.__tablename__
        for table in all_tables()
        if any(each.category is Category.KEY for each in table.entries.values())
    ]


def tables_of_keys() -> list[str]:
    """Returns the tables that a restore needs the newest rows of.

    Exports are copies with a key of their own; they are made anew instead.
    """
    kept = {
        table.__tablename__
        for table in all_tables()
        if table.holding.retention is not Retention.EXPORT
    }
    return [name for name in key_tables() if name in kept]


@contextmanager
def snapshot(dsn: str) -> Iterator[Snapshot]:
    """Holds one moment of the database for as long as the block takes.

    Raises:
        BackupError: the role does not see every row, or the database is not one of ours.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _sees_all(connection)
        tables = tables_there(connection)
        if UNFINISHED in tables or "alembic_version" not in tables:
            raise BackupError("There is no whole database of Chathaven here to back up")
        without = [
            name
            for name in tables
            if name in (*key_tables(), *OF_THEIR_MOMENT) or name.startswith(QUEUE)
        ]
        counts = {
            name: _number(connection, sql.SQL("SELECT count(*) FROM {}"), name)
            for name in tables
            if name not in without
        }
        (id,) = _row(connection, "SELECT pg_export_snapshot()::text")
        (migration,) = _row(connection, "SELECT version_num::text FROM alembic_version")
        version = connection.info.server_version
        yield Snapshot(connection, str(id), str(migration), version, counts, without)


def _sees_all(connection: _Connection) -> None:
    name, sees = _row(
        connection,
        "SELECT rolname::text, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
    )
    if not sees:
        raise BackupError(
            f"The database role {name} does not see the rows of all accounts: let it, with "
            f"ALTER ROLE {name} BYPASSRLS, or name one that does in CHATHAVEN_DATABASE_OWNER_URL"
        )


def tables_there(connection: _Connection) -> list[str]:
    """Returns every table of the schema, ours or not, by name."""
    rows = connection.execute(
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def _row(connection: _Connection, statement: str) -> tuple[object, ...]:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row


def _number(connection: _Connection, statement: sql.SQL, table: str) -> int:
    row = connection.execute(statement.format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(str(row[0]))


def key_versions(held: Snapshot) -> bytes:
    """Returns, as JSON, the version of each account's key; 0 where it was just being replaced."""
    rows = held.connection.execute(
        "SELECT account_id, CASE WHEN count(*) = 1 THEN max(version) ELSE 0 END"
        " FROM account_keys GROUP BY 1"
    )
    return json.dumps({str(account): version for account, version in rows}).encode()


def dump(dsn: str, held: Snapshot, write: Callable[[bytes], None], tell: Tell) -> None:
    """Dumps the moment that is held. `tell` is told the stage, rows done and rows in all.

    Raises:
        BackupError: pg_dump failed, or the server is newer than the program.
        OSError: `write` failed.
    """
    ours = _major()
    if held.server_version // 10_000 > ours:
        raise BackupError(
            f"The database is PostgreSQL {held.server_version // 10_000}, and the programs that "
            f"come with Chathaven dump up to {ours}: use pg_dump of its own version, as "
            "docs/self-hosting/backups.md says"
        )
    options = ["--format=custom", "--compress=gzip:1", "--verbose", "--no-password"]
    options += ["--no-unlogged-table-data", "--no-statistics", f"--snapshot={held.id}"]
    options += [f"--exclude-table-data=public.{name}" for name in held.without]
    with _program("pg_dump", options, dsn) as process:
        assert process.stdout is not None
        words = _Words(process, held.counts, tell)
        while piece := process.stdout.read(_PIECE):
            write(piece)
        words.end("The database could not be dumped")


def bring_back(dsn: str, pieces: Iterable[bytes], *, role: str | None, tell: Tell) -> None:
    """Restores a dump into an empty database, in one transaction.

    `role` is made the owner of everything; None where the role that signs in is to own it.

    Raises:
        BackupError: pg_restore failed; nothing of it stays.
    """
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--verbose"]
    options += ["--no-password"] + ([f"--role={role}"] if role else [])
    with _program("pg_restore", options, dsn, takes=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        words = _Words(process, {}, tell)
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            # It has ended before its input has; why, it has said.
            pass
        process.stdout.read()
        words.end("The database could not be brought back")


@contextmanager
def _program(
    name: str, options: list[str], dsn: str, *, takes: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    home = {"HOME": os.environ["HOME"]} if "HOME" in os.environ else {}
    with public_part(dsn) as (address, secret):
        process = subprocess.Popen(  # noqa: S603  a program of the wheel with our own words
            [str(programs() / name), *options, f"--dbname={address}"],
            env=ENVIRONMENT | home | secret,
            stdin=subprocess.PIPE if takes else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    _close(stream)


def _close(stream: IO[bytes]) -> None:
    # What was still to be written has no reader any more.
    with contextlib.suppress(BrokenPipeError):
        stream.close()


class _Words:
    """Listens to what a program says: how far it is, and why it failed."""

    def __init__(
        self, process: subprocess.Popen[bytes], counts: dict[str, int], tell: Tell
    ) -> None:
        self._process = process
        self._counts = counts
        self._tell = tell
        self._error = ""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        total, done, now = sum(self._counts.values()), 0, 0
        for raw in self._process.stderr:
            line = raw.decode(errors="replace").strip()
            if "error:" in line and not self._error:
                self._error = line.partition("error:")[2].strip()
            for words in ("dumping contents of table ", "processing data for table "):
                if words in line:
                    table = line.rpartition(".")[2].strip('"')
                    done, now = done + now, self._counts.get(table, 0)
                    self._tell(table, done, total)

    def end(self, failed: str) -> None:
        """Waits for the end of the program.

        Raises:
            BackupError: it did not end well.
        """
        self._thread.join()
        if self._process.wait() != 0:
            raise BackupError(f"{failed}: {self._error or 'it gave no reason'}")


def _major() -> int:
    said = subprocess.run(  # noqa: S603  a program of the wheel with our own words
        [str(programs() / "pg_dump"), "--version"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return int(said.split()[2].split(".")[0])
