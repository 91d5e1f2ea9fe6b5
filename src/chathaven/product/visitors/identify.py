"""Who a visitor says to be, and correcting it."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import select

from chathaven.base.errors import Invalid, NotFound
from chathaven.base.fields import email_address, one_line
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.visitors.model import Visitor

_PHONE = re.compile(r"\+?[0-9 ()./-]{3,40}")

Name = Annotated[str, Meta(max_length=200)]
Email = Annotated[str, Meta(max_length=254)]
Phone = Annotated[str, Meta(max_length=40)]


class Profile(msgspec.Struct, forbid_unknown_fields=True):
    """What may be said of a visitor; null clears, what is not there stays."""

    name: Name | None | UnsetType = UNSET
    email: Email | None | UnsetType = UNSET
    phone: Phone | None | UnsetType = UNSET


async def read_visitor(tx: Transaction, visitor_id: UUID, *, lock: bool = False) -> Visitor:
    """Returns a visitor of the account; with `lock` nobody changes or erases them before the commit.

    Raises:
        NotFound: there is none of this id.
    """
    wanted = select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id == visitor_id)
    # Who only keeps the row there (messages that are changed) is let pass.
    visitor = await tx.one(wanted.with_for_update(key_share=True) if lock else wanted)
    if visitor is None:
        raise NotFound()
    return visitor


async def identify(
    tx: Transaction, visitor_id: UUID, profile: Profile
) -> tuple[Visitor, list[str]]:
    """Writes what was said of a visitor. Returns them and the names of the fields that changed.

    Raises:
        Invalid: a field holds what it cannot take; nothing is stored.
        NotFound: there is no such visitor.
    """
    visitor = await read_visitor(tx, visitor_id, lock=True)
    changes = {
        field: value
        for field, value in _checked(profile).items()
        if value != getattr(visitor, field)
    }
    if changes:
        await tx.update(visitor, **changes)
    return visitor, sorted(changes)


def _checked(profile: Profile) -> dict[str, str | None]:
    given: dict[str, str | None] = {}
    for field in Profile.__struct_fields__:
        value = getattr(profile, field)
        if value is UNSET:
            continue
        given[field] = (value.strip() or None) if isinstance(value, str) else None
    name, email, phone = given.get("name"), given.get("email"), given.get("phone")
    if name:
        given["name"] = one_line("name", name)
    if email:
        given["email"] = email_address("email", email)
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid.field("phone", Reason.PHONE)
    return given
