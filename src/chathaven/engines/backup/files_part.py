"""Files of chats in a backup: one part, a tar of the store's objects, sealed as they are.

It is written after the moment of the database is held, and an object is in the store before the
row that names it: so whatever that moment names is there, unless it was erased meanwhile.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from chathaven.engines.backup.refused import BackupError
from chathaven.engines.files.objects import Missing, Objects

Tell = Callable[[str, int, int], None]


class Brought(NamedTuple):
    """How many objects were brought back, and how many were left out."""

    files: int
    left_out: int


class _Out:
    """Where a tar writes that is handed on piece by piece."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write


class _In(io.RawIOBase):
    """Reads what comes in pieces."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than a buffer
        """Fills a buffer with what comes next."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        return size


def write_files(objects: Objects, write: Callable[[bytes], None], tell: Tell) -> int:
    """Writes every object of the store; returns how many.

    Raises:
        Away: the store cannot be reached.
    """
    count = 0
    with tarfile.open(fileobj=_Out(write), mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]  # it asks for `write` alone
        for name in objects.names():
            try:
                body = objects.whole(name)
            except Missing:
                continue  # Erased meanwhile.
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(body), 0o600
            tar.addfile(entry, io.BytesIO(body))
            count += 1
            tell("copying files", count, 0)
    return count


def bring_files(
    objects: Objects, pieces: Iterable[bytes], is_named: Callable[[str], bool], tell: Tell
) -> Brought:
    """Puts into the store what the restored database names, and nothing else.

    Called when those who were erased are out of the database, so that no file of theirs is brought
    back, for a moment either.

    Raises:
        Away: the store cannot be written to.
        BackupError: the part cannot be read.
    """
    brought, left_out = 0, 0
    for name, body in _objects(pieces):
        if is_named(name):
            objects.put(name, body)
            brought += 1
            tell("bringing back files", brought, 0)
        else:
            left_out += 1
    return Brought(brought, left_out)


def _objects(pieces: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BufferedReader(_In(pieces)), mode="r|") as tar:
            for entry in tar:
                held = tar.extractfile(entry)
                if held is not None:
                    yield entry.name, held.read()
    except tarfile.TarError as error:
        raise BackupError(f"The files in the backup cannot be read: {error}") from None
