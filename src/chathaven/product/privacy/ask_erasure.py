"""Asking for a visitor's erasure (GDPR Art. 17): written down at once, carried out by a job.

From the moment it is asked for the visitor's token opens nothing. Where a legal hold stands, the
erasure waits for its end and then runs by itself.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from chathaven.base.actor import Actor, Visitor
from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Queue
from chathaven.engines.vault.model import PersonKey
from chathaven.engines.vault.proof import holder_of
from chathaven.product.access.directory import enter_name
from chathaven.product.audit.record import record
from chathaven.product.consents.kept_model import SuppressionGround
from chathaven.product.consents.suppressed import is_suppressed, suppress
from chathaven.product.privacy.model import Erasure, Status
from chathaven.product.visitors import hold, model
from chathaven.product.visitors.merge import being_erased
from chathaven.product.visitors.model import VisitorToken
from chathaven.product.visitors.person import lock_person, same_person

JOB = "erase-visitor"
NUMBER = "erasure"
"""The kind of name under which a person's own erasure is found by its number."""


linked: list[Callable[[Transaction, Ground, UUID], Awaitable[None]]] = []
"""Called for each who is the same person by an operator's word, when somebody erases themselves: a
slice above this one lets people look."""


class Asked(NamedTuple):
    """An erasure that was asked for; the nonce is for the person alone, to prove it is theirs.

    `others` are those of visitors who are the same person, and go too.
    """

    erasure: Erasure
    nonce: str
    others: tuple[Erasure, ...] = ()


async def ask_for_erasure(
    tx: Transaction,
    ground: Ground,
    actor: Actor,
    visitor_id: UUID,
    *,
    never_again: SuppressionGround | None = None,
) -> Asked:
    """Writes that a visitor is to be erased, ends their tokens, and enqueues the work; so for each
    who is the same person.

    Asked twice it is one erasure; the nonce is given the first time only. With `never_again` a
    keyed hash of their address stays on the list of those that are not written to (A-17-6).

    Raises:
        NotFound: there is no such visitor.
    """
    # Who is restricted is hidden from everybody, and is erased like everybody. Locked, so that of
    # two who ask at once the second finds what the first has written.
    try:
        await _lock_asked(tx, await same_person(tx, visitor_id))
        people = list(await lock_person(tx, visitor_id))
    except NotFound:
        if not await _is_requester(tx, visitor_id):
            raise
        people = [visitor_id]
    others = [
        (await _ask(tx, ground, actor, each, never_again)).erasure
        for each in people
        if each != visitor_id
    ]
    asked = await _ask(tx, ground, actor, visitor_id, never_again)
    return asked._replace(others=tuple(others))


async def erase_oneself(
    tx: Transaction,
    ground: Ground,
    who: Visitor,
    *,
    never_again: SuppressionGround | None = None,
) -> Asked:
    """Does as `ask_for_erasure` for the visitor who asks, and for nobody else.

    That another visitor is the same person is an operator's word, and a token proves nothing of it:
    somebody who was taken for another must not erase the other. So of those it is asked for a look.

    Raises:
        NotFound: there is no such visitor any more.
    """
    people = await lock_person(tx, who.id)
    for each in people:
        if each != who.id:
            for ask_for_a_look in linked:
                await ask_for_a_look(tx, ground, each)
    return await _ask(tx, ground, who, who.id, never_again)


async def _lock_asked(tx: Transaction, people: Iterable[UUID]) -> None:
    """Locks what was asked for before, ahead of the people: in the order in which the job that
    erases takes them, or it and whoever asks once more would wait for each other.
    """
    asked = select(Erasure.id).where(
        Erasure.account_id == tx.account_id, Erasure.subject_id.in_(list(people))
    )
    await tx.values(asked.order_by(Erasure.id).with_for_update())


async def _ask(
    tx: Transaction,
    ground: Ground,
    actor: Actor,
    visitor_id: UUID,
    never_again: SuppressionGround | None,
) -> Asked:
    """Asks for the erasure of one visitor, whom the transaction sees afterwards."""
    await tx.see(visitor_id)
    there = await tx.one(
        select(Erasure).where(Erasure.account_id == tx.account_id, Erasure.subject_id == visitor_id)
    )
    email = await _email(tx, visitor_id)
    if never_again and email:
        await suppress(tx, actor, email, never_again)
    # Also where it has stood on the list before: the certificate names what is kept.
    suppressed = await is_suppressed(tx, email)
    if there is not None:
        await tx.update(there, suppressed=suppressed)
        return Asked(there, "")
    nonce = os.urandom(32)
    held = await hold.is_held(tx, visitor_id)
    erasure = Erasure(
        account_id=tx.account_id,
        id=new_id(),
        subject_kind="visitor",
        subject_id=visitor_id,
        commitment=hashlib.sha256(nonce + visitor_id.bytes).hexdigest(),
        holder=holder_of(nonce),
        status=Status.WAITING if held else Status.QUEUED,
        asked_by=type(actor).__name__.lower(),
        receipts=[],
        suppressed=suppressed,
        requested_at=now(),
    )
    await tx.insert(erasure)
    await enter_name(tx, NUMBER, str(erasure.id), erasure.id)
    await tx.run(
        delete(VisitorToken).where(
            VisitorToken.account_id == tx.account_id, VisitorToken.visitor_id == visitor_id
        )
    )
    await record(tx, actor, "erasure-asked", "erasure", erasure.id)
    if not held:
        await ground.queue.enqueue(tx, JOB, erasure.id)
    account_id = tx.account_id
    tx.after_commit(lambda: ground.bus.changed(account_id, "credentials", visitor_id))
    return Asked(erasure, nonce.hex())


async def _email(tx: Transaction, visitor_id: UUID) -> str | None:
    visitor = await tx.one(
        select(model.Visitor).where(
            model.Visitor.account_id == tx.account_id, model.Visitor.id == visitor_id
        )
    )
    return visitor.email if visitor else None


async def _is_requester(tx: Transaction, person_id: UUID) -> bool:
    """Whether this is somebody who asked about their data and was never a visitor; locked."""
    known = select(PersonKey.kind).where(
        PersonKey.account_id == tx.account_id, PersonKey.person_id == person_id
    )
    return bool(await tx.value(known.with_for_update()) == "requester")


_queues: list[Queue] = []
"""The queue of this process, which the slice that ends holds does not know."""


def enqueue_with(queue: Queue) -> None:
    """Says with which queue an erasure is enqueued that waited for the end of a hold."""
    _queues[:] = [queue]


async def _run_at_last(tx: Transaction, visitor_id: UUID) -> None:
    """Lets an erasure that waited run, now that the last hold on the person has ended."""
    rows = await tx.values(
        select(Erasure.id).where(
            Erasure.account_id == tx.account_id, Erasure.subject_id == visitor_id
        )
    )
    for (erasure_id,) in rows:
        for queue in _queues:
            await queue.enqueue(tx, JOB, erasure_id)


async def _is_asked_for(tx: Transaction, visitor_id: UUID) -> bool:
    asked = select(Erasure.id).where(
        Erasure.account_id == tx.account_id, Erasure.subject_id == visitor_id
    )
    return await tx.value(asked.limit(1)) is not None


hold.released.append(_run_at_last)
being_erased.append(_is_asked_for)
