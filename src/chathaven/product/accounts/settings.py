"""What an account may set, and changing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import select

from chathaven.base.actor import Operator
from chathaven.base.errors import Invalid, NotFound
from chathaven.base.fields import EmailText, email_address
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.engines.web.plain_words import field_error
from chathaven.product.accounts.model import Account
from chathaven.product.audit.record import record

# Python's `$` alone would also stand before a last line break.
LanguageTag = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)", max_length=35)
]
MOST_LANGUAGES = 50
LegalWords = Annotated[str, Meta(max_length=20_000)]
Line = Annotated[str, Meta(min_length=1, max_length=400)]
QuestionWords = Annotated[str, Meta(max_length=1_000)]


class LegalText(msgspec.Struct, forbid_unknown_fields=True):
    """The text shown before a visitor may write, by language."""

    enabled: bool = False
    requires_agreement: bool = False
    texts: Annotated[dict[LanguageTag, LegalWords], Meta(max_length=MOST_LANGUAGES)] = {}


class General(msgspec.Struct, forbid_unknown_fields=True):
    """Where letters about missed chats go, and the legal text."""

    notification_email: EmailText | None = None
    legal_text: LegalText = msgspec.field(default_factory=LegalText)


class Marketing(msgspec.Struct, forbid_unknown_fields=True):
    """The question for permission to send advertising, by language."""

    enabled: bool = False
    texts: Annotated[dict[LanguageTag, QuestionWords], Meta(max_length=MOST_LANGUAGES)] = {}


class EmailRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The bot that asks for an e-mail address."""

    enabled: bool = False
    when: Literal["always", "offline"] = "always"
    texts: Annotated[dict[LanguageTag, QuestionWords], Meta(max_length=MOST_LANGUAGES)] = {}
    marketing: Marketing = msgspec.field(default_factory=Marketing)


class Contact(msgspec.Struct, forbid_unknown_fields=True):
    """A person or desk that can be written to."""

    name: Line
    email: EmailText


class Representative(msgspec.Struct, forbid_unknown_fields=True):
    """Who stands for a company outside the Union (GDPR Art. 27)."""

    name: Line
    address: Line
    email: EmailText


class Organisation(msgspec.Struct, forbid_unknown_fields=True):
    """What the record of processing says of the company itself (GDPR Art. 30(1)(a))."""

    address: Line | None = None
    country: Line | None = None
    email: EmailText | None = None
    joint_controllers: Line | None = None
    data_protection_officer: Contact | None = None
    representative: Representative | None = None


class RetentionPeriods(msgspec.Struct, forbid_unknown_fields=True):
    """How long things are kept, by class; what has no field here has one time for everybody.

    A visit without a message counts from when the visitor was last there, a conversation and the
    visitor's profile from the last message. The proof of a consent counts from the erasure of the
    person; 0 keeps none. An export can be fetched, and its file is kept, for `export_days`.
    """

    visit_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    conversation_months: Annotated[int, Meta(ge=1, le=36)] = 12
    consent_months: Annotated[int, Meta(ge=0, le=120)] = 36
    security_days: Annotated[int, Meta(ge=7, le=365)] = 180
    audit_months: Annotated[int, Meta(ge=12, le=120)] = 36
    export_days: Annotated[int, Meta(ge=1, le=30)] = 7


class Privacy(msgspec.Struct, forbid_unknown_fields=True):
    """What is set about privacy.

    `breach_deadline_hours` is the time in which an authority has to know of a breach.
    """

    organisation: Organisation = msgspec.field(default_factory=Organisation)
    breach_deadline_hours: Annotated[int, Meta(ge=24, le=720)] = 72
    retention: RetentionPeriods = msgspec.field(default_factory=RetentionPeriods)


class AccountSettings(msgspec.Struct, forbid_unknown_fields=True):
    """All settings of an account."""

    general: General = msgspec.field(default_factory=General)
    email_request: EmailRequest = msgspec.field(default_factory=EmailRequest)
    privacy: Privacy = msgspec.field(default_factory=Privacy)


AfterChange = Callable[[Transaction, AccountSettings], Awaitable[None]]
Follower = Callable[[Transaction], Awaitable[None]]

after_change: list[AfterChange] = []
"""Called in the transaction of a change: slices above this one follow what was set."""
after_periods: list[AfterChange] = []
"""The same, where it was set how long things are kept."""

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


async def read_account(tx: Transaction, *, lock: bool = False) -> Account:
    """Returns the transaction's account; with `lock` it is held until the commit."""
    wanted = select(Account).where(Account.account_id == tx.account_id)
    account = await tx.one(wanted.with_for_update() if lock else wanted)
    if account is None:
        raise NotFound()
    return account


async def change_settings(
    tx: Transaction,
    actor: Operator,
    bus: Bus,
    patch: dict[str, Any],
    followers: Iterable[Follower] = (),
) -> AccountSettings:
    """Merges a patch (RFC 7396) into the settings and returns them whole.

    `followers` are those of the process, called in the same transaction.

    Raises:
        Invalid: a field is not known, or holds what it cannot take; nothing is stored.
    """
    # Locked, so that of two patches at once neither undoes the other.
    account = await read_account(tx, lock=True)
    before = msgspec.convert(account.settings, AccountSettings).privacy.retention
    settings = _checked(merge(account.settings, patch))
    await tx.update(account, settings=msgspec.to_builtins(settings))
    followed = after_change + (after_periods if settings.privacy.retention != before else [])
    for follow in followed:
        await follow(tx, settings)
    for follower in followers:
        await follower(tx)
    await record(tx, actor, "settings-changed", "account", tx.account_id)
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "settings", account_id))
    return settings


def _checked(merged: dict[str, Any]) -> AccountSettings:
    try:
        settings = msgspec.convert(merged, AccountSettings)
    except msgspec.ValidationError as error:
        raise Invalid.of(field_error(str(error))) from None
    general = settings.general
    if general.notification_email is not None:
        general.notification_email = email_address(
            "general.notification_email", general.notification_email
        )
    organisation = settings.privacy.organisation
    if organisation.email is not None:
        organisation.email = email_address("privacy.organisation.email", organisation.email)
    for name in ("data_protection_officer", "representative"):
        whom = getattr(organisation, name)
        if whom is not None:
            whom.email = email_address(f"privacy.organisation.{name}.email", whom.email)
    return settings
