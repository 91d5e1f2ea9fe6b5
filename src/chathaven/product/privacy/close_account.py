"""Erasing a whole account: every row, file, key, job and session of it.

It is asked for in one transaction, which also shuts every door: from then on nobody signs in,
sites are not found, and streams end. The job deletes table after table, keys last, each in a
transaction of its own that also writes what was found; killed anywhere, it goes on. Then it
looks again, and signs the certificate, which outlives the account.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select

from chathaven.base.clock import now
from chathaven.base.errors import Conflict
from chathaven.base.ids import new_id
from chathaven.engines.database.data_map import Category
from chathaven.engines.database.people import Removed
from chathaven.engines.database.tables import Table, all_tables
from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.engines.files.kept import KeptFiles
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.about import Jobs
from chathaven.engines.mail.letters import Letters
from chathaven.engines.stores import Rows
from chathaven.engines.vault.model import PersonKey
from chathaven.engines.vault.proof import holder_of
from chathaven.product.access.gate import CACHE_SECONDS
from chathaven.product.accounts.settings import read_account
from chathaven.product.privacy.certificate import Done, live_certificate, note_certificate
from chathaven.product.privacy.close_outside import Anchors, Outside, outside
from chathaven.product.privacy.model import AccountErasure, Status
from chathaven.product.privacy.places import Exports
from chathaven.product.privacy.show_erasure import shown
from chathaven.product.visitors.hold import count_holds

JOB = "close-account"
SETTLE_SECONDS = 0.5
"""What was let in before the doors were shut has come to its end after this."""


class AccountErasureView(msgspec.Struct):
    """The erasure of an account as everybody sees it who knows its id. It names nobody."""

    id: UUID
    kind: str
    status: str
    requested_at: str
    live_at: str | None
    final_at: str | None
    receipts: list[Removed]
    certificate: dict[str, Any] | None
    final_certificate: dict[str, Any] | None


def account_erasure_view(erasure: AccountErasure) -> AccountErasureView:
    """Returns an erasure as shown."""
    return AccountErasureView(
        id=erasure.id,
        kind="account",
        status=erasure.status,
        requested_at=shown(erasure.requested_at) or "",
        live_at=shown(erasure.live_at),
        final_at=shown(erasure.final_at),
        receipts=msgspec.convert(erasure.receipts, list[Removed]),
        certificate=erasure.certificate,
        final_certificate=erasure.final_certificate,
    )


def tables_of_accounts() -> list[type[Table]]:
    """Returns every table with rows of an account: doors first, keys last, by the data map."""
    found = [
        table
        for table in all_tables()
        if "account_id" in table.__table__.c and table is not AccountErasure
    ]
    return sorted(found, key=lambda table: (_rank(table), table.__tablename__))


def _rank(table: type[Table]) -> int:
    categories = {entry.category for entry in table.entries.values()}
    if _is_door(table):
        return 0
    holds_keys = Category.KEY in categories and table.__tablename__.endswith("_keys")
    return 2 if holds_keys else 1


def _is_door(table: type[Table]) -> bool:
    """Whether a row of it lets somebody in: a credential, or a name known before the account."""
    categories = {entry.category for entry in table.entries.values()}
    return Category.CREDENTIAL in categories or not table.is_tenants()


# Asking


async def ask_to_close(
    tx: Transaction, ground: Ground, reason: str | None
) -> tuple[AccountErasure, str]:
    """Writes that the transaction's account is to be erased, shuts its doors, enqueues the work.

    Asked twice it is one erasure. Returns it, with the nonce that proves whose it was (empty
    the second time).

    Raises:
        Conflict: somebody is under a legal hold (`held`): what is evidence is not deleted.
    """
    # Locked, so that of two who ask at once the second finds what the first has written.
    await read_account(tx, lock=True)
    there = await _of_account(tx)
    if there is not None:
        return there, ""
    if holds := await count_holds(tx):
        raise Conflict(
            f"{holds} legal holds keep data as evidence. Release them first; then the account can"
            " be closed.",
            code="held",
            extra={"holds": holds},
        )
    nonce = os.urandom(32)
    erasure = AccountErasure(
        id=new_id(),
        account_id=tx.account_id,
        commitment=hashlib.sha256(nonce + tx.account_id.bytes).hexdigest(),
        holder=holder_of(nonce),
        status=Status.QUEUED,
        reason=reason,
        receipts=[],
        requested_at=now(),
    )
    await tx.insert(erasure)
    for table in tables_of_accounts():
        if _is_door(table):
            await _remove(tx, erasure, table)
    await ground.queue.enqueue(tx, JOB, erasure.id)
    account_id = tx.account_id
    tx.after_commit(lambda: ground.bus.changed(account_id, "closed", account_id))
    return erasure, nonce.hex()


async def _of_account(tx: Transaction) -> AccountErasure | None:
    return await tx.one(select(AccountErasure).where(AccountErasure.account_id == tx.account_id))


async def read_account_erasure(tx: Transaction, erasure_id: UUID) -> AccountErasure | None:
    """Returns an account's erasure; it is no tenant's, so any transaction reads it."""
    return await tx.one(select(AccountErasure).where(AccountErasure.id == erasure_id))


# Deleting


def close_account_job(ground: Ground) -> Callable[..., Any]:
    """Returns the job that deletes, and certifies."""

    async def run(account_id: UUID, id: UUID) -> None:
        if not await _is_open(ground, account_id, id):
            return
        people = await _people(ground, account_id)
        await _sweep(ground, account_id, id, people)
        # Other processes may know people of the account for as long as the gate remembers.
        await asyncio.sleep(SETTLE_SECONDS + (CACHE_SECONDS if ground.bus.is_shared else 0))
        await _sweep(ground, account_id, id, people)
        async with ground.database.transaction(account_id) as tx:
            erasure = await _locked(tx, id)
            if erasure is not None:
                await _certify(tx, ground, erasure)
        ground.bus.changed(account_id, "closed", account_id)

    return run


async def _is_open(ground: Ground, account_id: UUID, erasure_id: UUID) -> bool:
    async with ground.database.transaction(account_id) as tx:
        erasure = await _locked(tx, erasure_id)
        if erasure is not None:
            await tx.update(erasure, status=Status.RUNNING, started_at=erasure.started_at or now())
            # Before anything goes: what is noted and not erased is erased once more by a restore.
            note = ground.ledger.note
            await asyncio.to_thread(note, "account", account_id, account_id, erasure_id)
        return erasure is not None


async def _locked(tx: Transaction, erasure_id: UUID) -> AccountErasure | None:
    """Returns the erasure while it is not done; two runs of the job take turns."""
    return await tx.one(
        select(AccountErasure)
        .where(AccountErasure.id == erasure_id, AccountErasure.account_id == tx.account_id)
        .with_for_update()
    )


async def _sweep(
    ground: Ground, account_id: UUID, erasure_id: UUID, people: frozenset[UUID]
) -> None:
    """Deletes everything that is there, step by step."""
    async with ground.database.transaction(account_id) as tx:
        erasure = await _locked(tx, erasure_id)
        if erasure is None:
            return
        jobs = await ground.queue.forget_account(tx, erasure_id)
        await _note(tx, erasure, Removed(Jobs.name, jobs, jobs, True))
        # The newest root that any key of the account hangs under, as long as there is one.
        epoch = await ground.vault.wants_new_keys(await tx.driver(), account_id)
        await tx.update(erasure, last_epoch=epoch)
    for table in tables_of_accounts():
        async with ground.database.transaction(account_id) as tx:
            erasure = await _locked(tx, erasure_id)
            if erasure is None:
                return
            await _remove(tx, erasure, table)
    for place in outside(ground.settings.data, ground.objects, account_id, people):
        await _empty(ground, account_id, erasure_id, place)


async def _remove(tx: Transaction, erasure: AccountErasure, table: type[Table]) -> None:
    """Deletes the account's rows of a table, looks again, and notes both."""
    await tx.see(EVERYONE)  # A row that is hidden would be left behind.
    where = table.__table__.c["account_id"] == tx.account_id
    counting = select(func.count()).select_from(table).where(where)
    removed = await tx.run(delete(table).where(where))
    left = int(await tx.value(counting) or 0)
    await _note(tx, erasure, Removed(table.__tablename__, removed + left, removed, left == 0))


