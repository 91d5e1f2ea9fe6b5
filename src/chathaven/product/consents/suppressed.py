"""Addresses that get no advertising: kept as keyed hashes, after an objection or "do not write".

An address leaves the list when its owner says yes again in the widget, or when an operator who
shows the address revokes it. Asked whether an address is on it, the widget says
nothing: a stranger who types it in must not learn that somebody objected.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from chathaven.base.actor import Actor, System
from chathaven.base.clock import now
from chathaven.engines.database.noting import note
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Change, Changes
from chathaven.product.audit.record import record
from chathaven.product.consents.address_key import hash_to_keep, hashes_of
from chathaven.product.consents.kept_model import (
    AddressKey,
    SuppressedAddress,
    SuppressionGround,
)

NOTED = {each: f"suppressed-{each}" for each in SuppressionGround}
"""What the ledger calls it, so that a restored backup does not forget whom not to write to."""


async def suppress(tx: Transaction, actor: Actor, email: str, ground: SuppressionGround) -> bool:
    """Puts an address on the list; returns whether it is new there."""
    address, moment = await hash_to_keep(tx, email), now()
    added = await _add(tx, address, ground, moment)
    if added:
        note(tx, Change(NOTED[ground], tx.account_id, (), moment, kept=address))
        await record(tx, actor, "address-suppressed", "account", tx.account_id)
    return added


async def _add(tx: Transaction, address: bytes, ground: SuppressionGround, at: datetime) -> bool:
    values = {"account_id": tx.account_id, "address": address, "ground": ground, "added_at": at}
    adding = insert(SuppressedAddress).values(values).on_conflict_do_nothing()
    # What is returned is what was added; the driver counts nothing for an insert.
    added = await tx.session.execute(adding.returning(SuppressedAddress.address))
    return added.first() is not None


async def lift(tx: Transaction, actor: Actor, email: str) -> bool:
    """Takes an address off the list; returns whether it was there."""
    hashes = await hashes_of(tx, [email])
    gone = await tx.run(
        delete(SuppressedAddress).where(
            SuppressedAddress.account_id == tx.account_id, SuppressedAddress.address.in_(hashes)
        )
    )
    if gone:
        await record(tx, actor, "address-lifted", "account", tx.account_id)
    return bool(gone)


async def suppress_again(tx: Transaction, changes: Changes) -> tuple[int, int]:
    """Puts on the list whom a restored backup does not have on it, and the ledger does.

    Returns how many came back, and how many could not: the key of an account's hashes is made with
    the first of them, and where that came after the backup no address is like any hash.
    """
    missing = [
        (address, ground, at)
        for ground, kind in NOTED.items()
        for address, at in changes.kept(kind, tx.account_id).items()
        if at >= changes.since
    ]
    if not missing:
        return 0, 0
    keys = select(func.count()).select_from(AddressKey)
    if not await tx.value(keys.where(AddressKey.account_id == tx.account_id)):
        return 0, len(missing)
    back = sum([await _add(tx, *each) for each in missing])
    if back:
        await record(tx, System(tx.account_id), "address-suppressed", "account", tx.account_id)
    return back, 0


async def suppressed_among(tx: Transaction, emails: list[str]) -> set[str]:
    """Returns which of these addresses are on the list."""
    by_hash: dict[bytes, list[str]] = {}
    for email, hashed in zip(emails, await hashes_of(tx, emails), strict=False):
        by_hash.setdefault(hashed, []).append(email)
    if not by_hash:
        return set()
    rows = await tx.values(
        select(SuppressedAddress.address).where(
            SuppressedAddress.account_id == tx.account_id,
            SuppressedAddress.address.in_(list(by_hash)),
        )
    )
    return {email for row in rows for email in by_hash[bytes(row[0])]}


async def is_suppressed(tx: Transaction, email: str | None) -> bool:
    """Whether an address is on the list."""
    return email is not None and bool(await suppressed_among(tx, [email]))


async def count_suppressed(tx: Transaction) -> dict[str, int]:
    """Returns how many addresses are on the list, by ground."""
    rows = await tx.values(
        select(SuppressedAddress.ground, func.count())
        .where(SuppressedAddress.account_id == tx.account_id)
        .group_by(SuppressedAddress.ground)
    )
    return dict.fromkeys(map(str, SuppressionGround), 0) | {row[0]: row[1] for row in rows}
