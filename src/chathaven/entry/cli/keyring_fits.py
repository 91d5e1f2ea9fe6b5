"""Whether the keyring is this database's, and where it is to be; asked before a start."""

from __future__ import annotations

import os

import psycopg

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.epochs import proves
from chathaven.engines.vault.keyring import Keyring

MOVING = "keys-moving"
"""A file in the data folder: where the roots are being moved to, as long as that is not ended."""


def place_being_moved_to(settings: Settings) -> str | None:
    """Returns the file or address to which a move of the roots was begun, or None."""
    try:
        return os.fsdecode((settings.data / MOVING).read_bytes()).strip()
    except FileNotFoundError:
        return None


def refuse_while_moving(settings: Settings) -> None:
    """Looks whether a move of the roots was begun and not ended.

    Raises:
        SettingError: one was.
    """
    if (to := place_being_moved_to(settings)) is not None:
        raise SettingError(
            f"CHATHAVEN_KEYRING: a move of the keys was begun: end it with chathaven keys move {to}"
        )


def keyring_that_is_there(settings: Settings) -> Keyring | None:
    """Opens the keyring, and makes none.

    Raises:
        SettingError: it cannot be read, or is being moved.
    """
    refuse_while_moving(settings)
    if settings.keyring_address is None and not settings.keyring.exists():
        return None
    return Keyring.of(settings)


def refuse_strange_keyring(settings: Settings, urls: DatabaseUrls) -> None:
    """Looks whether the keyring is this database's.

    Raises:
        SettingError: it is another one, an older copy, gone, or being moved.
    """
    refuse_while_moving(settings)
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
