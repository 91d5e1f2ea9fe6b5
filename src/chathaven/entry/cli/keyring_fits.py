"""Whether the keyring is this database's; asked before a start."""

from __future__ import annotations

import psycopg

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.epochs import proves
from chathaven.engines.vault.keyring import Keyring


def keyring_that_is_there(settings: Settings) -> Keyring | None:
    """Opens the keyring, and makes none.

    Raises:
        SettingError: it cannot be read.
    """
    if settings.keyring_address is None and not settings.keyring.exists():
        return None
    return Keyring.of(settings)


def refuse_strange_keyring(settings: Settings, urls: DatabaseUrls) -> None:
    """Looks whether the keyring is this database's.

    Raises:
        SettingError: it is another one, an older copy, or gone.
    """
    with psycopg.connect(urls.app) as connection:
        row = connection.execute(
            "SELECT epoch, proof FROM root_epochs WHERE retired_at IS NULL"
        ).fetchone()
    if row is None:
        return
    keyring = keyring_that_is_there(settings)
    if keyring is None or not proves(keyring, row[0], row[1]):
        where = keyring.roots.where() if keyring else settings.keyring
        raise SettingError(
            f"CHATHAVEN_KEYRING: {where} does not hold the root of epoch {row[0]}, which this"
            " database needs: bring the newest copy back, or run chathaven keys import"
        )
