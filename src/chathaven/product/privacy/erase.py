"""Erasing a visitor: every row about them, and their key (GDPR Art. 17).

It is asked for in one transaction, with the job that does it. From that moment the visitor's
token opens nothing. The job deletes in one transaction more, under the locks that events take,
so that a message on its way is either deleted too or refused; it may be run again at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from chathaven.base.actor import Actor, System
from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.people import Removed, count, remove
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.audit.record import record
from chathaven.product.chats.live import Live
from chathaven.product.privacy.certificate import Done, key_to_go, live_certificate
from chathaven.product.privacy.export_account import begin_anew
from chathaven.product.privacy.model import Erasure, Status
from chathaven.product.visitors.model import Visitor, VisitorToken

JOB = "erase-visitor"
BeforeRemoval = Callable[[Transaction, UUID, UUID], Awaitable[None]]
before_removal: list[BeforeRemoval] = []
"""Called with the person's id and the erasure's in the transaction that erases, while everything is
there: slices above this one close what they have under way about the person."""


class Asked(NamedTuple):
    """An erasure that was asked for; the nonce is for the person alone, to prove it is theirs."""

    erasure: Erasure
    nonce: str


class ErasureView(msgspec.Struct):
    """An erasure as shown."""

    id: UUID
    status: str
    requested_at: str | None = None
    receipts: list[Removed] = []
    certificate: dict[str, Any] | None = None


def erasure_view(erasure: Erasure) -> ErasureView:
    """Returns an erasure as shown."""
    return ErasureView(
        id=erasure.id,
        status=erasure.status,
        requested_at=erasure.requested_at.isoformat().replace("+00:00", "Z"),
        receipts=msgspec.convert(erasure.receipts, list[Removed]),
        certificate=erasure.certificate,
    )


async def ask_for_erasure(tx: Transaction, ground: Ground, actor: Actor, visitor_id: UUID) -> Asked:
    """Writes that a visitor is to be erased, ends their tokens, and enqueues the work.

    Asked twice it is one erasure.

    Raises:
        NotFound: there is no such visitor.
    """
    known = select(Visitor.id).where(Visitor.account_id == tx.account_id, Visitor.id == visitor_id)
    # Locked, so that of two who ask at once the second finds what the first has written.
    if await tx.value(known.with_for_update()) is None:
        raise NotFound()
    there = await tx.one(
        select(Erasure).where(Erasure.account_id == tx.account_id, Erasure.subject_id == visitor_id)
    )
    if there is not None:
        return Asked(there, "")
    nonce = os.urandom(32)
    erasure = Erasure(
        account_id=tx.account_id,
        id=new_id(),
        subject_kind="visitor",
        subject_id=visitor_id,
        commitment=hashlib.sha256(nonce + visitor_id.bytes).hexdigest(),
        status=Status.QUEUED,
        asked_by=type(actor).__name__.lower(),
        receipts=[],
        requested_at=now(),
    )
    await tx.insert(erasure)
    await tx.run(
        delete(VisitorToken).where(
            VisitorToken.account_id == tx.account_id, VisitorToken.visitor_id == visitor_id
        )
    )
    await record(tx, actor, "erasure-asked", "erasure", erasure.id)
    await ground.queue.enqueue(tx, JOB, erasure.id)
    account_id = tx.account_id
    tx.after_commit(lambda: ground.bus.changed(account_id, "credentials", visitor_id))
    return Asked(erasure, nonce.hex())


async def what_goes(tx: Transaction, visitor_id: UUID) -> dict[str, int]:
    """Returns how many rows of each store would go."""
    return await count(tx, visitor_id)


def erase_visitor_job(ground: Ground, live: Live) -> Callable[..., Any]:
    """Returns the job that erases."""

    async def run(account_id: UUID, id: UUID) -> None:
        async with ground.database.transaction(account_id) as tx:
            await _erase(tx, ground, live, id)

    return run


async def _erase(tx: Transaction, ground: Ground, live: Live, erasure_id: UUID) -> None:
    erasure = await tx.one(
        select(Erasure)
        .where(Erasure.account_id == tx.account_id, Erasure.id == erasure_id)
        .with_for_update()
    )
    if erasure is None or erasure.subject_id is None:
        return
    visitor_id = erasure.subject_id
    started_at = now()
    driver = await tx.driver()
    await driver.execute("SELECT 1 FROM feeds WHERE account_id = %s FOR UPDATE", (tx.account_id,))
    rows = await driver.execute(
        "SELECT id FROM chats WHERE account_id = %s AND visitor_id = %s FOR UPDATE",
        (tx.account_id, visitor_id),
    )
    chats = [row[0] async for row in rows]
    for close in before_removal:
        await close(tx, visitor_id, erasure.id)
    key = await key_to_go(tx, visitor_id)
    stores = _joined(erasure.receipts, await remove(tx, visitor_id))
    # Copies of the account hold them too.
    await begin_anew(tx, ground)
    moment = now()
    done = Done(
        erasure_id=erasure.id,
        account_id=tx.account_id,
        subject=erasure.subject_kind,
        ground="art-17",
        commitment=erasure.commitment,
        requested_at=erasure.requested_at,
        started_at=started_at,
        finished_at=moment,
        key=key,
        stores=stores,
    )
    await tx.update(
        erasure,
        status=Status.LIVE,
        subject_id=None,
        receipts=msgspec.to_builtins(stores),
        certificate=live_certificate(ground.signing, done, await last_certificate(tx)),
        live_at=moment,
    )
    await record(tx, System(tx.account_id), "erased", "erasure", erasure.id)
    account_id = tx.account_id

    def tell() -> None:
        ground.vault.forget(account_id, visitor_id)
        live.names.forget(account_id, visitor_id)
        for chat_id in chats:
            sign = {"visitor_id": visitor_id, "chat_id": chat_id}
            live.publisher.whisper_feed(account_id, "erased", sign)
        ground.bus.changed(account_id, "erased", visitor_id)

    tx.after_commit(tell)


async def last_certificate(tx: Transaction) -> dict[str, Any] | None:
    """Returns the account's newest certificate; asked under the lock of its feed."""
    newest = await tx.one(
        select(Erasure)
        .where(Erasure.account_id == tx.account_id, Erasure.certificate.is_not(None))
        .order_by(Erasure.live_at.desc(), Erasure.id.desc())
    )
    return newest.certificate if newest else None


def _joined(before: list[dict[str, Any]], new: list[Removed]) -> list[Removed]:
    """Returns what was found in all runs together, with what the last one saw."""
    counts = {each["store"]: each for each in before}
    return [
        Removed(
            each.store,
            each.found + counts.get(each.store, {}).get("found", 0),
            each.removed + counts.get(each.store, {}).get("removed", 0),
            each.verified,
        )
        for each in new
    ]
