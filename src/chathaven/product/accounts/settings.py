"""What an account may set, and changing it."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from chathaven.base.actor import Operator
from chathaven.base.errors import FieldError, Invalid, NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.product.accounts.model import Account
from chathaven.product.audit.record import record


class LegalText(msgspec.Struct, forbid_unknown_fields=True):
    """The text shown before a visitor may write, by language."""

    enabled: bool = False
    requires_agreement: bool = False
    texts: dict[str, str] = {}


class General(msgspec.Struct, forbid_unknown_fields=True):
    """Where letters about missed chats go, and the legal text."""

    notification_email: str | None = None
    legal_text: LegalText = msgspec.field(default_factory=LegalText)


class Marketing(msgspec.Struct, forbid_unknown_fields=True):
    """The question for permission to send advertising, by language."""

    enabled: bool = False
    texts: dict[str, str] = {}


class EmailRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The bot that asks for an e-mail address."""

    enabled: bool = False
    when: str = "always"
    texts: dict[str, str] = {}
    marketing: Marketing = msgspec.field(default_factory=Marketing)


class AccountSettings(msgspec.Struct, forbid_unknown_fields=True):
    """All settings of an account."""

    general: General = msgspec.field(default_factory=General)
    email_request: EmailRequest = msgspec.field(default_factory=EmailRequest)
    privacy: dict[str, Any] = {}


DEFAULTS: dict[str, Any] = msgspec.to_builtins(AccountSettings())


def merge(there: Any, patch: Any) -> Any:
    """Returns `there` after a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(there) if isinstance(there, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


async def read_account(tx: Transaction) -> Account:
    """Returns the transaction's account."""
    account = await tx.one(select(Account).where(Account.account_id == tx.account_id))
    if account is None:
        raise NotFound()
    return account


async def change_settings(
    tx: Transaction, actor: Operator, patch: dict[str, Any]
) -> AccountSettings:
    """Merges a patch into the settings and returns them whole.

    Raises:
        Invalid: a field is not known, or holds what it cannot take; nothing is stored.
    """
    account = await read_account(tx)
    try:
        settings = msgspec.convert(merge(account.settings, patch), AccountSettings)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    await tx.update(account, settings=msgspec.to_builtins(settings))
    await record(tx, actor, "settings-changed", "account", tx.account_id)
    return settings


def _invalid(text: str) -> Invalid:
    message, _, path = text.partition(" - at `$.")
    field = path.rstrip("`") or "body"
    return Invalid(f"{field}: {message}.", errors=(FieldError(field, message),))
