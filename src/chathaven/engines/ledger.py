"""The ledger of erasures: who is not to come back, told without naming anybody.

It lies outside the database (DATA/ledger/erasures.jsonl), so that a database that is brought
back from before an erasure does not bring its own memory with it. A line holds a mark: the
HMAC-SHA-256 of the kind of subject, the account and the subject, under the ledger's own key,
which stands in the file's first line. The ids are random, so a mark leads nobody to a person;
but whoever holds an id, as a restore does for each row, can ask whether it was erased.

The file is only ever appended to, under a lock that processes share, and is on disk before
`note` returns. Each line carries the hash of the line before it. What a crash left of a last line
is set aside by the next `note`; a line that was changed, removed or moved is named by `read`.

It holds as well what else a restore must not undo (`note_changes`): that a message was deleted, a
permission withdrawn, a person restricted.

It also holds the hash of every certificate that was signed, and once a day the root over them
(`close_day`): a certificate that is written anew, or a day's list with one less, has no root here.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from chathaven.engines.ledger_changes import Change
from chathaven.engines.ledger_lines import (
    CERTIFICATE,
    FORMAT,
    NO_ERASURE,
    ROOT,
    First,
    Head,
    Kind,
    Line,
    NotALedger,
    Read,
    Subject,
    decoded,
    entry_of,
    first_line,
    made_line,
    mark,
    read,
    root_over,
)
from chathaven.engines.vault.key_file import write_once

__all__ = ["FORMAT", "Head", "Kind", "Ledger", "NotALedger", "Read", "Subject", "mark", "read"]

FILE_NAME = "erasures.jsonl"
_TAIL = 4096
"""Bytes that certainly hold the last line."""


class Ledger:
    """The ledger in one folder. Every method may be called from several processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME

    def note(self, kind: Kind, account_id: UUID, subject_id: UUID, erasure_id: UUID) -> None:
        """Writes that a subject is erased, and returns once that is on disk.

        Called before the erasing transaction commits: a subject that is in the ledger and still
        in the database is erased once more, whereas one that is missing here could come back.
        Noting a subject twice is harmless. It waits for the disk: call it in a thread.

        Raises:
            NotALedger: there is a file of the ledger's name that is none.
            ValueError: the erasure bears the id of whom it erases, which would stand here plainly.
            OSError: it cannot be written.
        """
        self.note_all([Subject(kind, account_id, subject_id)], erasure_id)

    def note_all(self, subjects: Iterable[Subject], erasure_id: UUID) -> None:
        """Writes that several subjects are erased, with one wait for the disk; see `note`."""
        with self._locked(fcntl.LOCK_EX) as file:
            first = first_line(os.pread(file, _TAIL, 0), self.path)
            end = self._mend(file)
            texts = []
            for each in subjects:
                if erasure_id in each:
                    raise ValueError("an erasure has an id of its own")
                line = made_line(end, each.kind, mark(first, each), erasure_id)
                end = Head(line.number, line.hash)
                texts.append(msgspec.json.encode(line) + b"\n")
            _append(file, b"".join(texts))

    def note_changes(self, changes: Iterable[Change]) -> None:
        """Writes what a restore must not undo, and returns once that is on disk; see `note`.

        Raises:
            NotALedger: as `note`.
            OSError: it cannot be written; nothing of it is there then.
            ValueError: a change keeps a hash of another length.
        """
        with self._locked(fcntl.LOCK_EX) as file:
            first = first_line(os.pread(file, _TAIL, 0), self.path)
            end = self._mend(file)
            texts = []
            for each in changes:
                line = made_line(end, each.kind, each.mark(first), NO_ERASURE, each.at)
                end = Head(line.number, line.hash)
                texts.append(msgspec.json.encode(line) + b"\n")
            _append(file, b"".join(texts))

    def note_certificate(self, erasure_id: UUID, document_hash: str) -> None:
        """Writes that a certificate was signed, by its SHA-256 in hex; returns once it is on disk.

        Called before the transaction that keeps the certificate commits. One that is noted and was
        never kept does no harm: nobody has it.

        Raises:
            NotALedger: as `note`.
            OSError: it cannot be written.
        """
        self._add(CERTIFICATE, document_hash, erasure_id)

    def close_day(self) -> bool:
        """Writes the root over all certificates since the last root; False where there is none.

        Raises:
            NotALedger: as `note`.
            OSError: it cannot be written.
        """
        with self._locked(fcntl.LOCK_EX) as file:
            first_line(os.pread(file, _TAIL, 0), self.path)
            end = self._mend(file)
            _, since = _since_root(file)
            entries = [entry for line in since for entry in entry_of(line)]
            if entries:
                line = made_line(end, ROOT, root_over(entries), NO_ERASURE)
                _append(file, msgspec.json.encode(line) + b"\n")
        return bool(entries)

    def last_root(self) -> Line | None:
        """Returns the newest line of the kind `root`, or None where there is none yet."""
        with self._locked(fcntl.LOCK_SH) as file:
            return _since_root(file)[0]

    def _add(self, kind: str, mark: str, erasure_id: UUID) -> None:
        with self._locked(fcntl.LOCK_EX) as file:
            first_line(os.pread(file, _TAIL, 0), self.path)
            line = made_line(self._mend(file), kind, mark, erasure_id)
            _append(file, msgspec.json.encode(line) + b"\n")

    def head(self) -> Head:
        """Returns how far it goes, to the last line that is whole; 0 where nothing was noted yet.

        Raises:
            NotALedger: as `note`.
            OSError: it cannot be read.
        """
        with self._locked(fcntl.LOCK_SH) as file:
            first_line(os.pread(file, _TAIL, 0), self.path)
            tail = os.pread(file, _TAIL, max(0, os.fstat(file).st_size - _TAIL))
            # Reading all of it takes seconds, while a backup holds one moment of the database.
            last = _last_whole(tail)
            if last is None:
                lines = read(b"".join(_pieces(file)), self.path).lines
                last = lines[-1] if lines else None
        return Head(last.number, last.hash) if last else Head(0, "")

    def body(self) -> bytes:
        """Returns the whole file, as it is between two notes."""
        with self._locked(fcntl.LOCK_SH) as file:
            return b"".join(_pieces(file))

    @contextmanager
    def _locked(self, how: int) -> Iterator[int]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.exists():
            key = base64.b64encode(os.urandom(32)).decode()
            write_once(self.path, msgspec.json.encode(First(FORMAT, key)) + b"\n")
        file = os.open(self.path, os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(file, how)
            yield file
        finally:
            os.close(file)

    def _mend(self, file: int) -> Head:
        """Sets aside what a crash left of a last line; returns what the next one follows.

        It is without a hash where the line before the next one is damaged.

        What is set aside was never acknowledged: `note` returns after the disk has its line, and
        the end of the line with it.
        """
        size = os.fstat(file).st_size
        begin = max(0, size - _TAIL)
        tail = os.pread(file, _TAIL, begin)
        end = tail.rfind(b"\n") + 1
        if end < len(tail):
            _aside(self.path, tail[end:])
            os.ftruncate(file, begin + end)
            os.fsync(file)
        # The first piece is the file's first line, or the end of a line that began before.
        lines = tail[:end].split(b"\n")[1:-1]
        for damaged, text in enumerate(reversed(lines)):
            line = decoded(text)
            if line is not None and line.is_whole():
                return Head(line.number + damaged, "" if damaged else line.hash)
        if begin:
            raise NotALedger(f"{self.path} is damaged over its last lines.")
        return Head(len(lines), "")


def _append(file: int, body: bytes) -> None:
    size = os.fstat(file).st_size
    try:
        left = memoryview(body)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except OSError:
        # A full disk leaves no half line behind.
        os.ftruncate(file, size)
        raise


def _aside(path: Path, torn: bytes) -> None:
    handle = os.open(path.with_suffix(".damaged"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(torn + b"\n")
        os.fsync(file.fileno())


def _pieces(file: int) -> Iterator[bytes]:
    place = 0
    while piece := os.pread(file, 1 << 20, place):
        yield piece
        place += len(piece)


def _last_whole(tail: bytes) -> Line | None:
    for text in reversed(tail.split(b"\n")[1:-1]):
        line = decoded(text)
        if line is not None and line.is_whole():
            return line
    return None


def _since_root(file: int) -> tuple[Line | None, list[Line]]:
    """Returns the last line of the kind `root`, and those behind it that are whole."""
    size = os.fstat(file).st_size
    span = _TAIL
    while True:
        begin = max(0, size - span)
        # The first piece is the file's first line, or the end of a line that began before.
        texts = os.pread(file, size - begin, begin).split(b"\n")[1:]
        found: list[Line] = []
        for text in reversed(texts):
            line = decoded(text)
            if line is None or not line.is_whole():
                continue
            if line.kind == ROOT:
                return line, found[::-1]
            found.append(line)
        if not begin:
            return None, found[::-1]
        span *= 4
