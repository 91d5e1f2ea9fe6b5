"""How requests look, to those who work on them and to the person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.database.transaction import Transaction
from chathaven.product.operators.model import Operator
from chathaven.product.rights.due import days_left
from chathaven.product.rights.identity import matches
from chathaven.product.rights.letters import (
    LINK,
    NO_LINK,
    address_of,
    language_of,
    letters_of,
)
from chathaven.product.rights.model import (
    RightsContent,
    RightsLetter,
    RightsNote,
    RightsRequest,
    RightsStep,
)
from chathaven.product.rights.states import FINAL, TRANSITIONS, State
from chathaven.product.visitors.identify import read_visitor


class RequestView(msgspec.Struct):
    """A request as listed. `who` is null once the person was erased."""

    id: UUID
    kind: str
    state: str
    via: str
    received_at: datetime
    due_on: date
    days_left: int
    extended: bool
    stopped: bool
    closed_at: datetime | None
    who: str | None
    visitor_id: UUID | None


class StepView(msgspec.Struct):
    """A step of a request, with the reason that was given."""

    number: int
    came_from: str | None
    state: str
    actor_kind: str
    actor_name: str | None
    at: datetime
    notes: list[str]


class LetterView(msgspec.Struct):
    """A letter of a request, without the link that it leaves with."""

    id: UUID
    kind: str
    way: str
    to: str | None
    subject: str
    text: str
    language: str
    created_at: datetime
    sent_at: datetime | None


class MatchView(msgspec.Struct):
    """A visitor whose address is the requester's."""

    id: UUID
    name: str | None
    email: str | None
    last_seen_at: datetime


class Whole(msgspec.Struct):
    """A request with all that is known of it. `next` is every state that may follow."""

    request: RequestView
    first_due_on: date
    next: list[str]
    person_kind: str | None
    name: str | None
    email: str | None
    text: str | None
    language: str | None
    on_behalf: str | None
    wishes: dict[str, str | None]
    chat_id: UUID | None
    seq: int | None
    way: str | None
    ground: str | None
    erasure_id: UUID | None
    duplicate_of: UUID | None
    steps: list[StepView]
    letters: list[LetterView]
    matches: list[MatchView]


def request_view(
    request: RightsRequest, content: RightsContent | None, who: str | None
) -> RequestView:
    """Returns a request as listed."""
    visitor_id = content.person_id if content and content.person_kind == "visitor" else None
    return RequestView(
        id=request.id,
        kind=request.kind,
        state=request.state,
        via=request.via,
        received_at=request.received_at,
        due_on=request.due_at.date(),
        days_left=days_left(request.due_at, now()),
        extended=request.extended_at is not None,
        stopped=request.stopped_at is not None,
        closed_at=request.closed_at,
        who=who,
        visitor_id=visitor_id,
    )


async def whole(tx: Transaction, request: RightsRequest, content: RightsContent | None) -> Whole:
    """Returns a request with its timeline and letters; the transaction sees its person."""
    steps = await _steps(tx, request)
    if content is None:
        return _proof(request, steps)
    address = await address_of(tx, content)
    details = content.details or {}
    letters = await letters_of(tx, request)
    return Whole(
        request=request_view(request, content, address.name or address.to),
        first_due_on=request.first_due_at.date(),
        next=_next(request),
        person_kind=content.person_kind,
        name=address.name,
        email=address.to,
        text=content.text,
        language=language_of(content),
        on_behalf=details.get("on_behalf"),
        wishes=details.get("wishes") or {},
        chat_id=content.chat_id or await _chat_of(tx, content),
        seq=content.seq,
        way=address.way.value,
        ground=request.ground,
        erasure_id=request.erasure_id,
        duplicate_of=request.duplicate_of,
        steps=steps,
        letters=[letter_view(each) for each in letters],
        matches=[
            MatchView(each.id, each.name, each.email, each.last_seen_at)
            for each in await matches(tx, content)
        ],
    )


def _proof(request: RightsRequest, steps: list[StepView]) -> Whole:
    """Returns what is left of a request whose person was erased."""
    return Whole(
        request=request_view(request, None, None),
        first_due_on=request.first_due_at.date(),
        next=_next(request),
        person_kind=None,
        name=None,
        email=None,
        text=None,
        language=None,
        on_behalf=None,
        wishes={},
        chat_id=None,
        seq=None,
        way=None,
        ground=request.ground,
        erasure_id=request.erasure_id,
        duplicate_of=request.duplicate_of,
        steps=steps,
        letters=[],
        matches=[],
    )


def _next(request: RightsRequest) -> list[str]:
    following = sorted(TRANSITIONS[State(request.state)])
    extendable = request.state not in FINAL and request.extended_at is None
    in_time = now().date() <= request.first_due_at.date()
    return [*following, State.EXTENDED.value] if extendable and in_time else list(following)


def letter_view(letter: RightsLetter) -> LetterView:
    """Returns a letter as shown."""
    content = letter.content or {}
    return LetterView(
        id=letter.id,
        kind=letter.kind,
        way=letter.way,
        to=content.get("to"),
        subject=str(content.get("subject", "")),
        text=str(content.get("text", "")).replace(LINK, NO_LINK),
        language=str(content.get("language", "en")),
        created_at=letter.created_at,
        sent_at=letter.sent_at,
    )


async def _steps(tx: Transaction, request: RightsRequest) -> list[StepView]:
    steps = await tx.all(
        select(RightsStep)
        .where(RightsStep.account_id == tx.account_id, RightsStep.request_id == request.id)
        .order_by(RightsStep.number)
    )
    notes = await tx.all(
        select(RightsNote)
        .where(RightsNote.account_id == tx.account_id, RightsNote.request_id == request.id)
        .order_by(RightsNote.created_at, RightsNote.id)
    )
    ids = {each.actor_id for each in steps if each.actor_id is not None}
    operators = await tx.all(
        select(Operator).where(Operator.account_id == tx.account_id, Operator.id.in_(ids))
    )
    names = {each.id: each.name for each in operators}
    return [
        StepView(
            number=each.number,
            came_from=each.came_from,
            state=each.state,
            actor_kind=each.actor_kind,
            actor_name=names.get(each.actor_id) if each.actor_id else None,
            at=each.at,
            notes=[one.text or "" for one in notes if one.number == each.number],
        )
        for each in steps
    ]


async def _chat_of(tx: Transaction, content: RightsContent) -> UUID | None:
    if content.person_kind != "visitor":
        return None
    return (await read_visitor(tx, content.person_id)).chat_id
