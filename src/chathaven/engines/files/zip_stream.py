"""A ZIP that is handed on while it is written, and can be taken up again after a restart.

Nothing of it stays in memory but the list of what it holds. Between two entries that list and
the number of bytes so far are all that is needed to go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

_STREAMED = 0x08
"""The flag that says: sizes stand behind the content (APPNOTE 4.4.4, bit 3)."""


class Entry(msgspec.Struct):
    """One file of an archive, as its directory needs it, with its SHA-256."""

    name: str
    at: tuple[int, int, int, int, int, int]
    size: int
    packed: int
    crc: int
    offset: int
    sha256: str


class _Sink:
    """Where the archive writes: a place without a way back."""

    def __init__(self, offset: int) -> None:
        self._pieces: list[bytes] = []
        self._offset = offset

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self._offset += len(data)
        return len(data)

    def tell(self) -> int:
        return self._offset

    def flush(self) -> None:
        """Has nothing to do: what is written is here at once."""

    def close(self) -> None:
        """Has nothing to do: what was written stays until it is taken."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class ZipStream:
    """Writes a ZIP. `take` after each step, and pass on what it gives.

    Args:
        moment: the time that every entry bears.
        offset: bytes that were taken before, when an archive is taken up again.
        entries: what it holds already, in the same case.

    `folder` stands before the name of each entry that is begun: nothing, or a path with its slash.
    """

    def __init__(self, moment: datetime, offset: int = 0, entries: Iterable[Entry] = ()) -> None:
        self._at = (
            moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
        )  # fmt: skip
        self._sink = _Sink(offset)
        # It has `tell` and no `seek`, which zipfile takes for a stream that begins there.
        self._zip = ZipFile(self._sink, "w", ZIP_DEFLATED, compresslevel=6)
        self.folder = ""
        self.entries: list[Entry] = []
        for entry in entries:
            self._zip.filelist.append(_restored(entry))
            self.entries.append(entry)
        self._open: IO[bytes] | None = None
        self._info: ZipInfo | None = None
        self._hash = hashlib.sha256()

    @property
    def offset(self) -> int:
        """How many bytes the archive has so far."""
        return self._sink.tell()

    def begin(self, name: str, *, large: bool = False) -> None:
        """Begins an entry in `folder`; `large` where it may come to more than 2 GiB."""
        info = ZipInfo(self.folder + name, self._at)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        self._info, self._hash = info, hashlib.sha256()
        self._open = self._zip.open(info, "w", force_zip64=large)

    def write(self, data: bytes) -> None:
        """Adds to the entry that was begun."""
        assert self._open is not None
        self._hash.update(data)
        self._open.write(data)

    def end(self) -> Entry:
        """Ends the entry, and returns what the directory will say of it."""
        assert self._open is not None
        assert self._info is not None
        self._open.close()
        info, self._open = self._info, None
        entry = Entry(
            name=info.filename,
            at=self._at,
            size=info.file_size,
            packed=info.compress_size,
            crc=info.CRC,
            offset=info.header_offset,
            sha256=self._hash.hexdigest(),
        )
        self.entries.append(entry)
        return entry

    def add(self, name: str, data: bytes) -> Entry:
        """Adds a whole entry."""
        self.begin(name)
        self.write(data)
        return self.end()

    def close(self) -> None:
        """Writes the directory; without it nobody takes the file for a whole one."""
        self._zip.close()

    def take(self) -> bytes:
        """Returns what was written since it was last taken."""
        return self._sink.take()


def _restored(entry: Entry) -> ZipInfo:
    info = ZipInfo(entry.name, entry.at)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.flag_bits |= _STREAMED
    info.file_size, info.compress_size = entry.size, entry.packed
    info.CRC, info.header_offset = entry.crc, entry.offset
    return info
