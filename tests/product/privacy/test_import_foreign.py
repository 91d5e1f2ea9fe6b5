"""An export that somebody has changed: it is refused, unless they signed it anew with a key that
nobody compares; and then no row comes in under another account or for a stranger.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
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
from chathaven.engines.vault.signing import Checker, Signing
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


@pytest.fixture
def strangers(tmp_path: Path) -> Signing:
    """A key of somebody who has no installation of ours."""
    return Signing.open(tmp_path / "strangers.json")


def changed(
    body: bytes,
    signing: Signing | None,
    fits: bool = True,
    **changes: Callable[[Row], list[Row]],
) -> bytes:
    """Returns an export in which each row of a table is others, and whose hashes fit or not.

    It is signed anew, or bears the signature that it bore before.
    """
    made = io.BytesIO()
    with ZipFile(io.BytesIO(body)) as old, ZipFile(made, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for entry in manifest["files"]:
            data = old.read(entry["name"])
            change = changes.get(entry["name"].split("/")[1]) if "/" in entry["name"] else None
            if change is not None:
                rows = [each for line in data.splitlines() for each in change(json.loads(line))]
                data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
                entry["bytes"] = len(data)
                entry["sha256"] = hashlib.sha256(data).hexdigest() if fits else entry["sha256"]
            new.writestr(entry["name"], data)
        if signing is not None:
            manifest |= {"public_key": signing.public_key}
            manifest = signing.sign({k: v for k, v in manifest.items() if k != "signature"})
        new.writestr("manifest.json", json.dumps(manifest))
    return made.getvalue()


def with_manifest(body: bytes, **values: Any) -> bytes:
    """Returns an export whose manifest says something else; what is None is taken out."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(body)) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                said = json.loads(data) | values
                data = json.dumps({k: v for k, v in said.items() if v is not None}).encode()
            new.writestr(name, data)
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
    served: Served,
    company: Company,
    visitor: Visitor,
    elsewhere: DatabaseUrls,
    strangers: Signing,
    tmp_path: Path,
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
            strangers,
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
    assert (imported.account_id, imported.key_id) == (UUID(company.id), strangers.key_id)
    accounts, words = accounts_and_words(elsewhere, [UUID(company.id), other])
    assert accounts == {company.id}
    assert str(visitor.id) in words
    assert str(other) not in words
    assert str(stranger) not in words


def renamed(row: Row) -> list[Row]:
    return [row | {"name": "Somebody else"}]


def refused(file: Path, body: bytes, keys: Checker | None = None) -> str:
    """Returns why an export is not taken."""
    file.write_bytes(body)
    with pytest.raises(CannotImport) as why:
        ExportFile(file, keys)
    return str(why.value)


async def test_what_was_changed_is_refused(
    served: Served, company: Company, visitor: Visitor, strangers: Signing, tmp_path: Path
) -> None:
    body, file = await exported(served, company), tmp_path / "account.zip"
    signed_anew = changed(body, strangers, fits=False, operators=renamed)
    assert re.search(r"operators/.* was changed\.$", refused(file, signed_anew))
    # Whoever makes the hashes fit has no key to sign them with.
    fitting = changed(body, None, operators=renamed)
    assert refused(file, fitting).endswith("The signature does not hold: something was changed.")
    account = {"id": str(new_id()), "company": "Somebody else"}
    assert "does not hold" in refused(file, with_manifest(body, account=account))
    assert "not known here" in refused(file, with_manifest(body, public_key=strangers.public_key))
    assert "Its key is none" in refused(file, with_manifest(body, public_key="none"))
    assert "bears no signature" in refused(file, with_manifest(body, signature=None))


async def test_a_key_that_is_known_tells_who_signed(
    served: Served, company: Company, visitor: Visitor, strangers: Signing, tmp_path: Path
) -> None:
    body, file = await exported(served, company), tmp_path / "account.zip"
    known = served.process.ground.signing
    for keys in (None, known.checker, Checker.of(known.public_key)):
        file.write_bytes(body)
        with ExportFile(file, keys) as opened:
            assert opened.key_id == known.key_id
    assert "not known here" in refused(file, body, strangers.checker)
    forged = changed(body, strangers, operators=renamed)
    assert "not known here" in refused(file, forged, known.checker)
    # Nobody has said who signed, and nothing in the file does.
    file.write_bytes(forged)
    with ExportFile(file) as opened:
        assert opened.key_id == strangers.key_id
    assert "Give it with --key" in refused(file, with_manifest(body, public_key=None))
