"""Bringing an exported account into an empty installation: the same rows under fresh keys.

Ids, numbers and times stay as they were, so that chats read the same and the chain of receipts
still holds. What lets somebody in is in no export: nobody is signed in, visitors come as new
ones, and operators are invited to set a password.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, insert, select

from chathaven.base.clock import now
from chathaven.base.ids import Secret
from chathaven.engines.database.columns import SealedBytes
from chathaven.engines.database.tables import Table, row_id
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.files.objects import Objects
from chathaven.engines.vault.model import AccountKey, PersonKey
from chathaven.engines.vault.seal import Key, place
from chathaven.engines.vault.signing import Checker
from chathaven.product.access.directory import OPERATOR_EMAIL, SITE_KEY, enter_name
from chathaven.product.access.gate import INVITATION_PREFIX
from chathaven.product.access.model import Directory
from chathaven.product.messages.model import File
from chathaven.product.operators.model import Invitation, Operator
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.privacy.export_account import account_tables
from chathaven.product.privacy.export_rows import as_column, of_account
from chathaven.product.privacy.import_file import CannotImport, ExportFile
from chathaven.product.privacy.import_objects import bring_file
from chathaven.product.privacy.import_settle import settle, with_keys
from chathaven.product.sites.model import Site

LIVES = timedelta(days=7)
PAGE = 500
KEYS: frozenset[type[Table]] = frozenset({AccountKey, PersonKey})
"""Made anew."""
PASSWORD = "password_hash"


class Imported(NamedTuple):
    """What was imported, the secret of the link with which the owner sets a password, and the id of
    the key that signed the export.
    """

    account_id: UUID
    rows: dict[str, int]
    owner: Secret
    key_id: str


async def import_account(
    database: Database, objects: Objects, path: Path, keys: Checker | None = None
) -> Imported:
    """Brings an account in, all of it or nothing; see `ExportFile` for `keys`.

    Files of chats are sealed anew on their way into the store; those of an import that was killed
    have no row, and are swept.

    Raises:
        Away: the store of files cannot be written to.
        CannotImport: the installation is not empty, or the file is not a whole and genuine export.
    """
    with ExportFile(path, keys) as file:
        async with database.transaction() as tx:
            if await tx.value(select(Directory.kind).limit(1)) is not None:
                raise CannotImport("This installation is not empty. Import into a new one.")
        await _make_keys(database, file)
        nobodys = await PASSWORDS.hash(Secret.new("none", file.account_id).text)
        rows: dict[str, int] = {}
        # One transaction: an installation that was killed meanwhile is still empty.
        async with database.transaction(file.account_id) as tx:
            for table in account_tables():
                if table not in KEYS and _can_come(table):
                    rows[table.__tablename__] = await _bring(tx, objects, file, table, nobodys)
            await settle(tx)
            owner = await _let_in(tx)
    return Imported(file.account_id, rows, owner, file.key_id)


async def _make_keys(database: Database, file: ExportFile) -> None:
    """Makes the account's and all people's keys. Those of a run that was killed go first."""
    account_id = file.account_id
    async with database.transaction(account_id) as tx:
        driver = await tx.driver()
        await driver.execute("DELETE FROM person_keys WHERE account_id = %s", (account_id,))
        await driver.execute("DELETE FROM account_keys WHERE account_id = %s", (account_id,))
        await tx.vault.new_account(driver, account_id)
        for line in file.lines(PersonKey.__tablename__):
            person_id = UUID(line["person_id"])
            await tx.vault.new_person(driver, account_id, person_id, line["kind"])


def _can_come(table: type[Table]) -> bool:
    """Whether a row is whole without its credential; a session or token is nothing without."""
    return all(
        entry.export
        or name == PASSWORD
        or name in table.indexes.values()
        or table.__table__.c[name].nullable
        for name, entry in table.entries.items()
    )


async def _bring(
    tx: Transaction, objects: Objects, file: ExportFile, table: type[Table], nobodys: bytes
) -> int:
    lines, count = file.lines(table.__tablename__), 0
    while page := list(islice(lines, PAGE)):
        values = await with_keys(tx, table, [_values(table, tx.account_id, line) for line in page])
        if not values:
            continue
        if PASSWORD in table.entries:
            for each in values:
                each[PASSWORD] = nobodys
        if table is File:
            values = [await bring_file(objects, file, each) for each in values]
        sealed = [each async for each in _sealed(tx, table, values)]
        await tx.session.execute(insert(table), sealed)
        count += len(values)
    return count


def _values(table: type[Table], account_id: UUID, line: dict[str, Any]) -> dict[str, Any]:
    """Returns a row from its line.

    Raises:
        CannotImport: the line has a column that this version does not know.
    """
    columns = table.__table__.c
    if unknown := line.keys() - columns.keys():
        raise CannotImport(
            f"{table.__tablename__} has {sorted(unknown)}, which this version does not know."
        )
    given = {name: _value(columns[name], value) for name, value in line.items()}
    return given | {"account_id": account_id}


def _value(column: ColumnElement[Any], value: Any) -> Any:
    if isinstance(column.type, LargeBinary) and isinstance(value, str):
        return base64.b64decode(value)
    return as_column(column, value)


async def _sealed(
    tx: Transaction, table: type[Table], rows: list[dict[str, Any]]
) -> AsyncIterator[dict[str, Any]]:
    """Yields rows with what is to be sealed sealed, and indexed, by each person's own key."""
    if not table.sealed_columns:
        for row in rows:
            yield row
        return
    driver, person = await tx.driver(), str(table.holding.person)
    keys = await tx.vault.keys(driver, tx.account_id, {row[person] for row in rows})
    for row in rows:
        written = dict(row)
        for name in table.sealed_columns:
            value = row.get(name)
            index = table.indexes.get(name)
            if index is not None:
                written[index] = None
            if value is None:
                continue
            written[name] = _seal(tx.account_id, keys[row[person]], table, name, row)
            if index is not None:
                written[index] = await tx.vault.index(driver, tx.account_id, name, str(value))
        yield written


def _seal(
    account_id: UUID, key: Key, table: type[Table], column: str, row: dict[str, Any]
) -> SealedBytes:
    bound = place(account_id, key.person_id, table.__tablename__, column, row_id(table, row))
    return SealedBytes(key.seal(row[column], bound))


async def _let_in(tx: Transaction) -> Secret:
    """Enters the names, and invites every operator to set a password; returns the owner's link.

    Raises:
        CannotImport: the export has no owner.
    """
    for site in await tx.all(select(Site).where(*of_account(Site, tx.account_id))):
        await enter_name(tx, SITE_KEY, site.key, site.id)
    operators = await tx.all(
        select(Operator)
        .where(*of_account(Operator, tx.account_id))
        .order_by(Operator.created_at, Operator.id)
    )
    owner = next((each for each in operators if each.role == "owner"), None)
    if owner is None:
        raise CannotImport("The export has no owner.")
    secret = Secret.new(INVITATION_PREFIX, tx.account_id)
    for operator in operators:
        await enter_name(tx, OPERATOR_EMAIL, operator.email, operator.id)
        await tx.insert(
            Invitation(
                account_id=tx.account_id,
                id=operator.id,
                email=operator.email,
                role=operator.role,
                digest=secret.digest if operator is owner else None,
                created_at=now(),
                expires_at=now() + LIVES,
            )
        )
    return secret
