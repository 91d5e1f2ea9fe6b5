"""Doing what was asked for: approving carries out what the product can, refusing says why."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from chathaven.base.actor import Operator, Role, System
from chathaven.base.clock import now
from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.chats.answers import answer_if_asked
from chathaven.product.chats.hide import telling
from chathaven.product.chats.live import Live
from chathaven.product.chats.updates import correct
from chathaven.product.consents.kept_model import SuppressionGround
from chathaven.product.consents.model import Answer
from chathaven.product.consents.receipts import Circumstances, last_receipt
from chathaven.product.consents.suppressed import suppress
from chathaven.product.legal.embeds import SUBJECTS, answer_embed
from chathaven.product.privacy.erase import ask_for_erasure
from chathaven.product.rights.letters import (
    LINK,
    NO_LINK,
    Draft,
    LetterKind,
    Way,
    address_of,
    words,
    write_letter,
)
from chathaven.product.rights.model import RightsContent, RightsLetter, RightsRequest
from chathaven.product.rights.states import FINAL, Kind, RefusalGround, State
from chathaven.product.rights.steps import changed, extended_due, note, set_clock, step
from chathaven.product.visitors.identify import Profile, read_visitor
from chathaven.product.visitors.restrict import Ground as RestrictionGround
from chathaven.product.visitors.restrict import restrict


class Desk(NamedTuple):
    """What an action on a request works with: the transaction, the engines, who acts."""

    tx: Transaction
    ground: Ground
    live: Live
    actor: Operator | System


async def to_check(desk: Desk, request: RightsRequest) -> None:
    """Takes a request of somebody known to the look at what is asked for."""
    if request.state == State.VERIFIED:
        await step(desk.tx, desk.ground, desk.actor, request, State.IN_SCOPE_CHECK)


async def approve(
    desk: Desk,
    request: RightsRequest,
    content: RightsContent,
    letter: Draft,
    profile: Profile | None = None,
) -> None:
    """Approves a request, does what was asked for, and sends the answer.

    Erasing begins when the answer has left, for with the person goes the address.

    Raises:
        Invalid: a correction without what is to be corrected, or a letter without its link.
        Conflict: the request is not where it can be approved.
    """
    tx, ground, _, actor = desk
    await to_check(desk, request)
    await step(tx, ground, actor, request, State.APPROVED)
    await step(tx, ground, actor, request, State.RUNNING)
    if request.kind == Kind.OBJECTION:
        await never_write_again(desk, content, SuppressionGround.OBJECTION)
    if content.person_kind == "visitor":
        await _act(desk, request, content, profile)
    made = await write_letter(tx, ground, request, content, letter)
    if made.way == Way.WIDGET:
        await letter_sent(desk, request, content, made)


async def refuse(
    desk: Desk,
    request: RightsRequest,
    content: RightsContent,
    why: RefusalGround,
    reason: str,
    letter: Draft,
) -> None:
    """Refuses a request on a ground of the law; the letter names the ways to complain (Art. 12(4)).

    Raises:
        Conflict: the request is not where it can be refused.
        Invalid: it was asked for proof only, and another ground is named than that.
    """
    tx, ground, _, actor = desk
    if request.state == State.IDENTITY_PENDING and why is not RefusalGround.NOT_IDENTIFIED:
        raise Invalid.field(
            "ground", Reason.ONLY_UNIDENTIFIED, ground=RefusalGround.NOT_IDENTIFIED.value
        )
    await to_check(desk, request)
    made = await write_letter(tx, ground, request, content, letter)
    number = await step(tx, ground, actor, request, State.REFUSED)
    await note(tx, content, number, reason)
    await tx.update(request, ground=why.value)
    if made.way == Way.WIDGET:
        await tx.update(made, sent_at=now())


async def letter_sent(
    desk: Desk, request: RightsRequest, content: RightsContent, letter: RightsLetter
) -> None:
    """Notes that a letter has reached its way, and does what waited for it. Once only."""
    if letter.sent_at is not None:
        return
    tx, ground = desk.tx, desk.ground
    await tx.update(letter, sent_at=now())
    changed(tx, ground, request.id)
    if letter.kind == LetterKind.EXTENSION:
        await _extend(desk, request, _decided_by(desk, letter))
    if letter.kind == LetterKind.ANSWER and request.state == State.RUNNING:
        if request.kind == Kind.ERASURE:
            await _erase(desk, request, content)
        else:
            await step(tx, ground, desk.actor, request, State.DONE)


async def go_another_way(
    desk: Desk, request: RightsRequest, content: RightsContent, letter: RightsLetter
) -> None:
    """Lets a letter that was to leave by mail go by the widget or by hand, where mail is off by now.

    There no link is made for it: the widget has a button that fetches the copy.
    """
    way = (await address_of(desk.tx, content)).way
    said = dict(letter.content or {})
    instead = NO_LINK
    if way is Way.WIDGET and letter.kind == LetterKind.ANSWER:
        instead = words(str(said["language"]))["letters"]["answer_widget"]
    said["text"] = str(said["text"]).replace(LINK, instead)
    await desk.tx.update(letter, way=way.value, content=said)
    changed(desk.tx, desk.ground, request.id)
    if way is Way.WIDGET:
        await letter_sent(desk, request, content, letter)


def _decided_by(desk: Desk, letter: RightsLetter) -> Operator | System:
    """Who decided what a letter tells: it may leave later, by itself."""
    by = (letter.content or {}).get("by")
    if by is None:
        return desk.actor
    return Operator(desk.tx.account_id, UUID(str(by)), Role.OPERATOR, frozenset())


async def _extend(desk: Desk, request: RightsRequest, decided: Operator | System) -> None:
    """Gives a request two months more, now that the person was told, if that was in time."""
    tx, ground = desk.tx, desk.ground
    in_time = now().date() <= request.first_due_at.date()
    if request.state in FINAL or request.extended_at is not None or not in_time:
        return
    await step(tx, ground, decided, request, State.EXTENDED)
    await tx.update(
        request,
        extended_at=now(),
        due_at=extended_due(request),
        warned=None,
        escalated_at=None,
    )
    await set_clock(tx, ground, request)


async def _act(
    desk: Desk, request: RightsRequest, content: RightsContent, profile: Profile | None
) -> None:
    tx, ground, live, actor = desk
    visitor_id = content.person_id
    if request.kind == Kind.CORRECTION:
        if profile is None or not isinstance(actor, Operator):
            raise Invalid.field("profile", Reason.CORRECTION)
        await correct(tx, ground.bus, live, actor, visitor_id, profile)
    elif request.kind == Kind.RESTRICTION:
        await restrict(
            tx,
            actor,
            visitor_id,
            ground=RestrictionGround.ACCURACY,
            reason=None,
            tell=telling(ground.bus, live),
        )
    elif request.kind == Kind.OBJECTION:
        await _stop(desk, content)


async def never_write_again(desk: Desk, content: RightsContent, why: SuppressionGround) -> None:
    """Keeps a keyed hash of the person's address, so that it gets no advertising (A-17-6)."""
    address = await address_of(desk.tx, content)
    if address.to:
        await suppress(desk.tx, desk.actor, address.to, why)


async def _stop(desk: Desk, content: RightsContent) -> None:
    """Stops advertising, and content of other companies, for somebody who objects (Art. 21)."""
    tx = desk.tx
    visitor = await read_visitor(tx, content.person_id, lock=True)
    how = Circumstances(
        method="operator",
        surface="app",
        chat_id=visitor.chat_id,
        reason="objection",
        operator_id=desk.actor.id if isinstance(desk.actor, Operator) else None,
    )
    if visitor.marketing_answer is not None:
        await answer_if_asked(tx, desk.ground.bus, visitor, "no", how, gives_email=False)
    language = (visitor.technical or {}).get("language")
    for provider, subject in SUBJECTS.items():
        last = await last_receipt(tx, visitor.id, subject)
        if last is not None and last.answer == Answer.GIVEN:
            await answer_embed(tx, visitor.id, provider, language, how, shown=False)


async def _erase(desk: Desk, request: RightsRequest, content: RightsContent) -> None:
    tx, ground = desk.tx, desk.ground
    asked = await ask_for_erasure(tx, ground, desk.actor, content.person_id)
    # The erasing transaction takes the request to its end: see `close_affairs`.
    await tx.update(request, erasure_id=asked.erasure.id)
