"""Who is asking."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import msgspec


class Role(StrEnum):
    """What an operator is in the account, from most to least."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Operator(msgspec.Struct, frozen=True):
    """A signed-in operator, by session or by API token."""

    account_id: UUID
    id: UUID
    role: Role
    permissions: frozenset[str]
    session_id: UUID | None = None
    token_id: UUID | None = None


class Visitor(msgspec.Struct, frozen=True):
    """A visitor with a token."""

    account_id: UUID
    id: UUID
    site_id: UUID
    chat_id: UUID
    token_id: UUID
    notice_id: UUID | None = None
    agreed: bool = False
    restricted: bool = False
    """Their data is kept and not used (GDPR Art. 18): nobody but they themselves sees it."""
    reads: str | None = None
    """The language of the legal text that they were shown last."""


class System(msgspec.Struct, frozen=True):
    """The software itself: a job, a bot, a command."""

    account_id: UUID


Actor = Operator | Visitor | System
