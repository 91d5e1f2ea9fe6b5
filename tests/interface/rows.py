"""What is in the database, seen as its superuser: past row-level security and the application."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tests.driving import Server

UNTOUCHED_BY_RULE = {"procrastinate_workers"}
"""Tables that move by themselves: a worker's sign of life."""


@contextmanager
def superuser(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """Connects to a server's embedded database as its superuser."""
    folder = server.data / "postgres"
    password = json.loads((folder / "access.json").read_text())["chathaven_launcher"]
    cluster = folder / "cluster"
    # As the server says it, seen from its own folder.
    socket = cluster / (cluster / "postmaster.pid").read_text().splitlines()[4]
    with psycopg.connect(
        host=str(socket.resolve()),
        port=5432,
        user="chathaven_launcher",
        password=password,
        dbname="chathaven",
    ) as connection:
        yield connection


MOVES_BY_ITSELF = {"procrastinate_jobs", "procrastinate_events", "rate_limits"}
"""Earlier work of the server may still be under way there."""


def _tables(connection: psycopg.Connection[Any], column: str | None = None) -> list[str]:
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = 'public' AND (%(column)s::text IS NULL OR EXISTS"
        " (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = %(column)s))"
        " ORDER BY 1",
        {"column": column},
    )
    return [name for (name,) in rows if name not in UNTOUCHED_BY_RULE]


def _let_jobs_end(connection: psycopg.Connection[Any]) -> None:
    """Waits until no job is due or under way: what earlier requests began writes rows too."""
    deadline = time.monotonic() + 60
    connection.autocommit = True
    while True:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
            " OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
        ).fetchone()
        if row == (0,):
            return
        assert time.monotonic() < deadline, f"{row} jobs do not come to their end"
        time.sleep(0.02)


def state_of(server: Server, account_id: str) -> dict[str, str]:
    """Returns for every table a hash of all rows of an account, once no job moves them."""
    found = {}
    with superuser(server) as connection:
        _let_jobs_end(connection)
        for table in _tables(connection, "account_id"):
            query = sql.SQL("SELECT t::text FROM {} t WHERE account_id = %s ORDER BY 1")
            rows = connection.execute(query.format(sql.Identifier(table)), (account_id,)).fetchall()
            text = "\n".join(row for (row,) in rows)
            found[table] = f"{len(rows)} rows, {hashlib.sha256(text.encode()).hexdigest()}"
    assert len(found) > 10, "tables are not seen"
    return found


def row_counts(server: Server) -> dict[str, int]:
    """Returns how many rows each table has, once no job moves them."""
    with superuser(server) as connection:
        _let_jobs_end(connection)
        counted = {}
        for table in _tables(connection):
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            row = connection.execute(query).fetchone()
            assert row is not None
            counted[table] = int(row[0])
    return counted


def stored(server: Server) -> dict[str, int]:
    """Returns how many rows there are, where nothing moves by itself."""
    counts = row_counts(server).items()
    return {table: count for table, count in counts if table not in MOVES_BY_ITSELF}
