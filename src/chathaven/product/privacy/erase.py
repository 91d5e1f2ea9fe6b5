"""Erasing a visitor: everything about them, everywhere, and their key (GDPR Art. 17).

In four steps, each a transaction: what lies outside the database is counted; then all rows go
together with the key, under the locks that events take, so that a message on its way is deleted
too or refused; then what lies outside goes; then every place is looked at again, and the
certificate is signed. Killed anywhere it begins again, and comes to the same end.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.engines.database.people import Removed, count
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.stores import (
    find_outside,
    joined,
    look_again,
    remove_inside,
    remove_outside,
)
from chathaven.product.audit.record import record
from chathaven.product.chats.live import Live
from chathaven.product.privacy.ask_erasure import JOB, Asked, ask_for_erasure
from chathaven.product.privacy.certificate import (
    DestroyedKey,
    Done,
    key_to_go,
    live_certificate,
    note_certificate,
)
from chathaven.product.privacy.model import RETENTION, Erasure, Status
from chathaven.product.privacy.retained import keep_proof, what_is_retained
from chathaven.product.visitors.hold import is_held
from chathaven.product.visitors.person import let_go, same_person

__all__ = [
    "JOB",
    "Asked",
    "ask_for_erasure",
    "before_removal",
    "erase_visitor_job",
    "lock_first",
    "what_goes",
]

LockFirst = Callable[[Transaction, UUID], Awaitable[object]]
lock_first: list[LockFirst] = []
"""Called with the person's id before the transaction that erases locks anything: slices above this
one lock what they will close. Whoever works there holds it first and locks the person behind it."""
BeforeRemoval = Callable[[Transaction, Ground, UUID, UUID], Awaitable[None]]
before_removal: list[BeforeRemoval] = []
"""Called with the person's id and the erasure's in the transaction that erases, while everything is
there: slices above this one close what they have under way about the person."""


async def what_goes(tx: Transaction, visitor_id: UUID) -> dict[str, int]:
    """Returns how many rows of each store would go, of all who are the same person."""
    rows: Counter[str] = Counter()
    for each in await same_person(tx, visitor_id):
        rows.update(await count(tx, each))
    return dict(rows)


def erase_visitor_job(ground: Ground, live: Live) -> Callable[..., Any]:
    """Returns the job that erases."""

    async def run(account_id: UUID, id: UUID) -> None:
        for step in (_begin, _remove, _remove_outside, _certify):
            async with ground.database.transaction(account_id) as tx:
                if step is _remove:
                    await _lock_first(tx, id)
                erasure = await _under_way(tx, id)
                if erasure is None or erasure.subject_id is None:
                    return
                # Whoever is under a hold is restricted, and so is who asked for it: seen here alone.
                await tx.see(erasure.subject_id)
                await step(tx, ground, live, erasure, erasure.subject_id)

    return run


async def _lock_first(tx: Transaction, erasure_id: UUID) -> None:
    person_id = await tx.value(
        select(Erasure.subject_id).where(
            Erasure.account_id == tx.account_id, Erasure.id == erasure_id
        )
    )
    if person_id is not None:
        await tx.see(person_id)
        for lock in lock_first:
            await lock(tx, person_id)


async def _under_way(tx: Transaction, erasure_id: UUID) -> Erasure | None:
    """Returns the erasure, locked, unless it is done or has to wait for a hold."""
    erasure = await tx.one(
        select(Erasure)
        .where(Erasure.account_id == tx.account_id, Erasure.id == erasure_id)
        .with_for_update()
    )
    if erasure is None or erasure.subject_id is None:
        return None
    # Once the rows are gone there is nothing left to hold.
    if erasure.last_epoch is None and await is_held(tx, erasure.subject_id):
        await tx.update(erasure, status=Status.WAITING)
        return None
    return erasure


async def _begin(
    tx: Transaction, ground: Ground, live: Live, erasure: Erasure, visitor_id: UUID
) -> None:
    """Counts what lies outside the database, before any of it goes."""
    await tx.update(
        erasure,
        status=Status.RUNNING,
        started_at=erasure.started_at or now(),
        receipts=_noted(ground, erasure, await find_outside(tx, ground.stores, visitor_id)),
    )


async def _remove(
    tx: Transaction, ground: Ground, live: Live, erasure: Erasure, visitor_id: UUID
) -> None:
    """Deletes all rows and the key, and lets all who show the person forget them."""
    driver = await tx.driver()
    await driver.execute("SELECT 1 FROM feeds WHERE account_id = %s FOR UPDATE", (tx.account_id,))
    rows = await driver.execute(
        "SELECT id FROM chats WHERE account_id = %s AND visitor_id = %s FOR UPDATE",
        (tx.account_id, visitor_id),
    )
    chats = [row[0] async for row in rows]
    # A hold takes this lock: it is there by now, or finds nobody. The next step lets it wait.
    await driver.execute(
        "SELECT 1 FROM visitors WHERE account_id = %s AND id = %s FOR UPDATE",
        (tx.account_id, visitor_id),
    )
    if erasure.last_epoch is None and await is_held(tx, visitor_id):
        return
    # In a later run there is nobody left about whom anything could be closed.
    if erasure.last_epoch is None:
        await let_go(tx, visitor_id)
    for close in before_removal if erasure.last_epoch is None else ():
        await close(tx, ground, visitor_id, erasure.id)
    if erasure.last_epoch is None:
        # Behind those that close: what they withdraw is to be proven, too.
        await keep_proof(tx, ground.signing, erasure, visitor_id, now())
    key = await key_to_go(tx, visitor_id)
    receipts = await remove_inside(tx, ground.stores, visitor_id)
    await tx.update(
        erasure,
        receipts=_noted(ground, erasure, receipts),
        destroyed_key=msgspec.to_builtins(key) if key else erasure.destroyed_key,
        last_epoch=await ground.vault.wants_new_keys(driver, tx.account_id),
    )
    # Last before the commit: noted and not erased is erased once more by a restore, whereas
    # erased and not noted could come back.
    await asyncio.to_thread(ground.ledger.note, "visitor", tx.account_id, visitor_id, erasure.id)
    account_id = tx.account_id

    def tell() -> None:
        ground.vault.forget(account_id, visitor_id)
        live.names.forget(account_id, visitor_id)
        for chat_id in chats:
            sign = {"visitor_id": visitor_id, "chat_id": chat_id}
            live.publisher.whisper_feed(account_id, "erased", sign)
        ground.bus.changed(account_id, "erased", visitor_id)

    tx.after_commit(tell)


async def _remove_outside(
    tx: Transaction, ground: Ground, live: Live, erasure: Erasure, visitor_id: UUID
) -> None:
    await remove_outside(tx, ground.stores, visitor_id)


async def _certify(
    tx: Transaction, ground: Ground, live: Live, erasure: Erasure, visitor_id: UUID
) -> None:
    """Looks at every place again, and signs. What is found makes the job run again."""
    driver = await tx.driver()
    # Certificates of an account follow one another.
    await driver.execute("SELECT 1 FROM feeds WHERE account_id = %s FOR UPDATE", (tx.account_id,))
    receipts = await look_again(tx, ground.stores, visitor_id, _receipts(erasure))
    moment = now()
    done = Done(
        erasure_id=erasure.id,
        account_id=tx.account_id,
        subject=erasure.subject_kind,
        ground="retention" if erasure.asked_by == RETENTION else "art-17",
        commitment=erasure.commitment,
        holder=erasure.holder,
        requested_at=erasure.requested_at,
        started_at=erasure.started_at or erasure.requested_at,
        finished_at=moment,
        key=msgspec.convert(erasure.destroyed_key, DestroyedKey | None),
        root_epoch=erasure.last_epoch,
        stores=receipts,
        retained=await what_is_retained(tx, erasure, visitor_id),
    )
    methods = {store.name: store.method for store in ground.stores}
    certificate = live_certificate(ground.signing, done, methods, await last_certificate(tx))
    await tx.update(
        erasure,
        status=Status.LIVE,
        subject_id=None,
        receipts=msgspec.to_builtins(receipts),
        certificate=certificate,
        live_at=moment,
    )
    await record(tx, System(tx.account_id), "erased", "erasure", erasure.id)
    await note_certificate(ground.ledger, certificate)


async def last_certificate(tx: Transaction) -> dict[str, Any] | None:
    """Returns the account's newest certificate; asked under the lock of its feed."""
    ours = select(Erasure).where(Erasure.account_id == tx.account_id)
    order = func.greatest(Erasure.live_at, Erasure.final_at).desc()
    newest = await tx.one(
        ours.where(Erasure.certificate.is_not(None)).order_by(order, Erasure.id.desc())
    )
    return (newest.final_certificate or newest.certificate) if newest else None


def _receipts(erasure: Erasure) -> list[Removed]:
    return msgspec.convert(erasure.receipts, list[Removed])


def _noted(ground: Ground, erasure: Erasure, new: list[Removed]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = msgspec.to_builtins(joined(_receipts(erasure), new, ground.stores))
    return told
