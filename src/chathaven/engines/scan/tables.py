"""Looking through a database by SQL: every column of every table, as PostgreSQL shows it.

What is compressed in a file (TOAST) comes out plain here, and so does a table that is kept out
of the files of the log (UNLOGGED).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from chathaven.engines.database import embedded_conf as conf
from chathaven.engines.database.embedded_account import Account
from chathaven.engines.database.embedded_cluster import Cluster
from chathaven.engines.scan.folders import Search
from chathaven.engines.scan.stream import look

STORE = "database, by SQL"
PIECE = 1024 * 1024

_RELATIONS = """
SELECT n.nspname, c.relname, c.relkind = 'v' OR n.nspname LIKE 'pg\\_%%'
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE (c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_t%%')
    OR (n.nspname = 'pg_catalog' AND c.relname = ANY(%s))
 ORDER BY 1, 2
"""
_VIEWS = ["pg_stats", "pg_stat_activity", "pg_prepared_statements", "pg_stat_statements"]
"""What the server remembers of statements and values, which no table shows."""

Connection = psycopg.Connection[tuple[Any, ...]]


def superuser(folder: Path, os_user: str | None, database: str = conf.DATABASE) -> str | None:
    """Returns the way to the embedded database as its superuser, or None where none runs.

    `folder` is the database's own (DATA/postgres).
    """
    cluster = Cluster(folder, Account.choose(os_user))
    socket = cluster.noted_socket()
    if socket is None:
        return None
    password = cluster.passwords()[conf.LAUNCHER]
    return make_conninfo(
        host=str(socket), port=conf.PORT, user=conf.LAUNCHER, password=password, dbname=database
    )


def sees_everything(connection: Connection) -> bool:
    """Whether row-level security hides nothing from this role."""
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(row and row[0])


def look_through(search: Search, connection: Connection) -> None:
    """Looks through every table that the connection's role may read."""
    store = search.store(STORE)
    rows = connection.execute(_RELATIONS, (_VIEWS,)).fetchall()
    for schema, table, as_text in rows:
        name = f"{schema}.{table}"
        whole = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
        try:
            hits = look(search.patterns, STORE, name, _copied(connection, whole, as_text, store))
        except psycopg.Error as error:
            connection.rollback()
            store.unread.append(f"{name}: {type(error).__name__}")
            continue
        store.pieces += 1
        if hits:
            _by_column(search, connection, schema, table)
    connection.rollback()


def _by_column(search: Search, connection: Connection, schema: str, table: str) -> None:
    """Looks again, column by column, so that each find has a name."""
    store = search.store(STORE)
    names = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attnum",
        (sql.Identifier(schema, table).as_string(connection),),
    ).fetchall()
    for (column,) in names:
        one = sql.SQL("SELECT {} FROM {}").format(
            sql.Identifier(column), sql.Identifier(schema, table)
        )
        pieces = _copied(connection, one, schema.startswith("pg_"), None)
        store.take(look(search.patterns, STORE, f"{schema}.{table}.{column}", pieces))


def _copied(
    connection: Connection, query: sql.Composed, as_text: bool, store: Any
) -> Iterator[bytes]:
    """Yields a query's answer. Text for the catalogues, some of whose types have no other form."""
    form = "TEXT" if as_text else "BINARY"
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT {})").format(query, sql.SQL(form))
    held = bytearray()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            held += piece
            if len(held) >= PIECE:
                if store is not None:
                    store.size += len(held)
                yield bytes(held)
                held.clear()
    if store is not None:
        store.size += len(held)
    yield bytes(held)
