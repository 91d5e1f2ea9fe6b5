"""Jobs: sending letters to the person, telling those who work on requests, and forgetting."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from sqlalchemy import delete, select

from chathaven.base.actor import Role, System
from chathaven.base.clock import now
from chathaven.base.dates import day
from chathaven.base.errors import NotFound
from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Queue
from chathaven.product.accounts.features import is_off
from chathaven.product.accounts.settings import AccountSettings, after_periods, read_account
from chathaven.product.chats.live import Live
from chathaven.product.chats.silence import needed
from chathaven.product.operators.find import everyone
from chathaven.product.operators.letters import Composer, Words, composers, write_to
from chathaven.product.operators.letters_model import OperatorLetter
from chathaven.product.operators.model import Operator
from chathaven.product.privacy.ask_erasure import ask_for_erasure, linked
from chathaven.product.privacy.erase import before_removal, lock_first
from chathaven.product.rights.carry_out import Desk, go_another_way, letter_sent
from chathaven.product.rights.due import days_left, escalation_due, warning_due
from chathaven.product.rights.find import people_waiting
from chathaven.product.rights.identity import CONFIRM, COPY, make_link
from chathaven.product.rights.letters import LINK, LINKED, SEND, LetterKind, Way, words
from chathaven.product.rights.linked import ask_for_a_look
from chathaven.product.rights.model import (
    RightsContent,
    RightsLetter,
    RightsLink,
    RightsNote,
    RightsRequest,
)
from chathaven.product.rights.receive import ARRIVED
from chathaven.product.rights.states import FINAL, Kind, State
from chathaven.product.rights.steps import (
    FORGET,
    WARN,
    changed,
    content_until,
    read_content,
    read_request,
    step,
)

WORKERS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
"""Who may work on requests; see `access/permissions.py`."""


def add_jobs(ground: Ground, live: Live) -> None:
    """Adds the jobs of this slice to the queue."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def send(account_id: UUID, id: UUID) -> None:
        await send_letter(ground, live, account_id, id)

    async def warn(account_id: UUID, id: UUID) -> None:
        await warn_in_time(ground, account_id, id)

    async def arrived(account_id: UUID, id: UUID) -> None:
        await tell_arrived(ground, account_id, id)

    async def forget(account_id: UUID, id: UUID) -> None:
        await forget_content(ground, account_id, id)

    ground.queue.add(SEND, send, about=RightsLetter)
    # The proof is about nobody.
    ground.queue.add(WARN, warn, about=None)
    ground.queue.add(ARRIVED, arrived, about=None)
    ground.queue.add(FORGET, forget, about=None)
    _queues[:] = [ground.queue]


# To the person


async def send_letter(ground: Ground, live: Live, account_id: UUID, letter_id: UUID) -> None:
    """Sends a letter once, and does what waited for it."""
    async with ground.database.transaction(account_id) as tx:
        found = await _letter(tx, letter_id)
        if found is None or found.way != Way.EMAIL:
            return
        request, content = await read_request(tx, found.request_id, lock=True)
        if content is not None and await is_off(tx, "visitor-mail"):
            desk = Desk(tx, ground, live, System(account_id))
            await go_another_way(desk, request, content, found)
            return
        letter = found.content or {}
        text = str(letter["text"])
        # Written before such a letter was refused, it leaves without a link.
        if LINK in text and found.kind in LINKED:
            use = CONFIRM if found.kind == LetterKind.CONFIRM else COPY
            secret = await make_link(tx, request, found.person_id, use)
            page = "confirm" if use == CONFIRM else "copy"
            link = f"{ground.settings.public_url}/rights/{page}#{secret.text}"
            text = text.replace(LINK, link)
        person_id = found.person_id
    await ground.post.send(str(letter["to"]), str(letter["subject"]), text, about=person_id)
    async with ground.database.transaction(account_id) as tx:
        sent = await _letter(tx, letter_id)
        if sent is None:
            return
        request, content = await read_request(tx, sent.request_id, lock=True)
        if content is not None:
            desk = Desk(tx, ground, live, System(account_id))
            await letter_sent(desk, request, content, sent)


async def _letter(tx: Transaction, letter_id: UUID) -> RightsLetter | None:
    """Returns a letter that still waits."""
    return await tx.one(
        select(RightsLetter).where(
            RightsLetter.account_id == tx.account_id,
            RightsLetter.id == letter_id,
            RightsLetter.sent_at.is_(None),
        )
    )


# To those who work on requests


async def tell_arrived(ground: Ground, account_id: UUID, request_id: UUID) -> None:
    """Says that a request came in, and until when it has to be answered."""
    async with ground.database.transaction(account_id) as tx:
        request, _ = await read_request(tx, request_id)
        if request.state not in FINAL:
            await write_to(tx, ground.queue, await _workers(tx), "request-arrived", request_id)


