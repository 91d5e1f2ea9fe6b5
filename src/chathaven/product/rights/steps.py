"""Taking a request one step further, and changing its clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from chathaven.base.actor import Actor, Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.audit.record import record
from chathaven.product.rights.due import EXTENDED, FIRST, due, months_after, warnings
from chathaven.product.rights.model import RightsContent, RightsNote, RightsRequest, RightsStep
from chathaven.product.rights.states import FINAL, State, check

WARN = "rights-warn"
FORGET = "rights-forget"


async def content_until(tx: Transaction, closed_at: datetime) -> datetime:
    """Returns until when it can be shown what was asked and answered: as long as the audit log.

    The account sets it (class R6); where that changes, the jobs follow (`jobs.follow_periods`).
    """
    settings = msgspec.convert((await read_account(tx)).settings, AccountSettings)
    day = months_after(closed_at.date(), settings.privacy.retention.audit_months)
    return closed_at.replace(year=day.year, month=day.month, day=day.day)


async def read_request(
    tx: Transaction, request_id: UUID, *, lock: bool = False
) -> tuple[RightsRequest, RightsContent | None]:
    """Returns a request, and what is kept of the person: nothing once they were erased.

    Whoever works on a request sees its person, also while the person is restricted: Art. 18(2)
    keeps a restriction from standing in the way of rights.

    Raises:
        NotFound: the account has no such request.
    """
    wanted = select(RightsRequest).where(
        RightsRequest.account_id == tx.account_id, RightsRequest.id == request_id
    )
    request = await tx.one(wanted.with_for_update() if lock else wanted)
    if request is None:
        raise NotFound()
    return request, await read_content(tx, request_id)


async def read_content(tx: Transaction, request_id: UUID) -> RightsContent | None:
    """Returns what is kept of the person of a request, whom the transaction sees then, or None."""
    content = await tx.one(
        select(RightsContent).where(
            RightsContent.account_id == tx.account_id, RightsContent.request_id == request_id
        )
    )
    if content is not None:
        await tx.see(content.person_id)
    return content


async def step(
    tx: Transaction, ground: Ground, actor: Actor, request: RightsRequest, to: State
) -> int:
    """Takes a locked request one step further; returns the number of the step.

    Raises:
        Conflict: there is no such step from where it is (`illegal_step`).
    """
    came_from = State(request.state)
    check(came_from, to)
    number = await write_step(tx, actor, request.id, came_from, to)
    if to is not State.EXTENDED:
        closed_at = now() if to in FINAL else None
        await tx.update(request, state=to.value, closed_at=closed_at)
        if closed_at is not None:
            until = await content_until(tx, closed_at)
            await ground.queue.enqueue(tx, FORGET, request.id, until)
    await record(tx, actor, f"request-{to.value.replace('_', '-')}", "request", request.id)
    changed(tx, ground, request.id)
    return number


async def write_step(
    tx: Transaction, actor: Actor, request_id: UUID, came_from: State | None, to: State
) -> int:
    """Writes a step; returns its number in the request."""
    number = await last_step(tx, request_id) + 1
    await tx.insert(
        RightsStep(
            account_id=tx.account_id,
            request_id=request_id,
            number=number,
            came_from=came_from.value if came_from else None,
            state=to.value,
            actor_kind=type(actor).__name__.lower(),
            # Of a visitor the step says only that it was they: it outlives them.
            actor_id=actor.id if isinstance(actor, Operator) else None,
            at=now(),
        )
    )
    return number


async def last_step(tx: Transaction, request_id: UUID) -> int:
    """Returns the number of a request's last step, 0 before the first."""
    newest = select(func.max(RightsStep.number)).where(
        RightsStep.account_id == tx.account_id, RightsStep.request_id == request_id
    )
    return int(await tx.value(newest) or 0)


async def note(tx: Transaction, content: RightsContent, number: int, text: str) -> None:
    """Keeps the reason of a step, or a remark, under the person's key."""
    await tx.insert(
        RightsNote(
            account_id=tx.account_id,
            id=new_id(),
            request_id=content.request_id,
            person_id=content.person_id,
            number=number,
            text=text,
            created_at=now(),
        )
    )


def changed(tx: Transaction, ground: Ground, request_id: UUID) -> None:
    """Tells open screens, after the commit, to look again."""
    account_id, bus = tx.account_id, ground.bus
    tx.after_commit(lambda: bus.changed(account_id, "requests", request_id))


def there(content: RightsContent | None) -> RightsContent:
    """Returns what is kept of the person.

    Raises:
        Conflict: they were erased (`person_erased`).
    """
    if content is None:
        raise Conflict(
            "The person was erased; only the proof of the request is left.", code="person_erased"
        )
    return content


# The clock


async def set_clock(tx: Transaction, ground: Ground, request: RightsRequest) -> None:
    """Enqueues a look at the request for every moment that its present last day asks for.

    It is called in the transaction that sets that day. Looks that were enqueued for another day
    find nothing to do.
    """
    for moment in warnings(request):
        if moment > now():
            await ground.queue.enqueue(tx, WARN, request.id, moment)
    await ground.queue.enqueue(tx, WARN, request.id)


async def stop_clock(tx: Transaction, request: RightsRequest) -> None:
    """Stops the clock, until the person is known (GDPR Art. 12(6)). Its reason is kept beside."""
    if request.stopped_at is None:
        await tx.update(request, stopped_at=now())


async def go_on(tx: Transaction, ground: Ground, request: RightsRequest) -> None:
    """Lets the clock go on where it was stopped: the last day moves by the days in between."""
    if request.stopped_at is None:
        return
    stood = timedelta(days=max((now() - request.stopped_at).days, 0))
    await tx.update(
        request,
        stopped_at=None,
        due_at=request.due_at + stood,
        first_due_at=request.first_due_at + stood,
        warned=None if stood else request.warned,
    )
    await set_clock(tx, ground, request)


def extended_due(request: RightsRequest) -> datetime:
    """Returns the last day with two months more, behind every stop of the clock."""
    stopped = request.first_due_at - due(request.received_at, FIRST)
    return due(request.received_at, EXTENDED) + stopped
