"""An export that somebody has changed: no row comes in under another account or for a stranger."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import psycopg
import pytest
from psycopg import sql

from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.product.privacy.import_account import import_account
from chathaven.product.privacy.import_file import CannotImport, ExportFile
from tests.ground import migrated_database
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.privacy.test_import_busy import exported
from tests.product.served import Company, Served

Row = dict[str, Any]


@pytest.fixture
def elsewhere() -> Iterator[DatabaseUrls]:
    """The database of an empty installation."""
    with migrated_database() as urls:
        yield urls


def changed(body: bytes, fits: bool = True, **changes: Callable[[Row], list[Row]]) -> bytes:
    """Returns an export in which each row of a table is others, and whose hashes fit or not."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(body)) as old, ZipFile(made, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for entry in manifest["files"]:
            data = old.read(entry["name"])
            change = changes.get(entry["name"].split("/")[1]) if "/" in entry["name"] else None
            if change is not None:
                rows = [each for line in data.splitlines() for each in change(json.loads(line))]
                data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
                entry["sha256"] = hashlib.sha256(data).hexdigest() if fits else entry["sha256"]
            new.writestr(entry["name"], data)
        new.writestr("manifest.json", json.dumps(manifest))
    return made.getvalue()


def accounts_and_words(urls: DatabaseUrls, tenants: list[UUID]) -> tuple[set[str], str]:
    """Returns which accounts have rows, of those asked for, and all that every table holds."""
    accounts, words = set(), []
    with psycopg.connect(urls.owner) as owner:
        tables = owner.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'account_id'"
        ).fetchall()
        for tenant in tenants:
            owner.execute(
                "SELECT set_config('app.account', %s, true),"
                " set_config('app.sees', 'everyone', true)",
                (str(tenant),),
            )
            for (table,) in tables:
                name = sql.Identifier(table)
                rows = owner.execute(
                    sql.SQL("SELECT account_id::text, t::text FROM {} t").format(name)
                ).fetchall()
                accounts |= {account for account, _ in rows}
                words += [text for _, text in rows]
    return accounts, "\n".join(words)


async def test_no_row_is_anothers_or_a_strangers(
    served: Served, company: Company, visitor: Visitor, elsewhere: DatabaseUrls, tmp_path: Path
) -> None:
    other, stranger = new_id(), new_id()

    def anothers(row: Row) -> list[Row]:
        return [row | {"account_id": str(other)}]

    def with_a_stranger(row: Row) -> list[Row]:
        whose = "visitor_id" if "visitor_id" in row else "id"
        theirs = row | {"id": str(new_id()), whose: str(stranger), "account_id": str(other)}
        return [row, theirs]

    file = tmp_path / "account.zip"
    file.write_bytes(
        changed(
            await exported(served, company),
            sites=anothers,
            operators=anothers,
            notices=anothers,
            visitors=with_a_stranger,
            events=with_a_stranger,
        )
    )
    database = Database(elsewhere.app, Vault(Keyring.open(tmp_path / "keyring.json")))
    try:
        imported = await import_account(database, served.process.ground.objects, file)
    finally:
        await database.close()
    assert imported.account_id == UUID(company.id)
    accounts, words = accounts_and_words(elsewhere, [UUID(company.id), other])
    assert accounts == {company.id}
    assert str(visitor.id) in words
    assert str(other) not in words
    assert str(stranger) not in words


async def test_what_is_not_what_was_exported_is_refused(
    served: Served, company: Company, visitor: Visitor, tmp_path: Path
) -> None:
    def renamed(row: Row) -> list[Row]:
        return [row | {"name": "Somebody else"}]

    file = tmp_path / "account.zip"
    file.write_bytes(changed(await exported(served, company), fits=False, operators=renamed))
    with pytest.raises(CannotImport, match=r"operators.* is not what was exported"):
        ExportFile(file)
