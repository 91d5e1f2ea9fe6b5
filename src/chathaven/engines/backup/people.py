"""Who is in a database that was brought back, and who of them is in the ledger of erasures.

Everybody is found by walking the data map: each table says which column names the person that a
row is about. Run on a database that nobody else uses yet, as somebody who sees every row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from chathaven.engines.database.data_map import Whose
from chathaven.engines.database.people import KEYS, tables_about_people
from chathaven.engines.database.tables import Table, all_tables
from chathaven.engines.ledger import Read, Subject, mark

ACCOUNT_KEYS = "account_keys"
_Connection = psycopg.Connection[Any]
_PAGE = 5000


class Found(NamedTuple):
    """Those of the ledger who are there again: people with their accounts, and accounts."""

    people: list[tuple[UUID, UUID]]
    accounts: list[UUID]


def find(connection: _Connection, ledgers: Iterable[Read]) -> Found:
    """Returns everybody in the database whom one of the ledgers knows as erased."""
    known = [(ledger.first, ledger.marks()) for ledger in ledgers]

    def is_erased(subject: Subject) -> bool:
        return any(mark(first, subject) in marks for first, marks in known)

    with connection.transaction():
        _gather(connection)
        accounts = {
            account
            for (account,) in _read(connection, "SELECT account_id FROM present_accounts")
            if is_erased(Subject("account", account, account))
        }
        people = [
            (account, person)
            for account, person in _read(connection, "SELECT account_id, id FROM present_people")
            if account not in accounts and is_erased(Subject("visitor", account, person))
        ]
    return Found(people, sorted(accounts))


def present(connection: _Connection) -> set[tuple[UUID, UUID]]:
    """Returns all people of whom something is sealed, with their accounts."""
    with connection.transaction():
        _gather_sealed(connection)
        return set(connection.execute("SELECT account_id, id FROM sealed_people").fetchall())


def prune_keys(connection: _Connection) -> int:
    """Deletes keys of people and accounts of whom nothing else is there; returns how many.

    The keys are newer than the data, so they are of people who came later. Nothing would ever
    erase them.
    """
    with connection.transaction():
        _gather(connection)
        gone = connection.execute(
            "DELETE FROM person_keys k WHERE NOT EXISTS (SELECT FROM present_people p"
            " WHERE (p.account_id, p.id) = (k.account_id, k.person_id))"
        ).rowcount
        gone += connection.execute(
            "DELETE FROM account_keys WHERE account_id NOT IN"
            " (SELECT account_id FROM present_accounts)"
        ).rowcount
    return gone


def remove_account(connection: _Connection, account_id: UUID) -> int:
    """Deletes every row of an account, in one transaction; returns how many."""
    with connection.transaction():
        removed = 0
        for table in tables_of_accounts():
            statement = sql.SQL("DELETE FROM {} WHERE account_id = %s")
            name = sql.Identifier(table.__tablename__)
            removed += connection.execute(statement.format(name), [account_id]).rowcount
    return removed


def remove_person(connection: _Connection, account_id: UUID, person_id: UUID) -> int:
    """Deletes every row about a person, the key among them; returns how many."""
    with connection.transaction():
        return sum(
            connection.execute(
                sql.SQL("DELETE FROM {} WHERE account_id = %s AND {} = %s").format(*names),
                [account_id, person_id],
            ).rowcount
            for names in _names()
        )


def count_of(connection: _Connection, account_id: UUID, person_id: UUID) -> int:
    """Returns how many rows of all tables, keys among them, are about a person."""
    found = 0
    for names in _names():
        statement = sql.SQL("SELECT count(*) FROM {} WHERE account_id = %s AND {} = %s")
        row = connection.execute(statement.format(*names), [account_id, person_id]).fetchone()
        found += row[0] if row else 0
    return found


def without_key(connection: _Connection) -> list[tuple[UUID, UUID]]:
    """Returns people (and their accounts) of whom something is sealed that no key opens any more."""
    with connection.transaction():
        _gather_sealed(connection)
        return connection.execute(
            "SELECT account_id, id FROM sealed_people p WHERE NOT EXISTS (SELECT FROM person_keys k"
            " WHERE (k.account_id, k.person_id) = (p.account_id, p.id))"
        ).fetchall()


def _names() -> list[tuple[sql.Identifier, sql.Identifier]]:
    return [
        (sql.Identifier(table.__tablename__), sql.Identifier(str(table.holding.person)))
        for table in tables_about_people()
    ]


def tables_of_accounts() -> list[type[Table]]:
    """Returns every table with rows of an account; not the record of erasures, which outlives it."""
    return [
        table
        for table in all_tables()
        if "account_id" in table.__table__.c
        and (table.is_tenants() or table.holding.whose is not Whose.NOBODY)
    ]


def _gather(connection: _Connection) -> None:
    """Writes all people and accounts of whom there are rows, keys aside, into two tables."""
    people = [_people(t) for t in tables_about_people() if t.__tablename__ != KEYS]
    accounts = [
        sql.SQL("SELECT account_id FROM {}").format(sql.Identifier(table.__tablename__))
        for table in tables_of_accounts()
        if table.__tablename__ not in (KEYS, ACCOUNT_KEYS)
    ]
    _write(connection, "present_people", people)
    _write(connection, "present_accounts", accounts)


def _gather_sealed(connection: _Connection) -> None:
    """Writes all people of whom something is sealed into a table."""
    sealed = [
        _people(table, " AND ({})", table.sealed_columns)
        for table in tables_about_people()
        if table.sealed_columns
    ]
    _write(connection, "sealed_people", sealed)


def _people(
    table: type[Table], condition: LiteralString = "", columns: Iterable[str] = ()
) -> sql.Composed:
    """Returns the query for the people whom a table's rows are about, where a column is filled."""
    person = sql.Identifier(str(table.holding.person))
    filled = sql.SQL(" OR ").join(
        sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in columns
    )
    query = sql.SQL("SELECT account_id, {} AS id FROM {} WHERE {} IS NOT NULL").format(
        person, sql.Identifier(table.__tablename__), person
    )
    return query + sql.SQL(condition).format(filled) if condition else query


def _write(connection: _Connection, name: str, selects: list[sql.Composed]) -> None:
    connection.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS {}").format(
            sql.Identifier(name), sql.SQL(" UNION ").join(selects)
        )
    )


def _read(connection: _Connection, statement: str) -> Iterable[tuple[Any, ...]]:
    with connection.cursor(name="everybody") as cursor:
        cursor.itersize = _PAGE
        cursor.execute(statement.encode())
        yield from cursor
