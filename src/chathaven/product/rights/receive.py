"""A request comes in, whichever way: its clock starts at the moment at which the person asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from chathaven.base.actor import Actor
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.ids import new_id
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.audit.record import record
from chathaven.product.chats.model import Event, EventType
from chathaven.product.chats.read import read_chat
from chathaven.product.rights.due import due
from chathaven.product.rights.model import RightsContent, RightsRequest
from chathaven.product.rights.states import FINAL, Kind, State, Via
from chathaven.product.rights.steps import changed, set_clock, step, write_step
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.model import Visitor

ARRIVED = "rights-arrived"
MOST_OPEN = 20
"""Open requests of one person; more are the same ones again."""


class Asking(NamedTuple):
    """What was asked, and by whom. Without a visitor it is somebody who is not known yet."""

    kind: Kind
    via: Via
    received_at: datetime
    language: str
    text: str | None = None
    visitor_id: UUID | None = None
    name: str | None = None
    email: str | None = None
    chat_id: UUID | None = None
    seq: int | None = None
    wishes: dict[str, Any] | None = None
    on_behalf: str | None = None


async def receive(tx: Transaction, ground: Ground, actor: Actor, asking: Asking) -> RightsRequest:
    """Writes a request, starts its clock, and tells those who work on requests.

    Raises:
        Invalid: it was received in the future.
        NotFound: there is no such visitor.
        Conflict: the visitor has too many open requests.
    """
    if asking.received_at > now():
        raise Invalid.field("received_at", Reason.NOT_IN_FUTURE)
    person_id = asking.visitor_id or new_id()
    if asking.visitor_id is None:
        await tx.vault.new_person(await tx.driver(), tx.account_id, person_id, "requester")
    else:
        await tx.see(person_id)
        await read_visitor(tx, person_id)
        await _refuse_floods(tx, person_id)
    last_day = due(asking.received_at)
    request = RightsRequest(
        account_id=tx.account_id,
        id=new_id(),
        kind=asking.kind.value,
        state=State.RECEIVED.value,
        via=asking.via.value,
        received_at=asking.received_at,
        first_due_at=last_day,
        due_at=last_day,
    )
    await tx.insert(request)
    await tx.insert(_content(request.id, person_id, asking, tx.account_id))
    await write_step(tx, actor, request.id, None, State.RECEIVED)
    await record(tx, actor, "request-received", "request", request.id)
    await set_clock(tx, ground, request)
    await ground.queue.enqueue(tx, ARRIVED, request.id)
    changed(tx, ground, request.id)
    return request


async def receive_proven(
    tx: Transaction, ground: Ground, actor: Actor, asking: Asking
) -> RightsRequest:
    """Receives a request from a visitor's own session, which is proof enough (Art. 11, A-12-3a)."""
    request = await receive(tx, ground, actor, asking)
    await step(tx, ground, actor, request, State.VERIFIED)
    return request


async def receive_message(
    tx: Transaction,
    ground: Ground,
    actor: Actor,
    chat_id: UUID,
    seq: int,
    kind: Kind,
    *,
    again: bool = False,
) -> RightsRequest:
    """Makes a visitor's message a request: the clock started when the message came.

    The same message with the same kind again is the same request; where that one is closed and
    `again` is said, it is a new one.

    Raises:
        NotFound: there is no such message of a visitor.
    """
    chat = await read_chat(tx, chat_id)
    message = await tx.one(
        select(Event).where(
            Event.account_id == tx.account_id,
            Event.chat_id == chat_id,
            Event.seq == seq,
            Event.type == EventType.VISITOR_MESSAGE,
        )
    )
    if message is None:
        raise NotFound("There is no message of the visitor with this number.")
    there = await _made_of(tx, chat_id, seq, kind)
    if there is not None and not (again and there.closed_at is not None):
        return there
    visitor = await read_visitor(tx, chat.visitor_id)
    asking = Asking(
        kind=kind,
        via=Via.MESSAGE,
        received_at=message.created_at,
        language=str((visitor.technical or {}).get("language") or "en"),
        text=str((message.params or {}).get("text", "")) or None,
        visitor_id=chat.visitor_id,
        chat_id=chat_id,
        seq=seq,
    )
    return await receive_proven(tx, ground, actor, asking)


async def same_again(tx: Transaction, asking: Asking) -> RightsRequest | None:
    """Returns the open request of a visitor for the same, in the same words: it was sent twice."""
    # Locked, so that of two that come at once the second finds the first.
    await tx.run(
        select(Visitor.id)
        .where(Visitor.account_id == tx.account_id, Visitor.id == asking.visitor_id)
        .with_for_update()
    )
    contents = await tx.all(
        select(RightsContent).where(
            RightsContent.account_id == tx.account_id,
            RightsContent.person_id == asking.visitor_id,
        )
    )
    same = [each.request_id for each in contents if each.text == asking.text]
    return await tx.one(
        select(RightsRequest).where(
            RightsRequest.account_id == tx.account_id,
            RightsRequest.id.in_(same),
            RightsRequest.kind == asking.kind.value,
            RightsRequest.closed_at.is_(None),
        )
    )


def _content(request_id: UUID, person_id: UUID, asking: Asking, account_id: UUID) -> RightsContent:
    return RightsContent(
        account_id=account_id,
        request_id=request_id,
        person_id=person_id,
        person_kind="requester" if asking.visitor_id is None else "visitor",
        chat_id=asking.chat_id,
        seq=asking.seq,
        name=asking.name,
        email=asking.email,
        text=asking.text,
        details={
            "language": asking.language,
            "wishes": asking.wishes or {},
            "on_behalf": asking.on_behalf,
        },
    )


async def _made_of(tx: Transaction, chat_id: UUID, seq: int, kind: Kind) -> RightsRequest | None:
    return await tx.one(
        select(RightsRequest)
        .join(
            RightsContent,
            (RightsContent.account_id == RightsRequest.account_id)
            & (RightsContent.request_id == RightsRequest.id),
        )
        .where(
            RightsRequest.account_id == tx.account_id,
            RightsRequest.kind == kind.value,
            RightsContent.chat_id == chat_id,
            RightsContent.seq == seq,
        )
        # The open one of several, else the newest.
        .order_by(RightsRequest.closed_at.is_not(None), RightsRequest.id.desc())
    )


async def _refuse_floods(tx: Transaction, person_id: UUID) -> None:
    counting = (
        select(func.count())
        .select_from(RightsRequest)
        .join(
            RightsContent,
            (RightsContent.account_id == RightsRequest.account_id)
            & (RightsContent.request_id == RightsRequest.id),
        )
        .where(
            RightsRequest.account_id == tx.account_id,
            RightsContent.person_id == person_id,
            RightsRequest.state.not_in([state.value for state in FINAL]),
        )
    )
    if int(await tx.value(counting) or 0) >= MOST_OPEN:
        raise Conflict(
            f"{MOST_OPEN} requests of this person are still open.", code="too_many_requests"
        )
