"""Bringing a key set back: instead of the keys that are there, or for those that do not open."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql

from chathaven.engines.vault.epochs import EVERY_ACCOUNT, HOLD_TICKS, prove
from chathaven.engines.vault.key_set import TABLES, read_key_set, rows_of
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.places import account_place, installation_place
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.wrapping import CannotUnwrap

Connection = psycopg.Connection[tuple[Any, ...]]


class Brought(NamedTuple):
    """What came back: roots, rows by table, and how many keys of accounts still do not open."""

    roots: list[int]
    rows: dict[str, int]
    closed: int


def bring_instead(connection: Connection, keyring: Keyring, path: Path, passphrase: str) -> Brought:
    """Puts the keys of a set in the place of all keys of this database; for a restore.

    The roots come first, then all rows in one transaction: whenever it is killed, it can be done
    again. People whose key is not in the set can be read by nobody from then on. Keyed hashes of
    an account whose key is another version than the data's are to be made anew (`reindex`).

    Raises:
        NoKeySet: the file is not whole, or the passphrase is another one; nothing was changed.
        LostRoot: another root of the same epoch is here, or the set's roots are not and it has none.
    """
    found = read_key_set(path, passphrase)
    if found.roots:
        keyring.roots.bring(found.roots)
    with connection.transaction():
        connection.execute(HOLD_TICKS)
        connection.execute(EVERY_ACCOUNT)
        for table in TABLES:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table, rows in rows_of(path, passphrase):
            _insert(connection, table, rows)
        _all_held(connection, keyring)
        _take_hold(connection, keyring)
    return Brought(sorted(found.roots), found.rows, 0)


def bring_missing(connection: Connection, keyring: Keyring, path: Path, passphrase: str) -> Brought:
    """Brings back the roots, and the account's and installation's keys that do not open here.

    Whatever opens stays as it is. Roots that this database knows to be destroyed stay destroyed.

    Raises:
        NoKeySet: the file is not whole, or the passphrase is another one; nothing was changed.
        LostRoot: another root of the same epoch is here.
    """
    found = read_key_set(path, passphrase)
    with connection.transaction():
        connection.execute(HOLD_TICKS)
        connection.execute(EVERY_ACCOUNT)
        dead = connection.execute("SELECT epoch FROM root_epochs WHERE destroyed_at IS NOT NULL")
        gone = {row[0] for row in dead}
        named = connection.execute(
            "SELECT root_epoch FROM account_keys UNION SELECT root_epoch FROM installation_keys"
        )
        gone -= {row[0] for row in named}
        wanted = {n: root for n, root in found.roots.items() if n not in gone}
        before = keyring.roots.held()
        if wanted:
            keyring.roots.bring(wanted)
        counts = dict.fromkeys(TABLES, 0)
        for table, rows in rows_of(path, passphrase):
            if table in {"account_keys", "installation_keys"}:
                counts[table] += sum(_mend(connection, keyring, table, row) for row in rows)
        closed = _closed(connection, keyring)
        _take_hold(connection, keyring)
    return Brought(sorted(wanted.keys() - before), counts, closed)


def _insert(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    name = sql.Identifier(table)
    connection.execute(
        sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_recordset(null::{}, %s)").format(
            name, name
        ),
        (msgspec.json.encode(rows).decode(),),
    )


def _all_held(connection: Connection, keyring: Keyring) -> None:
    rows = connection.execute(
        "SELECT root_epoch FROM account_keys UNION SELECT root_epoch FROM installation_keys"
    )
    if missing := {row[0] for row in rows} - keyring.roots.held():
        raise LostRoot(f"The roots of epochs {sorted(missing)} are neither here nor in the set.")


def _take_hold(connection: Connection, keyring: Keyring) -> None:
    """Lets the table of epochs say what is here; makes a new root where the current one is not."""
    held = keyring.roots.held()
    # What is nowhere any more, and opens nothing here.
    connection.execute(
        "UPDATE root_epochs SET destroyed_at = now(), retired_at = coalesce(retired_at, now())"
        " WHERE destroyed_at IS NULL AND epoch <> ALL(%s)"
        " AND epoch NOT IN (SELECT root_epoch FROM account_keys)"
        " AND epoch NOT IN (SELECT root_epoch FROM installation_keys)",
        (sorted(held),),
    )
    rows = connection.execute("SELECT epoch, retired_at IS NULL FROM root_epochs").fetchall()
    if any(current and epoch in held for epoch, current in rows):
        return
    epoch = max(*held, *(row[0] for row in rows), 0) + 1
    keyring.roots.make(epoch)
    connection.execute("UPDATE root_epochs SET retired_at = now() WHERE retired_at IS NULL")
    connection.execute(
        "INSERT INTO root_epochs (epoch, proof, created_at) VALUES (%s, %s, now())",
        (epoch, prove(keyring, epoch)),
    )


def _mend(connection: Connection, keyring: Keyring, table: str, row: dict[str, Any]) -> int:
    """Takes a row of the set where the same row here does not open, and the set's does."""
    if not _opens(keyring, table, row):
        return 0
    key = ("account_id", "version") if table == "account_keys" else ("name",)
    where = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(each), sql.Placeholder()) for each in key
    )
    here = connection.execute(
        sql.SQL("SELECT to_jsonb(t) FROM {} AS t WHERE {}").format(sql.Identifier(table), where),
        [row[each] for each in key],
    ).fetchone()
    if here is None or _opens(keyring, table, here[0]):
        return 0
    connection.execute(
        sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), where),
        [row[each] for each in key],
    )
    _insert(connection, table, [row])
    return 1


def _closed(connection: Connection, keyring: Keyring) -> int:
    return sum(
        not _opens(keyring, table, row)
        for table in ("account_keys", "installation_keys")
        for (row,) in connection.execute(
            sql.SQL("SELECT to_jsonb(t) FROM {} AS t").format(sql.Identifier(table))
        )
    )


def _opens(keyring: Keyring, table: str, row: dict[str, Any]) -> bool:
    if table == "installation_keys":
        places = {"wrapped": installation_place(row["name"])}
    else:
        owner, version = UUID(row["account_id"]), row["version"]
        places = {
            "wrapped": account_place(owner, version, b"key"),
            "wrapped_index_key": account_place(owner, version, b"index"),
        }
    try:
        for column, place in places.items():
            # As PostgreSQL writes bytes in JSON: \x and hexadecimal digits.
            keyring.unwrap(row["root_epoch"], bytes.fromhex(row[column][2:]), place)
    except CannotUnwrap:
        return False
    return True
