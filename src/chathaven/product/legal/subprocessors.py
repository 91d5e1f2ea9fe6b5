"""The register of sub-processors: announced thirty days ahead, with a right to object (A-28-3)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.jobs.queue import Queue
from chathaven.engines.vault.canonical import canonical
from chathaven.product.access.directory import accounts_known
from chathaven.product.accounts.features import Feature
from chathaven.product.accounts.settings import read_account
from chathaven.product.audit.record import record
from chathaven.product.legal.documents import Documents
from chathaven.product.legal.installation import Installation, Subprocessor
from chathaven.product.legal.model import LegalText, SubprocessorNotice, SubprocessorObjection

AHEAD = timedelta(days=30)
TELL_OWNERS = "tell-owners-of-subprocessor"


class ObjectionView(msgspec.Struct):
    """That the account objects."""

    id: UUID
    reason: str | None
    created_at: datetime


class SubprocessorView(msgspec.Struct):
    """An entry of the register, as one account sees it.

    `state`: `in-force`; `announced`, which may be objected to until `in_force_from`; `objected`.
    `feature` is what an objection switches off for the account from that day on; null where it
    switches nothing, for the company takes part in all that the installation does.
    """

    id: str
    name: str
    address: str
    contact: str
    location: str
    purpose: str
    data_categories: list[str]
    transfer_tool: str | None
    announced_at: datetime
    in_force_from: datetime
    state: Literal["in-force", "announced", "objected"]
    objection: ObjectionView | None
    feature: Feature | None = None


def entry_hash(entry: Subprocessor) -> str:
    """Returns the SHA-256 of an entry: a changed one is announced anew."""
    return hashlib.sha256(canonical(msgspec.to_builtins(entry))).hexdigest()


async def is_new(tx: Transaction) -> bool:
    """Whether this installation has shown nobody any legal text so far."""
    return not await tx.value(select(func.count()).select_from(LegalText))


async def announce(tx: Transaction, here: Installation, *, first: bool) -> list[str]:
    """Keeps entries that are new, and returns their hashes.

    What stood in the register before anybody came holds from its own date. What is added later
    holds thirty days after it was announced, or later where its own date says so.
    """
    announced = []
    moment = now()
    for entry in here.subprocessors:
        own = datetime.combine(entry.effective_from, time(), UTC)
        values = {
            "id": entry.id,
            "sha256": entry_hash(entry),
            "entry": msgspec.to_builtins(entry),
            "announced_at": moment,
            "in_force_from": own if first else max(own, moment + AHEAD),
        }
        if await tx.run(insert(SubprocessorNotice).values(values).on_conflict_do_nothing()):
            announced.append(str(values["sha256"]))
    return announced


def notice_id(sha256: str) -> UUID:
    """Returns the id by which a job names an announcement."""
    return UUID(hex=sha256[:32])


async def remember(database: Database, queue: Queue, documents: Documents) -> None:
    """Keeps documents and register as they are at this start, and lets the owners of every
    account be told of what is new. All of it or nothing: an announcement is never kept untold.
    """
    async with database.transaction() as tx:
        first = await is_new(tx)
        announced = await announce(tx, documents.installation, first=first)
        await documents.remember(tx)
        if first or not announced:
            return
        for account_id in await accounts_known(tx):
            await tx.enter(account_id)
            for sha256 in announced:
                await queue.enqueue(tx, TELL_OWNERS, notice_id(sha256))


async def notices(tx: Transaction, here: Installation) -> list[SubprocessorNotice]:
    """Returns what the register holds now, in its order."""
    wanted = {entry_hash(each): place for place, each in enumerate(here.subprocessors)}
    found = await tx.all(
        select(SubprocessorNotice).where(SubprocessorNotice.sha256.in_(list(wanted)))
    )
    return sorted(found, key=lambda notice: wanted[notice.sha256])


async def register(tx: Transaction, here: Installation) -> list[SubprocessorView]:
    """Returns the register as the transaction's account sees it."""
    objections = {
        each.subprocessor: each
        for each in await tx.all(
            select(SubprocessorObjection)
            .where(
                SubprocessorObjection.account_id == tx.account_id,
                SubprocessorObjection.withdrawn_at.is_(None),
            )
            .order_by(SubprocessorObjection.created_at)
        )
    }
    return [_view(each, objections.get(each.sha256)) for each in await notices(tx, here)]


