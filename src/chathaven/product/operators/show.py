"""How operators, sessions, tokens and invitations look from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from chathaven.base.actor import Role
from chathaven.product.access.permissions import Permission, permissions_of
from chathaven.product.accounts.legal import TermsDue, TermsInForce
from chathaven.product.accounts.model import Account
from chathaven.product.operators.model import ApiToken, Invitation, Operator, Session

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """A list; `next` is None, for these lists are short and whole."""

    items: list[T]
    next: str | None = None


class OperatorView(msgspec.Struct):
    """An operator, as the operator is shown to themselves."""

    id: UUID
    name: str
    display_name: str | None
    email: str
    role: str
    language: str
    availability: str


class AccountView(msgspec.Struct):
    """The account somebody is in."""

    id: UUID
    company: str


class Me(msgspec.Struct):
    """Who is signed in, and where, and which terms they have to accept for the account."""

    operator: OperatorView
    account: AccountView
    terms_due: TermsDue | None


class MemberView(msgspec.Struct):
    """An operator, as the team sees them."""

    id: UUID
    name: str
    display_name: str | None
    email: str
    role: str
    availability: str
    present: bool
    created_at: datetime


class SessionView(msgspec.Struct):
    """A sign-in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    browser: str | None
    current: bool


class TokenView(msgspec.Struct):
    """An API token, without its secret."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class NewTokenView(TokenView, kw_only=True):
    """An API token just made: its secret is shown this once."""

    token: str


class InvitationView(msgspec.Struct):
    """An invitation that waits."""

    id: UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None


def operator_view(operator: Operator) -> OperatorView:
    """Returns an operator as shown to themselves."""
    return OperatorView(
        id=operator.id,
        name=operator.name,
        display_name=operator.display_name,
        email=operator.email,
        role=operator.role,
        language=operator.language,
        availability=operator.availability,
    )


def me(operator: Operator, account: Account, terms: TermsInForce) -> Me:
    """Returns who is signed in, and where. Only those who may accept terms are told of them."""
    decides = Permission.SETTINGS_WRITE in permissions_of(Role(operator.role))
    return Me(
        operator=operator_view(operator),
        account=AccountView(account.account_id, account.company),
        terms_due=terms.due(account.terms_version) if decides else None,
    )


def member_view(operator: Operator, *, present: bool) -> MemberView:
    """Returns an operator as the team sees them."""
    return MemberView(
        id=operator.id,
        name=operator.name,
        display_name=operator.display_name,
        email=operator.email,
        role=operator.role,
        availability=operator.availability,
        present=present,
        created_at=operator.created_at,
    )


def session_view(session: Session, current: UUID | None) -> SessionView:
    """Returns a sign-in as shown."""
    return SessionView(
        id=session.id,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        browser=session.browser,
        current=session.id == current,
    )


def token_view(token: ApiToken) -> TokenView:
    """Returns a token as listed."""
    return TokenView(
        id=token.id,
        name=token.name,
        scopes=token.scopes,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


def invitation_view(invitation: Invitation) -> InvitationView:
    """Returns an invitation as listed."""
    return InvitationView(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        sent_at=invitation.sent_at,
    )
