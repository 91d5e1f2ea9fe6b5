"""Reading an account's export: checked whole before a row of it is believed.

Its manifest is signed, and the installation that reads it does not know by whom. So the key lies in
the file, and tells that nothing was changed since somebody signed it; that this was the old
installation tells only a key that was got from there.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from chathaven.engines.vault.signed_zip import BROKEN, check_zip
from chathaven.engines.vault.signing import Checker, NotGenuine
from chathaven.product.privacy.export_writing import FORMAT

_PIECE = 1024 * 1024
_decode = msgspec.json.Decoder().decode


class CannotImport(Exception):
    """An account cannot be imported; the text says why, for the terminal."""


class _Account(msgspec.Struct):
    id: UUID


class _File(msgspec.Struct):
    name: str
    bytes: int
    sha256: str


class _Manifest(msgspec.Struct):
    format: str
    schema_version: int
    account: _Account
    tables: dict[str, int]
    files: list[_File]
    public_key: str | None = None


class ExportFile:
    """An export, opened. `key_id` names the key that signed it.

    It is checked with `keys`, or where there are none with the key in the file.

    Raises:
        CannotImport: it is not a whole export of a format that is known, it was changed since it
            was signed, or none of the keys has signed it.
    """

    def __init__(self, path: Path, keys: Checker | None = None) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            raise CannotImport("The file cannot be read, or is not a whole ZIP.") from None
        try:
            self._manifest = self._read_manifest()
            self.key_id = _check(path, keys or _key_of(self._manifest))
            self._names = frozenset(each.name for each in self._manifest.files)
        except (KeyError, msgspec.MsgspecError, *BROKEN):
            self._zip.close()
            raise CannotImport("The file is not an export of a Chathaven account.") from None
        except CannotImport:
            self._zip.close()
            raise

    @property
    def account_id(self) -> UUID:
        """The account that was exported."""
        return self._manifest.account.id

    def _read_manifest(self) -> _Manifest:
        manifest = msgspec.json.decode(self._zip.read("manifest.json"), type=_Manifest)
        if (manifest.format, manifest.schema_version) != (FORMAT, 1):
            raise CannotImport("The export has a format that this version does not know.")
        return manifest

    def lines(self, table: str) -> Iterator[dict[str, Any]]:
        """Yields the rows of a table, in the order of their parts."""
        head = f"tables/{table}/"
        for each in self._manifest.files:
            if each.name.startswith(head):
                with self._zip.open(each.name) as file:
                    yield from map(_decode, file)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yields what a file of the export holds.

        Raises:
            CannotImport: there is none of this name.
        """
        if name not in self._names:
            raise CannotImport(f"{name} is named by a row, and is not in the export.")
        with self._zip.open(name) as file:
            while piece := file.read(_PIECE):
                yield piece

    def __enter__(self) -> ExportFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()


def _key_of(manifest: _Manifest) -> Checker:
    """Returns what checks with the key that the file itself holds."""
    if manifest.public_key is None:
        raise CannotImport("The export does not hold the key that signed it. Give it with --key.")
    try:
        return Checker.of(manifest.public_key)
    except ValueError:
        raise CannotImport("The export is not genuine. Its key is none.") from None


def _check(path: Path, keys: Checker) -> str:
    """Checks the signature and every file; returns the id of the key that signed."""
    try:
        with path.open("rb") as file:
            return check_zip(keys, file, None)[0]
    except NotGenuine as error:
        raise CannotImport(f"The export is not genuine. {error}") from None