async def object_to(
    tx: Transaction, actor: Operator, here: Installation, id: str, reason: str | None
) -> SubprocessorView:
    """Writes that the account objects to an announced entry. Doing it twice changes nothing.

    Raises:
        NotFound: the register has no such entry.
        Conflict: it is in force already (`objection_late`).
    """
    notice = next((each for each in await notices(tx, here) if each.id == id), None)
    if notice is None:
        raise NotFound()
    # Of two who object at once the second finds what the first has written.
    await read_account(tx, lock=True)
    there = next(each for each in await register(tx, here) if each.id == id)
    if there.objection is not None:
        return there
    if notice.in_force_from <= now():
        raise Conflict("It is in force; the time for objecting is over.", code="objection_late")
    objection = SubprocessorObjection(
        account_id=tx.account_id,
        id=new_id(),
        operator_id=actor.id,
        # The entry as it was announced: a later one of the same company is another matter.
        subprocessor=notice.sha256,
        reason=reason,
        created_at=now(),
    )
    await tx.insert(objection)
    await record(tx, actor, "subprocessor-objected", "subprocessor", objection.id)
    return _view(notice, objection)


def _view(notice: SubprocessorNotice, objection: SubprocessorObjection | None) -> SubprocessorView:
    entry = msgspec.convert(notice.entry, Subprocessor)
    state: Literal["in-force", "announced", "objected"] = "in-force"
    if objection is not None:
        state = "objected"
    elif notice.in_force_from > now():
        state = "announced"
    return SubprocessorView(
        id=entry.id,
        name=entry.name,
        address=entry.address,
        contact=entry.contact,
        location=entry.location,
        purpose=entry.purpose,
        data_categories=list(entry.data_categories),
        transfer_tool=entry.transfer_tool,
        announced_at=notice.announced_at,
        in_force_from=notice.in_force_from,
        state=state,
        objection=ObjectionView(objection.id, objection.reason, objection.created_at)
        if objection
        else None,
        feature=entry.feature or None,
    )


async def withdraw_objection(
    tx: Transaction, actor: Operator, here: Installation, id: str
) -> SubprocessorView:
    """Takes the account's objection back; what it had switched off is on again.

    Raises:
        NotFound: the register has no such entry, or the account does not object to it.
    """
    there = next((each for each in await register(tx, here) if each.id == id), None)
    if there is None or there.objection is None:
        raise NotFound()
    await tx.run(
        update(SubprocessorObjection)
        .where(
            SubprocessorObjection.account_id == tx.account_id,
            SubprocessorObjection.id == there.objection.id,
        )
        .values(withdrawn_at=now())
    )
    await record(tx, actor, "subprocessor-accepted", "subprocessor", there.objection.id)
    return next(each for each in await register(tx, here) if each.id == id)


def switch(here: Installation) -> Callable[[Transaction, Feature], Awaitable[bool]]:
    """Returns who says what is off for an account: what a company is for to which it objects.

    From the day on from which that company takes part, until the objection is taken back or the
    entry is gone. Before that day nothing has changed yet.
    """
    features = {each.feature for each in here.subprocessors} - {UNSET}

    async def is_off(tx: Transaction, feature: Feature) -> bool:
        if feature not in features:
            return False
        moment = now()
        return any(
            each.feature == feature and each.state == "objected" and each.in_force_from <= moment
            for each in await register(tx, here)
        )

    return is_off
