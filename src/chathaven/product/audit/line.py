"""The form of a line that is hashed. Whoever has the lines can check the chain without us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import msgspec

from chathaven.engines.database.hash_chain import sha256

FORMAT = "chathaven-audit-1"


class Line(Protocol):
    """What a line says, as a row of the table or as it was read."""

    # Read-only, so that a row of the table and a named tuple both will do.
    @property
    def id(self) -> UUID: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | None: ...
    @property
    def credential_id(self) -> UUID | None: ...
    @property
    def action(self) -> str: ...
    @property
    def target_kind(self) -> str: ...
    @property
    def target_id(self) -> UUID | None: ...


_encode = msgspec.json.Encoder().encode


def line_hash(line: Line, account_id: UUID, number: int, previous: str) -> str:
    """Returns the SHA-256 of a line at its place, as hex.

    Hashed is a JSON list without spaces: format, account, number, id, time (UTC, microseconds),
    kind and id of who did it, the credential, the action, kind and id of what it was done to, and
    the hash of the line before.
    """
    return sha256(
        _encode(
            (
                FORMAT,
                account_id,
                number,
                line.id,
                line.at.astimezone(UTC).isoformat(timespec="microseconds"),
                line.actor_kind,
                line.actor_id,
                line.credential_id,
                line.action,
                line.target_kind,
                line.target_id,
                previous,
            )
        )
    )
