"""Building a database from a backup, until nobody who was erased is in it any more.

While that lasts a table of a certain name stands in the database, and nothing serves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from chathaven.engines.backup import people
from chathaven.engines.backup.archive import DUMP, Archive
from chathaven.engines.backup.create import Tell
from chathaven.engines.backup.dump import bring_back, tables_there
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.database.migrate import migrate
from chathaven.engines.database.revision import UNFINISHED, VERSIONS
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ledger import Read

_Connection = psycopg.Connection[Any]


class Target(NamedTuple):
    """The database that is built. `wide` signs in as somebody who sees every row.

    `owner` is the role that is made the owner of everything; None where `wide` signs in as it.
    """

    urls: DatabaseUrls
    wide: str
    owner: str | None


class Replayed(NamedTuple):
    """What the ledger took out again: people, whole accounts, and all rows of both.

    `keyless` are people whose rows no key opens, though the ledger does not know them.
    `marked` are the accounts in which somebody was removed.
    """

    people: int
    accounts: list[UUID]
    rows: int
    keyless: int
    marked: list[UUID]


def fill(target: Target, archive: Archive, tell: Tell) -> None:
    """Brings the backup's rows back, and the schema up to date.

    Raises:
        BackupError: the database is not empty, the backup is of a newer version of Chathaven, or
            rows are missing.
    """
    manifest = archive.manifest
    check_version(archive)
    with psycopg.connect(target.wide, autocommit=True) as connection:
        if tables_there(connection):
            raise BackupError(
                "The database is not empty: give Chathaven a new, empty one in "
                "CHATHAVEN_DATABASE_URL; the old one stays as it is"
            )
        name = sql.Identifier(UNFINISHED)
        connection.execute(sql.SQL("CREATE TABLE {} (since timestamptz)").format(name))
        connection.execute(sql.SQL("GRANT SELECT ON {} TO PUBLIC").format(name))

    total = sum(manifest.counts.values())
    done = 0

    def progress(table: str, _done: int, _total: int) -> None:
        nonlocal done
        tell(f"bringing back {table}", done, total)
        done += manifest.counts.get(table, 0)

    bring_back(target.wide, archive.pieces(DUMP), role=target.owner, tell=progress)
    with psycopg.connect(target.wide, autocommit=True) as connection:
        _compare(connection, manifest.counts)
    tell("bringing the schema up to date", 0, 0)
    migrate(target.urls, restoring=True)


def check_version(archive: Archive) -> None:
    """Checks that this version of Chathaven knows the schema of a backup.

    Raises:
        BackupError: it does not.
    """
    known = {path.name.partition("_")[0] for path in VERSIONS.glob("*.py")}
    manifest = archive.manifest
    if manifest.migration not in known:
        raise BackupError(
            f"{archive.path} was made by Chathaven {manifest.chathaven} with schema "
            f"{manifest.migration}, which this version does not know: restore it with that version, "
            "or a newer one"
        )


def replay(
    target: Target, ledgers: Iterable[Read], *, keys_are_newer: bool, tell: Tell
) -> Replayed:
    """Takes out everybody whom a ledger knows as erased, and keys that belong to nobody here.

    Where the keys are newer than the data, whoever has none was erased too, whatever became of
    the ledger: nothing else takes a person's key away.
    """
    tell("looking for people who were erased", 0, 0)
    with psycopg.connect(target.wide, autocommit=True) as connection:
        found = people.find(connection, ledgers)
        rows = sum(people.remove_account(connection, each) for each in found.accounts)
        for number, person in enumerate(found.people):
            tell("removing people who were erased", number, len(found.people))
            rows += people.remove_person(connection, *person)
        keyless = people.without_key(connection)
        if keys_are_newer:
            rows += sum(people.remove_person(connection, *person) for person in keyless)
        people.prune_keys(connection)
    marked = sorted({account for account, _ in (*found.people, *keyless)})
    return Replayed(len(found.people), found.accounts, rows, len(keyless), marked)


def finish(target: Target) -> None:
    """Lets the database be served."""
    with psycopg.connect(target.wide, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(UNFINISHED)))
        connection.execute("ANALYZE")


def copy_keys(source: str, target: str, tables: Iterable[str]) -> None:
    """Copies whole tables of keys from one database into another.

    Raises:
        BackupError: the two are not of one schema.
    """
    with psycopg.connect(source) as old, psycopg.connect(target) as new:
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables:
            columns = _columns(new, table)
            if _columns(old, table) != columns:
                raise BackupError(
                    "The installation that is here has another schema: run chathaven migrate first"
                )
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            both = (sql.Identifier(table), names)
            new.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            out = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT binary)").format(*both)
            into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(*both)
            with old.cursor().copy(out) as reading, new.cursor().copy(into) as writing:
                for piece in reading:
                    writing.write(piece)


def _columns(connection: _Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(%s)"
        " AND attnum > 0 AND NOT attisdropped ORDER BY 1",
        [f"public.{table}"],
    )
    return [row[0] for row in rows]


def _compare(connection: _Connection, counts: dict[str, int]) -> None:
    for table, expected in counts.items():
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        ).fetchone()
        if row is None or row[0] != expected:
            raise BackupError(
                f"{table} has {row[0] if row else 0} rows, and had {expected} when the backup was "
                "made: nothing was changed"
            )
