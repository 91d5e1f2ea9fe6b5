"""Every permission, which role holds it, and which scope of a token grants it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chathaven.base.actor import Role


class Permission(StrEnum):
    """What an operator may do. A token's scopes bear the same names."""

    ACCOUNT = "account"
    AUDIT_READ = "audit:read"
    CHATS_READ = "chats:read"
    CHATS_WRITE = "chats:write"
    RECORDS_READ = "records:read"
    RECORDS_WRITE = "records:write"
    RIGHTS_READ = "rights:read"
    RIGHTS_WRITE = "rights:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    TEAM_READ = "team:read"
    TEAM_WRITE = "team:write"
    TOKENS = "tokens"
    VISITORS_ERASE = "visitors:erase"
    VISITORS_READ = "visitors:read"
    VISITORS_WRITE = "visitors:write"


ALL_SCOPES = "*"
_BY_PEOPLE = frozenset({Permission.ACCOUNT, Permission.TOKENS})
"""No token is made for these alone."""
SCOPES = frozenset({ALL_SCOPES, *Permission} - _BY_PEOPLE)

_OPERATOR = frozenset(
    {
        Permission.CHATS_READ,
        Permission.CHATS_WRITE,
        Permission.SETTINGS_READ,
        Permission.TEAM_READ,
        Permission.VISITORS_READ,
        Permission.VISITORS_WRITE,
    }
)

ROLES: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMINISTRATOR: frozenset(Permission) - {Permission.ACCOUNT},
    Role.OPERATOR: _OPERATOR,
}


def permissions_of(role: Role, scopes: Iterable[str] | None = None) -> frozenset[str]:
    """Returns what a role may do, narrowed to a token's scopes where there are any."""
    held = frozenset(str(each) for each in ROLES[role])
    if scopes is None or ALL_SCOPES in (scopes := frozenset(scopes)):
        return held
    return held & scopes
