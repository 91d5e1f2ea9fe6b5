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
from chathaven.entry import slices
from chathaven.entry.cli.installation import database
from chathaven.entry.cli.refusal import Refusal
from chathaven.product.privacy.import_account import Imported, import_account
from chathaven.product.privacy.import_file import CannotImport

assert slices.HANDLERS, "every slice's tables are mapped"


def import_file(settings: Settings, path: Path) -> int:
    """Imports an account, and prints the link for its owner; returns the exit status.

    Raises:
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: the installation is not empty, or the file is not a whole export.
    """
    with database(settings) as urls:
        migrate(urls)
        try:
            imported = asyncio.run(_import(settings, urls, path))
        except CannotImport as error:
            raise Refusal(str(error)) from None
        except Away:
            raise Refusal("The store of files cannot be written to; nothing was imported") from None
    rows = sum(imported.rows.values())
    print(
        f"Imported {rows} rows: {imported.rows['chats']} chats, {imported.rows['events']} events,"
        f" {imported.rows['files']} files."
    )
    print("Nobody has a password yet. The owner sets one here, once, within 7 days:")
    print(f"  {settings.public_url}/join#{imported.owner.text}")
    print("All others are listed as invited: send their invitations again from the team's page.")
    return 0


async def _import(settings: Settings, urls: DatabaseUrls, path: Path) -> Imported:
    opened = Database(urls.app, Vault(Keyring.of(settings)))
    try:
        return await import_account(opened, Objects.open(settings), path)
    finally:
        await opened.close()
