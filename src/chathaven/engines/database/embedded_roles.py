"""The roles and the database inside the embedded server."""

from __future__ import annotations

import psycopg
from psycopg import sql

from chathaven.engines.database.embedded_conf import APP, DATABASE, OWNER


def furnish(launcher_dsn: str, passwords: dict[str, str]) -> None:
    """Makes the two roles and the database where they are missing.

    `launcher_dsn` leads to the database `postgres` as superuser. `passwords` is by role.
    Every step may be repeated, so a crash in the middle is mended by the next start.
    """
    with psycopg.connect(launcher_dsn, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("select rolname from pg_roles")}
        for role, inherit in ((OWNER, "INHERIT"), (APP, "NOINHERIT")):
            if role not in known:
                _make_role(connection, role, inherit, passwords[role])
        row = connection.execute(
            "select datacl is null from pg_database where datname = %s", [DATABASE]
        ).fetchone()
        if row is None:
            _make_database(connection)
        if row is None or row[0]:
            _close_to_others(connection)


def _make_role(
    connection: psycopg.Connection[tuple[object, ...]], role: str, inherit: str, password: str
) -> None:
    # The verifier and not the password goes into the statement: the server never reads it.
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(
        sql.SQL(
            "create role {} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls "
            + inherit
            + " password {}"
        ).format(sql.Identifier(role), sql.Literal(verifier))
    )


def _make_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute(
        sql.SQL("create database {} owner {} template template0").format(
            sql.Identifier(DATABASE), sql.Identifier(OWNER)
        )
    )


def _close_to_others(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    name = sql.Identifier(DATABASE)
    with connection.transaction():
        connection.execute(sql.SQL("revoke all on database {} from public").format(name))
        connection.execute(
            sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(APP))
        )
