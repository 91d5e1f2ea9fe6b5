"""Reading an account's export: checked whole before a row of it is believed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from chathaven.product.privacy.export_writing import FORMAT

_PIECE = 1024 * 1024
_decode = msgspec.json.Decoder().decode


class CannotImport(Exception):
    """An account cannot be imported; the text is one sentence for the terminal."""


class _Account(msgspec.Struct):
    id: UUID


class _File(msgspec.Struct):
    name: str
    sha256: str


class _Manifest(msgspec.Struct):
    format: str
    schema_version: int
    account: _Account
    tables: dict[str, int]
    files: list[_File]


class ExportFile:
    """An export, opened.

    Raises:
        CannotImport: it is not a whole export of a format that is known.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            raise CannotImport("The file cannot be read, or is not a whole ZIP.") from None
        try:
            self._manifest = self._checked()
            self._names = frozenset(each.name for each in self._manifest.files)
        except (KeyError, zipfile.BadZipFile, msgspec.MsgspecError):
            self._zip.close()
            raise CannotImport("The file is not an export of a Chathaven account.") from None
        except CannotImport:
            self._zip.close()
            raise

    @property
    def account_id(self) -> UUID:
        """The account that was exported."""
        return self._manifest.account.id

    def _checked(self) -> _Manifest:
        manifest = msgspec.json.decode(self._zip.read("manifest.json"), type=_Manifest)
        if (manifest.format, manifest.schema_version) != (FORMAT, 1):
            raise CannotImport("The export has a format that this version does not know.")
        for each in manifest.files:
            found = hashlib.sha256()
            with self._zip.open(each.name) as file:
                while piece := file.read(_PIECE):
                    found.update(piece)
            if found.hexdigest() != each.sha256:
                raise CannotImport(f"{each.name} is not what was exported.")
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
