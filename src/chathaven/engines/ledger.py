"""The ledger of erasures: who is not to come back, told without naming anybody.

It lies outside the database (DATA/ledger/erasures.jsonl), so that a database that is brought
back from before an erasure does not bring its own memory with it. A line holds a mark: the
HMAC-SHA-256 of the kind of subject, the account and the subject, under the ledger's own key,
which stands in the file's first line. The ids are random, so a mark leads nobody to a person;
but whoever holds an id, as a restore does for each row, can ask whether it was erased.

The file is only ever appended to, under a lock that processes share, and is on disk before
`note` returns. Each line carries the hash of the line before it. What a crash left of a last line
is set aside by the next `note`; a line that was changed, removed or moved is named by `read`.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from chathaven.base.clock import now
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.key_file import write_once

FORMAT = "chathaven-ledger-1"
FILE_NAME = "erasures.jsonl"
Kind = Literal["visitor", "account"]
_TAIL = 4096
"""Bytes that certainly hold the last line."""


class Subject(NamedTuple):
    """Somebody who was erased: a visitor, or an account (whose id is then both ids)."""

    kind: Kind
    account_id: UUID
    subject_id: UUID


class Line(msgspec.Struct, frozen=True):
    """One erasure. `previous` and `hash` are SHA-256, in hex."""

    number: int
    at: datetime
    kind: str
    mark: str
    erasure_id: UUID
    previous: str
    hash: str

    def is_whole(self) -> bool:
        """Whether the line says what it said when it was written."""
        return self.hash == _hash(self)


class Head(msgspec.Struct, frozen=True):
    """How far a ledger goes: the number and the hash of its last line."""

    number: int
    hash: str


class _End(NamedTuple):
    """What the next line follows; without a hash where the line before it is damaged."""

    number: int
    hash: str


class _First(msgspec.Struct, frozen=True):
    format: str
    key: str


class NotALedger(Exception):
    """A file is no ledger of a known format; the text names it."""


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
            first = _first(os.pread(file, _TAIL, 0), self.path)
            end = self._mend(file)
            body = b""
            for each in subjects:
                if erasure_id in each:
                    raise ValueError("an erasure has an id of its own")
                line = _line(end, mark(first, each), each.kind, erasure_id)
                end = _End(line.number, line.hash)
                body += msgspec.json.encode(line) + b"\n"
            _append(file, body)

    def head(self) -> Head:
        """Returns how far it goes; number 0 where nobody was erased yet."""
        with self._locked(fcntl.LOCK_SH) as file:
            body = b"".join(_pieces(file))
        found = read(body, self.path)
        last = found.lines[-1] if found.lines else None
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
            write_once(self.path, msgspec.json.encode(_First(FORMAT, key)) + b"\n")
        file = os.open(self.path, os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(file, how)
            yield file
        finally:
            os.close(file)

    def _mend(self, file: int) -> _End:
        """Sets aside what a crash left of a last line; returns where the next one goes on.

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
            line = _decoded(text)
            if line is not None and line.is_whole():
                return _End(line.number + damaged, "" if damaged else line.hash)
        if begin:
            raise NotALedger(f"{self.path} is damaged over its last lines.")
        return _End(len(lines), "")


class Read(NamedTuple):
    """What a ledger says: its lines, in order, and what is wrong with it in one sentence each."""

    first: _First
    lines: list[Line]
    faults: list[str]
    torn: bool
    """Whether a crash left half a line at the end: that is no fault, for nobody relied on it."""

    def holds(self, head: Head) -> bool:
        """Whether this ledger goes at least as far as `head`, and is the same one."""
        if head.number == 0:
            return True
        return any(line.number == head.number and line.hash == head.hash for line in self.lines)

    def marks(self) -> frozenset[str]:
        """Returns the marks of all who were erased."""
        return frozenset(line.mark for line in self.lines)


def read(body: bytes, name: Path) -> Read:
    """Reads a ledger, and names each line that is not as it was written.

    Raises:
        NotALedger: its first line is not that of a ledger.
    """
    first = _first(body, name)
    _, *rest = body.split(b"\n")
    torn = bool(rest and rest[-1])
    rest = rest[:-1]
    lines: list[Line] = []
    faults: list[str] = []
    previous, number = "", 0
    for place, text in enumerate(rest, start=2):
        line = _decoded(text)
        if line is None or not line.is_whole():
            faults.append(f"Line {place} of {name} was changed or is damaged.")
            # The chain is taken up again behind it.
            previous, number = "", number + 1
            continue
        if line.number != number + 1 or (previous and line.previous != previous):
            missing = line.number - number - 1
            what = f"{missing} missing before it" if missing > 0 else "out of place"
            faults.append(f"Line {place} of {name} does not follow the line before it: {what}.")
        lines.append(line)
        previous, number = line.hash, line.number
    return Read(first, lines, faults, torn)


def mark(first: _First, subject: Subject) -> str:
    """Returns the mark by which a ledger knows a subject."""
    message = b"|".join((subject.kind.encode(), subject.account_id.bytes, subject.subject_id.bytes))
    return hmac.new(base64.b64decode(first.key), message, hashlib.sha256).hexdigest()


def _line(end: _End, mark: str, kind: Kind, erasure_id: UUID) -> Line:
    draft = Line(end.number + 1, now(), kind, mark, erasure_id, end.hash, "")
    return msgspec.structs.replace(draft, hash=_hash(draft))


def _hash(line: Line) -> str:
    said = {**msgspec.to_builtins(line), "hash": ""}
    return hashlib.sha256(canonical(said)).hexdigest()


def _first(body: bytes, name: Path) -> _First:
    try:
        found = msgspec.json.decode(body.split(b"\n", 1)[0], type=_First)
        if found.format == FORMAT and len(base64.b64decode(found.key, validate=True)) == 32:
            return found
    except (msgspec.MsgspecError, ValueError):
        pass
    raise NotALedger(f"{name} is not a ledger of erasures of a known format ({FORMAT}).")


def _decoded(text: bytes) -> Line | None:
    try:
        line = msgspec.json.decode(text, type=Line)
    except msgspec.MsgspecError:
        return None
    return line if re.fullmatch("[0-9a-f]{64}", line.hash) else None


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
