"""The file of a backup: a ZIP of parts that are hashed, and a signed manifest at its end.

Nothing in it opens anything: no keys, and no letters or exports, which are copies themselves.
It comes to its name when all of it is on disk, and not before.

    database.dump        PostgreSQL's own format (pg_dump -Fc), without the rows of key tables
    files.tar            the files of chats, sealed as the store holds them, where they are included
    key-versions.json    which version of its key each account had: numbers, no keys
    public-keys.json     what the installation's signatures are checked with
    installation.json    who runs it, where there is such a file
    manifest.json        the list of the parts, what is in them, and the signature over it
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from chathaven.engines.backup.refused import BackupError
from chathaven.engines.backup.whole_file import fresh_file
from chathaven.engines.ledger import Head
from chathaven.engines.vault.signed_zip import BROKEN
from chathaven.engines.vault.signing import Checker, NotGenuine, Signing

FORMAT = "chathaven-backup-1"
DUMP, VERSIONS, PUBLIC_KEYS = "database.dump", "key-versions.json", "public-keys.json"
FILES = "files.tar"
INSTALLATION, MANIFEST = "installation.json", "manifest.json"
_PIECE = 1 << 20
_LARGEST_MANIFEST = 4 << 20


class Part(msgspec.Struct, frozen=True):
    """One part: its name, its bytes, and their SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup is.

    `counts` is rows by table; `without` the tables whose rows stay out; `files` how many objects of
    the store of files it holds, None where they were left out.
    """

    format: str
    chathaven: str
    migration: str
    postgresql: int
    created_at: str
    counts: dict[str, int]
    without: list[str]
    ledger: Head
    parts: list[Part]
    files: int | None = None


class Writer:
    """Writes parts one after another; made by `writing`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.parts: list[Part] = []

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Gives a function that writes pieces of the part."""
        hashed, size = hashlib.sha256(), 0
        with self._archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:

            def write(piece: bytes) -> None:
                nonlocal size
                file.write(piece)
                hashed.update(piece)
                size += len(piece)

            yield write
        self.parts.append(Part(name, size, hashed.hexdigest()))

    def whole(self, name: str, body: bytes) -> None:
        """Writes a small part."""
        with self.part(name) as write:
            write(body)

    def close(self, manifest: Manifest, signing: Signing) -> None:
        """Writes the manifest, which names every part, and signs it."""
        said = msgspec.to_builtins(msgspec.structs.replace(manifest, parts=self.parts))
        body = msgspec.json.format(msgspec.json.encode(signing.sign(said)), indent=2) + b"\n"
        self._archive.writestr(zipfile.ZipInfo(MANIFEST), body)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Gives a writer; the file comes to its name, mode 0600, when the block ends well.

    Raises:
        BackupError: the name is taken, or the folder cannot be written to.
        OSError: the disk is full, or fails.
    """
    if path.exists():
        raise BackupError(f"{path} exists already: name another file, or remove it first")
    with fresh_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        yield Writer(archive)


class Archive:
    """A backup that was opened, and found whole."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        # Other ways of packing fail in ways of their own, or take all memory there is.
        if any(each.compress_type != zipfile.ZIP_STORED for each in archive.infolist()):
            raise self._damaged("it is packed")
        document = self._document()
        if document.get("format") != FORMAT:
            raise self._damaged("its format is not known here")
        try:
            self.manifest = msgspec.convert(document, Manifest)
        except msgspec.ValidationError:
            raise self._damaged("its manifest is not complete") from None
        self._signed = document

    def check(self, tell: Callable[[int, int], None]) -> None:
        """Reads all of it, and compares every part with the manifest, and that with its signature.

        `tell` is told bytes read and bytes in all. That the signature is *whose* is asked of
        `signed_by`.

        Raises:
            BackupError: something in it is not as it was written; the text names the part.
        """
        total = sum(part.size for part in self.manifest.parts)
        done = 0
        for part in self.manifest.parts:
            hashed, size = hashlib.sha256(), 0
            for piece in self.pieces(part.name):
                hashed.update(piece)
                size += len(piece)
                tell(done + size, total)
            if (size, hashed.hexdigest()) != (part.size, part.sha256):
                raise self._damaged(f"{part.name} is not as it was written")
            done += size
        self.signed_by(self.checker())

    def checker(self) -> Checker:
        """Returns what checks signatures of the installation that it says it comes from."""
        try:
            return Checker.of(self.whole(PUBLIC_KEYS).decode())
        except ValueError:
            raise self._damaged("its public keys cannot be read") from None

    def signed_by(self, checker: Checker) -> str:
        """Returns the id of the key, known to `checker`, that signed the manifest.

        Raises:
            BackupError: it was changed, or signed by another installation.
        """
        try:
            return checker.check(self._signed)
        except NotGenuine as error:
            raise self._damaged(f"its signature does not hold. {error}") from None

    def whole(self, name: str) -> bytes:
        """Returns a small part."""
        return b"".join(self.pieces(name))

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return any(part.name == name for part in self.manifest.parts)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yields a part, piece by piece."""
        try:
            with self._archive.open(name) as file:
                while piece := file.read(_PIECE):
                    yield piece
        except UNREADABLE as error:
            raise self._damaged(f"{name} cannot be read") from error

    def _document(self) -> dict[str, Any]:
        try:
            if self._archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
                raise self._damaged("its manifest is too large")
            found = msgspec.json.decode(self._archive.read(MANIFEST), type=dict[str, Any])
        except (*UNREADABLE, msgspec.MsgspecError):
            raise self._damaged("its manifest cannot be read") from None
        return found

    def _damaged(self, why: str) -> BackupError:
        return BackupError(f"{self.path} is damaged, or no backup of Chathaven: {why}")


UNREADABLE = (*BROKEN, KeyError)


@contextmanager
def opening(path: Path) -> Iterator[Archive]:
    """Opens a backup.

    Raises:
        BackupError: it cannot be read, or is none.
    """
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from None
    except UNREADABLE:
        raise BackupError(f"{path} is damaged, or no backup of Chathaven") from None
    with archive:
        yield Archive(path, archive)
