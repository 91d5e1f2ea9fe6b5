"""What stands in the ledger of erasures: its lines, read, checked and told apart.

A line of the kind `visitor` or `account` says that somebody was erased. One of the kind
`certificate` holds the SHA-256 of a certificate that was signed, and one of the kind `root` the
root of the tree (`engines.vault.hash_tree`) over all certificates since the `root` before it. All
other kinds are changes that a restore must not undo (`engines.ledger_changes`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from chathaven.base.clock import now
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.hash_tree import HashTree

FORMAT = "chathaven-ledger-1"
Kind = Literal["visitor", "account"]
ERASURES = ("visitor", "account")
CERTIFICATE, ROOT = "certificate", "root"
NO_ERASURE = UUID(int=0)
"""Stands in a line that is about no single erasure."""


class Subject(NamedTuple):
    """Somebody who was erased: a visitor, or an account (whose id is then both ids)."""

    kind: Kind
    account_id: UUID
    subject_id: UUID


class Line(msgspec.Struct, frozen=True):
    """One line. `mark` is of whom it is about, or a SHA-256 in hex, as are `previous` and `hash`."""

    number: int
    at: datetime
    kind: str
    mark: str
    erasure_id: UUID
    previous: str
    hash: str

    def is_whole(self) -> bool:
        """Whether the line says what it said when it was written."""
        return self.hash == line_hash(self)


class Head(msgspec.Struct, frozen=True):
    """How far a ledger goes: the number and the hash of its last line."""

    number: int
    hash: str


class First(msgspec.Struct, frozen=True):
    """The first line: the format, and the key of the marks in base64."""

    format: str
    key: str


class NotALedger(Exception):
    """A file is no ledger of a known format; the text names it."""


class Read(NamedTuple):
    """What a ledger says: its lines, in order, and what is wrong with it in one sentence each."""

    first: First
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
        return frozenset(line.mark for line in self.lines if line.kind in ERASURES)

    @property
    def erasures(self) -> int:
        """How often somebody was erased."""
        return sum(line.kind in ERASURES for line in self.lines)


def read(body: bytes, name: Path) -> Read:
    """Reads a ledger, and names each line that is not as it was written.

    Raises:
        NotALedger: its first line is not that of a ledger.
    """
    first = first_line(body, name)
    _, *rest = body.split(b"\n")
    torn = bool(rest and rest[-1])
    rest = rest[:-1]
    lines: list[Line] = []
    faults: list[str] = []
    previous, number = "", 0
    entries: list[bytes] | None = []
    for place, text in enumerate(rest, start=2):
        line = decoded(text)
        if line is None or not line.is_whole():
            faults.append(f"Line {place} of {name} was changed or is damaged.")
            # The chain is taken up again behind it.
            previous, number, entries = "", number + 1, None
            continue
        if line.number != number + 1 or (previous and line.previous != previous):
            missing = line.number - number - 1
            what = f"{missing} missing before it" if missing > 0 else "out of place"
            faults.append(f"Line {place} of {name} does not follow the line before it: {what}.")
            entries = None
        lines.append(line)
        previous, number = line.hash, line.number
        if line.kind == ROOT:
            # Of a period in which a line is damaged nothing can be said; that line is named.
            if entries is not None and line.mark != root_over(entries):
                faults.append(f"Line {place} of {name} is not the root of the lines before it.")
            entries = []
        elif entries is not None:
            entries += entry_of(line)
    return Read(first, lines, faults, torn)


def entry_of(line: Line) -> list[bytes]:
    """Returns what a line adds to the tree of its day: nothing, or one certificate's hash."""
    return [bytes.fromhex(line.mark)] if line.kind == CERTIFICATE else []


def root_over(entries: list[bytes]) -> str:
    """Returns what a line of the kind `root` says behind these certificates."""
    return HashTree(entries).root.hex() if entries else ""


def mark(first: First, subject: Subject) -> str:
    """Returns the mark by which a ledger knows a subject."""
    message = b"|".join((subject.kind.encode(), subject.account_id.bytes, subject.subject_id.bytes))
    return hmac.new(base64.b64decode(first.key), message, hashlib.sha256).hexdigest()


def made_line(
    end: Head, kind: str, mark: str, erasure_id: UUID, at: datetime | None = None
) -> Line:
    """Returns the line that follows another, as of a time, or of now."""
    draft = Line(end.number + 1, at or now(), kind, mark, erasure_id, end.hash, "")
    return msgspec.structs.replace(draft, hash=line_hash(draft))


def line_hash(line: Line) -> str:
    """Returns the hash over everything else that a line says."""
    said = {**msgspec.to_builtins(line), "hash": ""}
    return hashlib.sha256(canonical(said)).hexdigest()


def first_line(body: bytes, name: Path) -> First:
    """Reads a ledger's first line.

    Raises:
        NotALedger: it is none.
    """
    try:
        found = msgspec.json.decode(body.split(b"\n", 1)[0], type=First)
        if found.format == FORMAT and len(base64.b64decode(found.key, validate=True)) == 32:
            return found
    except (msgspec.MsgspecError, ValueError):
        pass
    raise NotALedger(f"{name} is not a ledger of erasures of a known format ({FORMAT}).")


def decoded(text: bytes) -> Line | None:
    """Returns the line that a text is, or None."""
    try:
        line = msgspec.json.decode(text, type=Line)
    except msgspec.MsgspecError:
        return None
    hashes = (line.mark, line.hash)
    return line if all(re.fullmatch("[0-9a-f]{64}", each) for each in hashes) else None
