"""Anchors: what the audit log's end was at a time, signed, and kept outside the database.

The chain alone does not show that its end was cut off, or that all of it was written anew by
somebody who holds the database. An anchor does: DATA/anchors/ACCOUNT.jsonl holds one signed line
a day, and one at each cut that retention makes. A copy elsewhere holds also against somebody
who has the data folder.
"""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from chathaven.engines.ledger import Ledger
from chathaven.engines.vault.canonical import NotCanonical, read_strictly
from chathaven.engines.vault.signing import NotGenuine, Signing

FORMAT = "chathaven-audit-anchor-1"
FOLDER = "anchors"


class Kind(StrEnum):
    """What an anchor says of the line that it names."""

    HEAD = "head"
    """It was the last one."""
    START = "start"
    """It was the last of those that passed their time and were deleted."""
    RESTORED = "restored"
    """It was the last one after a backup was restored; what came later before that is lost."""


class Anchor(msgspec.Struct, frozen=True):
    """A genuine anchor. `number` 0 stands for an empty log."""

    kind: Kind
    number: int
    hash: str
    at: datetime


def anchor_file(data: Path, account_id: UUID) -> Path:
    """Returns the file that holds an account's anchors."""
    return data / FOLDER / f"{account_id}.jsonl"


class Anchors:
    """The anchors of an installation's accounts."""

    def __init__(self, data: Path, signing: Signing) -> None:
        self._data = data
        self._signing = signing
        self._ledger = Ledger(data / "ledger")

    def path(self, account_id: UUID) -> Path:
        """Returns the file of an account."""
        return anchor_file(self._data, account_id)

    def sign(
        self, account_id: UUID, kind: Kind, number: int, hashed: str, moment: datetime
    ) -> dict[str, Any]:
        """Returns a signed anchor.

        It names the newest root over certificates of erasure that stands in the ledger too, of all
        accounts: a ledger that is written anew is another one than the anchors name.

        Raises:
            OSError: the ledger cannot be read.
        """
        root = self._ledger.last_root()
        named = {"line": root.number, "hash": root.hash, "root": root.mark} if root else None
        return self._signing.sign(
            {
                "format": FORMAT,
                "account_id": str(account_id),
                "kind": kind.value,
                "number": number,
                "hash": hashed,
                "at": moment.astimezone(UTC).isoformat(timespec="milliseconds"),
                "ledger": named,
            }
        )

    def keep(self, account_id: UUID, document: dict[str, Any]) -> None:
        """Adds an anchor to the account's file; it is on disk before this returns."""
        (self._data / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path(account_id), os.O_RDWR | os.O_CREAT | os.O_APPEND, mode=0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # What a crash or a full disk left of a last line was never relied on.
            file.truncate(len(_whole_lines(file.read())))
            body = memoryview(msgspec.json.encode(document) + b"\n")
            while body:
                body = body[file.write(body) :]
            os.fsync(file.fileno())

    def read(self, account_id: UUID) -> list[Anchor | None]:
        """Returns the account's anchors, the oldest first; None for one that is not genuine."""
        return [self.genuine(account_id, line) for line in self.documents(account_id).splitlines()]

    def documents(self, account_id: UUID) -> bytes:
        """Returns the account's anchors as they are kept, for a copy elsewhere."""
        try:
            return _whole_lines(self.path(account_id).read_bytes())
        except FileNotFoundError:
            return b""

    def genuine(self, account_id: UUID, line: bytes) -> Anchor | None:
        """Returns the anchor that a line holds, or None where we did not sign it for the account."""
        try:
            document = read_strictly(line)
            self._signing.checker.check(document)
            if document["format"] != FORMAT or document["account_id"] != str(account_id):
                return None
            return msgspec.convert(
                {name: document[name] for name in ("kind", "number", "hash", "at")}, Anchor
            )
        except (NotCanonical, NotGenuine, KeyError, msgspec.ValidationError):
            return None

    def forget(self, account_id: UUID) -> bool:
        """Deletes the anchors of an account that is gone. Returns whether there were any."""
        path = self.path(account_id)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there


def _whole_lines(body: bytes) -> bytes:
    """Returns a file without a last line that was not written to its end, or not yet."""
    return body[: body.rfind(b"\n") + 1]
