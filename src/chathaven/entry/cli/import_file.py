"""`chathaven import FILE`: an exported account into an empty installation."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chathaven.base.settings import Settings
from chathaven.engines.database.migrate import migrate
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.files.objects import Away, Objects
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.signing import Checker
from chathaven.entry import slices
from chathaven.entry.cli.given_keys import given_keys
from chathaven.entry.cli.installation import database
from chathaven.entry.cli.refusal import Refusal
from chathaven.product.privacy.import_account import Imported, import_account
from chathaven.product.privacy.import_file import CannotImport

assert slices.HANDLERS, "every slice's tables are mapped"


def import_file(settings: Settings, path: Path, key: str | None = None) -> int:
    """Imports an account, and prints the link for its owner; returns the exit status.

    `key` is a public key, or a file with keys, of which one must have signed the export. Without it
    the key in the file itself is taken.

    Raises:
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: the installation is not empty, the file is not a whole and genuine export, or `key`
            is none.
    """
    keys = None if key is None else given_keys(key)
    with database(settings) as urls:
        migrate(urls)
        try:
            imported = asyncio.run(_import(settings, urls, path, keys))
        except CannotImport as error:
            raise Refusal(str(error)) from None
        except Away:
            raise Refusal("The store of files cannot be written to; nothing was imported") from None
    rows = sum(imported.rows.values())
    print(
        f"Imported {rows} rows: {imported.rows['chats']} chats, {imported.rows['events']} events,"
        f" {imported.rows['files']} files."
    )
    print(_signed(imported.key_id, is_known=keys is not None))
    print("Nobody has a password yet. The owner sets one here, once, within 7 days:")
    print(f"  {settings.public_url}/join#{imported.owner.text}")
    print("All others are listed as invited: send their invitations again from the team's page.")
    return 0


def _signed(key_id: str, *, is_known: bool) -> str:
    """Returns what the signature of the export says, and what it does not."""
    unchanged = f"Nothing in it was changed since it was signed with the key {key_id}"
    if is_known:
        return f"{unchanged}, which you gave."
    return (
        f"{unchanged}. Whose key that is, the file cannot tell: look for it in the old"
        " installation's /.well-known/chathaven-keys.json, or import with --key."
    )


async def _import(
    settings: Settings, urls: DatabaseUrls, path: Path, keys: Checker | None
) -> Imported:
    opened = Database(urls.app, Vault(Keyring.of(settings)))
    try:
        return await import_account(opened, Objects.open(settings), path, keys)
    finally:
        await opened.close()
