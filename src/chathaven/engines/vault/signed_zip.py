"""Checking a ZIP whose `manifest.json` is signed and names every other file with its SHA-256."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from chathaven.engines.vault.canonical import NotCanonical, read_strictly
from chathaven.engines.vault.signing import Checker, NotGenuine

MAGIC = b"PK"
MANIFEST = "manifest.json"
_PIECE = 1 << 20
_LARGEST_MANIFEST = 50_000_000
_LARGEST_OF_STRANGERS = 1_000_000
"""A manifest is read before its signature is checked, and a few kilobytes may unpack to any size:
fifty million bytes of it took 18 seconds and half a gigabyte of memory."""
_OURS = frozenset({ZIP_STORED, ZIP_DEFLATED})
"""Other ways of packing fail in ways of their own, and one takes the memory that the file names."""
BROKEN = (
    *(BadZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What the library raises for a ZIP with wrong bytes in it."""


def check_zip(checker: Checker, file: IO[bytes], most: int | None) -> tuple[str, dict[str, Any]]:
    """Checks an archive, file by file. Returns the key's id and the manifest.

    `most` is how many bytes it may hold unpacked, where who sent it is not trusted with more.

    Raises:
        NotGenuine: it is no whole archive, or a file was changed, added or taken away.
    """
    try:
        with ZipFile(file) as archive:
            return _check(checker, archive, most)
    except BROKEN:
        raise NotGenuine("It is not a whole ZIP.") from None


def _check(checker: Checker, archive: ZipFile, most: int | None) -> tuple[str, dict[str, Any]]:
    names = archive.namelist()
    if not {each.compress_type for each in archive.infolist()} <= _OURS:
        raise NotGenuine("It is packed in another way than our exports.")
    if MANIFEST not in names:
        raise NotGenuine("It holds no manifest.")
    manifest = _manifest(archive, _LARGEST_MANIFEST if most is None else _LARGEST_OF_STRANGERS)
    key_id = checker.check(manifest)
    if not {"format", "generated_at", "files"} <= manifest.keys():
        raise NotGenuine("Its manifest is a document of another kind.")
    named: Mapping[str, Any] = {each["name"]: each for each in manifest["files"]}
    if sorted(names) != sorted([*named, MANIFEST]):
        raise NotGenuine("It holds other files than its manifest names.")
    if most is not None and sum(each["bytes"] for each in named.values()) > most:
        raise NotGenuine("It is too large to be looked at here: use chathaven verify FILE.")
    for name, each in named.items():
        if _hash(archive, name, each["bytes"]) != each["sha256"]:
            raise NotGenuine(f"Its file {name} was changed.")
    return key_id, manifest


def _manifest(archive: ZipFile, most: int) -> dict[str, Any]:
    with archive.open(MANIFEST) as file:
        text = file.read(most + 1)
    try:
        found = read_strictly(text) if len(text) <= most else None
    except NotCanonical:
        found = None
    if not isinstance(found, dict):
        raise NotGenuine("Its manifest cannot be read.")
    return found


def _hash(archive: ZipFile, name: str, size: int) -> str | None:
    """Returns the SHA-256 of a file; None where it is longer than it should be."""
    hashed, seen = hashlib.sha256(), 0
    with archive.open(name) as file:
        while piece := file.read(_PIECE):
            seen += len(piece)
            if seen > size:
                return None
            hashed.update(piece)
    return hashed.hexdigest()
