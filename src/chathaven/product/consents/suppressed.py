"""Addresses that get no advertising: kept as keyed hashes, after an objection or "do not write".

An address leaves the list when its owner says yes again in the widget, or when an operator who
shows the address revokes it, with a reason. Asked whether an address is on it, the widget says
nothing: a stranger who types it in must not learn that somebody objected.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from chathaven.base.actor import Actor
from chathaven.base.clock import now
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record
from chathaven.product.consents.address_key import hash_to_keep, hashes_of
from chathaven.product.consents.kept_model import SuppressedAddress, SuppressionGround


async def suppress(tx: Transaction, actor: Actor, email: str, ground: SuppressionGround) -> bool:
    """Puts an address on the list; returns whether it is new there."""
    values = {
        "account_id": tx.account_id,
        "address": await hash_to_keep(tx, email),
        "ground": ground.value,
        "added_at": now(),
    }
    added = await tx.run(insert(SuppressedAddress).values(values).on_conflict_do_nothing())
    if added:
        await record(tx, actor, "address-suppressed", "account", tx.account_id)
    return bool(added)


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