async def warn_in_time(ground: Ground, account_id: UUID, request_id: UUID) -> None:
    """Warns of a request that is due soon, and tells the owners of one that is still open.

    What was told and the letters are written together, and each letter leaves by itself: a job
    that runs again, or two at once, tell it once.
    """
    moment = now()
    async with ground.database.transaction(account_id) as tx:
        request, _ = await read_request(tx, request_id, lock=True)
        warning = warning_due(request, moment)
        escalate = escalation_due(request, moment)
        if warning is None and not escalate:
            return
        if warning is not None:
            await tx.update(request, warned=warning)
        if escalate:
            await tx.update(request, escalated_at=moment)
        changed(tx, ground, request_id)
        workers = await _workers(tx)
        owners = [each for each in workers if each.role == Role.OWNER]
        if warning is not None:
            told = [each for each in workers if not escalate or each.role != Role.OWNER]
            step = _step(request, warning)
            await write_to(tx, ground.queue, told, "request-due", request_id, step)
        if escalate:
            step = _step(request, 0)
            await write_to(tx, ground.queue, owners, "request-escalated", request_id, step)


def _step(request: RightsRequest, days: int) -> int:
    """Returns the number of a warning. After an extension the same days are warned of once more."""
    return request.due_at.date().toordinal() * 100 + days


async def _workers(tx: Transaction) -> list[Operator]:
    return [each for each in await everyone(tx) if Role(each.role) in WORKERS]


def _tells(what: str) -> Composer:
    """Returns who composes letters to operators: in their language, and nothing of who asks."""

    async def compose(
        tx: Transaction, ground: Ground, letter: OperatorLetter, operator: Operator
    ) -> Words | None:
        request, _ = await read_request(tx, letter.subject_id)
        if request.state in FINAL:
            return None
        left = days_left(request.due_at, now())
        said = "late" if what == "due" and left < 0 else what
        language = choose(operator.language, None)
        say = words(language)
        given = {
            "kind": say["kinds"][request.kind],
            "company": (await read_account(tx)).company,
            "received": day(request.received_at, language),
            "due": day(request.due_at, language),
            "days": str(max(left, 0)),
            "link": f"{ground.settings.public_url}/app/requests/{request.id}",
        }
        return Words(
            say["operators"][f"{said}_subject"].format_map(given),
            say["operators"][said].format_map(given),
        )

    return compose


composers.update({f"request-{what}": _tells(what) for what in ("arrived", "due", "escalated")})


# Forgetting


async def lock_affairs(tx: Transaction, person_id: UUID) -> list[RightsRequest]:
    """Returns every open request of somebody, locked."""
    contents = select(RightsContent.request_id).where(
        RightsContent.account_id == tx.account_id, RightsContent.person_id == person_id
    )
    return await tx.all(
        select(RightsRequest)
        .where(
            RightsRequest.account_id == tx.account_id,
            RightsRequest.id.in_(contents),
            RightsRequest.state.not_in([state.value for state in FINAL]),
        )
        .order_by(RightsRequest.id)
        .with_for_update()
    )


async def close_affairs(tx: Transaction, ground: Ground, person_id: UUID, erasure_id: UUID) -> None:
    """Takes every open request of somebody who is being erased to its end.

    What was approved is done with it. What nobody had looked at yet is settled by this erasure,
    whoever asked for it: there is nobody any more to answer.
    """
    system = System(tx.account_id)
    for request in await lock_affairs(tx, person_id):
        if request.state == State.APPROVED:
            await step(tx, ground, system, request, State.RUNNING)
        under_way = request.state in {
            State.RUNNING, State.WAITING_EXTERNAL, State.PARTIALLY_DONE
        }  # fmt: skip
        await step(tx, ground, system, request, State.DONE if under_way else State.DUPLICATE)
        if request.kind == Kind.ERASURE or not under_way:
            await tx.update(request, erasure_id=erasure_id)


async def forget_content(ground: Ground, account_id: UUID, request_id: UUID) -> None:
    """Deletes what is kept of a person about a request that was closed long ago."""
    async with ground.database.transaction(account_id) as tx:
        # The proof has a time of its own, which a company may set shorter.
        with suppress(NotFound):
            request, _ = await read_request(tx, request_id, lock=True)
            if request.state not in FINAL or request.closed_at is None:
                return
            # The period was made longer meanwhile: another job comes then.
            if now() < await content_until(tx, request.closed_at):
                return
        content = await read_content(tx, request_id)
        if content is None:
            return
        if content.person_kind == "requester":
            await ask_for_erasure(tx, ground, System(account_id), content.person_id)
            return
        for table in (RightsNote, RightsLetter, RightsLink, RightsContent):
            await tx.run(
                delete(table).where(table.account_id == account_id, table.request_id == request_id)
            )


_queues: list[Queue] = []
"""The queue of this process, which the slice of settings does not know."""


async def follow_periods(tx: Transaction, settings: AccountSettings) -> None:
    """Forgets earlier or later what closed requests were about, as the account has set it now."""
    closed = await tx.values(
        select(RightsRequest.id, RightsRequest.closed_at)
        .join(
            RightsContent,
            (RightsContent.account_id == RightsRequest.account_id)
            & (RightsContent.request_id == RightsRequest.id),
        )
        .where(
            RightsRequest.account_id == tx.account_id,
            RightsRequest.closed_at.is_not(None),
        )
    )
    for request_id, closed_at in closed:
        for queue in _queues:
            await queue.enqueue(tx, FORGET, request_id, await content_until(tx, closed_at))


# Importing this module is what plugs it in.
after_periods.append(follow_periods)
before_removal.append(close_affairs)
lock_first.append(lock_affairs)
needed.append(people_waiting)
linked.append(ask_for_a_look)
