"""Which keys open what a backup holds: always the newest there are.

A backup holds no keys. Whoever was erased since has none in the newest set, so that what is left
of them in an old backup opens nothing.
"""

from __future__ import annotations

import base64
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec
import psycopg

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.backup.archive import Archive
from chathaven.engines.backup.dump import tables_of_keys
from chathaven.engines.backup.exchange import KEYRING
from chathaven.engines.backup.rebuild import Target, copy_keys
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.database.embedded import EmbeddedError
from chathaven.engines.vault.key_file import write_once
from chathaven.engines.vault.key_set import KeySet, NoKeySet
from chathaven.engines.vault.key_set_bring import bring_instead
from chathaven.engines.vault.keyring import FORMAT, Keyring
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.entry.cli.backup import beside, wide
from chathaven.entry.cli.passphrase import open_key_set


class Keys(Protocol):
    """Where keys come from.

    `words` says so; `are_newer` whether they are newer than the data, so that whoever has none was
    erased.
    """

    @property
    def words(self) -> str:
        """The source, for people."""

    @property
    def are_newer(self) -> bool:
        """Whether they are newer than the data."""

    def stage(self, staged: Path) -> Settings:
        """Puts files of keys into the folder that is built; returns the settings for it."""

    def load(self, target: Target, there: Settings) -> None:
        """Writes the keys of accounts and people into the database that is built.

        Raises:
            BackupError: they cannot be read, or do not fit to the roots.
        """


@dataclass(frozen=True)
class KeysHere:
    """The keys of the installation that is here; its keyring stays where it is."""

    settings: Settings
    words: str = "the installation that is here"
    are_newer: bool = True

    def stage(self, staged: Path) -> Settings:
        """Copies the key that signs, for what is signed while it is built."""
        shutil.copy(self.settings.data / FILE_NAME, staged / FILE_NAME)
        return replace(self.settings, data=staged)

    def load(self, target: Target, there: Settings) -> None:
        """Copies the rows from the database that is here."""
        try:
            with wide(self.settings) as dsn:
                copy_keys(dsn, target.wide, tables_of_keys())
        except (EmbeddedError, psycopg.Error) as error:
            raise BackupError(
                f"The keys of the installation that is here cannot be read ({error}): name the "
                "newest copy of them with --keys, and move the damaged DATA/postgres away"
            ) from None


@dataclass(frozen=True)
class KeysOfASet:
    """The keys of a key set. The roots come with it, unless they stay in a hardware module."""

    settings: Settings
    path: Path
    secret: str
    found: KeySet
    are_newer: bool

    @property
    def words(self) -> str:
        """The source, for people."""
        return f"{self.path}, of {self.found.made_at:%Y-%m-%dT%H:%M:%SZ}"

    def stage(self, staged: Path) -> Settings:
        """Writes the keyring, and keeps the key that signs where there is one."""
        signing = self.settings.data / FILE_NAME
        if self.found.signing:
            write_once(staged / FILE_NAME, self.found.signing)
        elif signing.is_file():
            shutil.copy(signing, staged / FILE_NAME)
        roots = self.found.roots
        if not roots:
            return replace(self.settings, data=staged)
        epochs = {str(epoch): base64.b64encode(root).decode() for epoch, root in roots.items()}
        held = {"format": FORMAT, "current": max(roots), "epochs": epochs}
        write_once(staged / KEYRING, msgspec.json.format(msgspec.json.encode(held)) + b"\n")
        return replace(self.settings, data=staged, keyring=staged / KEYRING)

    def load(self, target: Target, there: Settings) -> None:
        """Writes the rows of the set."""
        try:
            with psycopg.connect(target.wide) as connection:
                bring_instead(connection, Keyring.of(there), self.path, self.secret)
        except (NoKeySet, LostRoot) as error:
            raise BackupError(str(error)) from None


def choose(settings: Settings, archive: Archive, given: Path | None, file: Path | None) -> Keys:
    """Returns the newest keys for a backup: those that are here, or those of a set.

    `given` is a key set, and `file` holds its passphrase.

    Raises:
        BackupError: there are none; without them nothing in the backup can be read.
    """
    here = _here(settings, archive)
    path = given or beside(archive.path, "keys")
    if given is None and (here is not None or not path.is_file()):
        if here is not None:
            return here
        raise BackupError(
            f"There are no keys here for {archive.path}: name the newest copy of them with --keys. "
            "Without keys nobody can read what is in a backup"
        )
    try:
        secret, found = open_key_set(path, file)
    except NoKeySet as error:
        raise BackupError(str(error)) from None
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from None
    if here is not None and max(found.roots, default=0) <= Keyring.of(settings).current:
        return replace(
            here, words=f"the installation that is here: {path} holds none that is newer"
        )
    _check_signer(archive, found)
    made = datetime.fromisoformat(archive.manifest.created_at)
    return KeysOfASet(settings, path, secret, found, found.made_at >= made)


def _check_signer(archive: Archive, found: KeySet) -> None:
    """A backup that the owner of the keys has not signed is another's, or somebody's work.

    Raises:
        BackupError: it is.
    """
    if not found.signing:
        return
    # Not by way of a file: what was once on a disk may be found there again.
    archive.signed_by(Signing.of(found.signing).checker)


def _here(settings: Settings, archive: Archive) -> KeysHere | None:
    """Returns the keys of the installation here, if the backup is one of its own."""
    database = settings.data / "postgres" / "cluster"
    signing = settings.data / FILE_NAME
    if settings.database_url is not None or not database.is_dir() or not signing.is_file():
        return None
    try:
        archive.signed_by(Signing.open(signing).checker)
    except (BackupError, SettingError):
        # Made by another installation, whose keys are elsewhere.
        return None
    return KeysHere(settings)