async def _empty(ground: Ground, account_id: UUID, erasure_id: UUID, place: Outside) -> None:
    """Empties a place outside the database; what was found is written down before it goes."""
    found = await asyncio.to_thread(place.count)
    async with ground.database.transaction(account_id) as tx:
        if (erasure := await _locked(tx, erasure_id)) is not None:
            await _note(tx, erasure, Removed(place.name, found, 0, found == 0))
    await asyncio.to_thread(place.remove)
    left = await asyncio.to_thread(place.count)
    async with ground.database.transaction(account_id) as tx:
        if (erasure := await _locked(tx, erasure_id)) is not None:
            await _note(tx, erasure, Removed(place.name, 0, found - left, left == 0))


async def _people(ground: Ground, account_id: UUID) -> frozenset[UUID]:
    """Returns everybody of the account who has a key; asked before the keys go."""
    async with ground.database.transaction(account_id) as tx:
        rows = await tx.values(
            select(PersonKey.person_id).where(PersonKey.account_id == account_id)
        )
    return frozenset(row[0] for row in rows)


async def _note(tx: Transaction, erasure: AccountErasure, new: Removed) -> None:
    """Adds what was found to what was found before; the last look is the one that counts.

    Where it saw nothing, all that was ever found has gone, also what a killed run did not note.
    """
    notes = {each["store"]: each for each in erasure.receipts}
    before = notes.get(new.store, {})
    found = new.found + before.get("found", 0)
    removed = found if new.verified else new.removed + before.get("removed", 0)
    notes[new.store] = msgspec.to_builtins(Removed(new.store, found, removed, new.verified))
    await tx.update(erasure, receipts=list(notes.values()))


async def _certify(tx: Transaction, ground: Ground, erasure: AccountErasure) -> None:
    moment = now()
    done = Done(
        erasure_id=erasure.id,
        account_id=tx.account_id,
        subject="account",
        ground="contract-end",
        commitment=erasure.commitment,
        holder=erasure.holder,
        requested_at=erasure.requested_at,
        started_at=erasure.started_at or erasure.requested_at,
        finished_at=moment,
        key=None,
        root_epoch=erasure.last_epoch,
        stores=msgspec.convert(erasure.receipts, list[Removed]),
    )
    certificate = live_certificate(ground.signing, done, _methods())
    await tx.update(
        erasure, status=Status.LIVE, account_id=None, live_at=moment, certificate=certificate
    )
    await note_certificate(ground.ledger, certificate)


def _methods() -> dict[str, str]:
    """Returns of every place that was emptied how that was done."""
    rows = {table.__tablename__: Rows.method for table in tables_of_accounts()}
    return rows | {
        place.name: place.method for place in (Jobs, Exports, KeptFiles, Letters, Anchors)
    }
