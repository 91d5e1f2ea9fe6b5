"""HTTP: what is done with a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

from litestar import post
from sqlalchemy import select

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.reasons import Reason
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.live import Live
from chathaven.product.consents.kept_model import SuppressionGround
from chathaven.product.rights import show
from chathaven.product.rights.bodies import (
    Approval,
    Doubt,
    Extension,
    NewLetter,
    NewStep,
    Refusal,
)
from chathaven.product.rights.carry_out import (
    Desk,
    approve,
    letter_sent,
    never_write_again,
    refuse,
)
from chathaven.product.rights.identity import ask_for_proof, doubt, verified
from chathaven.product.rights.letters import Draft, LetterKind, Way, draft, write_letter
from chathaven.product.rights.model import RightsContent, RightsLetter, RightsRequest
from chathaven.product.rights.show import Whole
from chathaven.product.rights.states import FINAL, RefusalGround, State
from chathaven.product.rights.steps import note, read_request, step, there

_ACT = may(Permission.RIGHTS_WRITE)


class Held(NamedTuple):
    """A request that is being worked on, locked, with its person."""

    desk: Desk
    request: RightsRequest
    content: RightsContent

    async def letter(self, kind: LetterKind, subject: str, text: str) -> Draft:
        """Returns a letter as it was edited, with what it must hold."""
        made = await draft(self.desk.tx, self.request, self.content, kind)
        made.subject, made.text = subject, text
        return made

    async def shown(self) -> Whole:
        """Returns the request as it is now."""
        tx = self.desk.tx
        request, content = await read_request(tx, self.request.id)
        return await show.whole(tx, request, content)


@asynccontextmanager
async def held(
    ground: Ground, live: Live, actor: Operator, request_id: UUID
) -> AsyncIterator[Held]:
    """Holds a request for one action.

    Raises:
        NotFound: there is none.
        Conflict: its person was erased.
    """
    async with ground.database.transaction(actor.account_id) as tx:
        request, content = await read_request(tx, request_id, lock=True)
        yield Held(Desk(tx, ground, live, actor), request, there(content))


@post("/v1/requests/{request_id:uuid}/steps", opt=_ACT, dto=Body[NewStep], return_dto=None)
async def post_step(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, data: NewStep
) -> Whole:
    """Takes a request one step further; `identity_pending` sends the link that proves an address."""
    async with held(ground, live, actor, request_id) as here:
        tx, to = here.desk.tx, State(data.to)
        if data.duplicate_of is not None and to is not State.DUPLICATE:
            raise Invalid.field(
                "duplicate_of", Reason.ONLY_FOR_DUPLICATES, state=State.DUPLICATE.value
            )
        if to is State.IDENTITY_PENDING:
            await ask_for_proof(tx, ground, actor, here.request, here.content)
            return await here.shown()
        if to is State.VERIFIED:
            if not data.reason:
                raise Invalid.field("reason", Reason.HOW_KNOWN, code="reason_missing")
            number = await verified(tx, ground, actor, here.request)
        else:
            if to is State.DUPLICATE:
                await _name_other(here, data.duplicate_of)
            number = await step(tx, ground, actor, here.request, to)
        if data.reason:
            await note(tx, here.content, number, data.reason)
        return await here.shown()


async def _name_other(here: Held, other_id: UUID | None) -> None:
    if other_id is None or other_id == here.request.id:
        raise Invalid.field("duplicate_of", Reason.ANOTHER)
    await read_request(here.desk.tx, other_id)
    # Back to the person of this one, whom the other need not share.
    await here.desk.tx.see(here.content.person_id)
    await here.desk.tx.update(here.request, duplicate_of=other_id)


@post("/v1/requests/{request_id:uuid}/doubt", opt=_ACT, dto=Body[Doubt], return_dto=None)
async def post_doubt(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, data: Doubt
) -> Whole:
    """Stops the clock for a reasonable doubt about who asks (GDPR Art. 12(6))."""
    async with held(ground, live, actor, request_id) as here:
        await doubt(here.desk.tx, ground, actor, here.request, here.content, data.reason)
        return await here.shown()


@post("/v1/requests/{request_id:uuid}/approval", opt=_ACT, dto=Body[Approval], return_dto=None)
async def post_approval(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, data: Approval
) -> Whole:
    """Approves a request, carries it out, and sends the answer."""
    async with held(ground, live, actor, request_id) as here:
        letter = await here.letter(LetterKind.ANSWER, data.subject, data.text)
        if data.do_not_contact:
            await never_write_again(here.desk, here.content, SuppressionGround.DO_NOT_CONTACT)
        await approve(here.desk, here.request, here.content, letter, data.profile)
        return await here.shown()


@post("/v1/requests/{request_id:uuid}/refusal", opt=_ACT, dto=Body[Refusal], return_dto=None)
async def post_refusal(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, data: Refusal
) -> Whole:
    """Refuses a request; the letter always names the ways to complain."""
    async with held(ground, live, actor, request_id) as here:
        letter = await here.letter(LetterKind.REFUSAL, data.subject, data.text)
        why = RefusalGround(data.ground)
        await refuse(here.desk, here.request, here.content, why, data.reason, letter)
        return await here.shown()


@post("/v1/requests/{request_id:uuid}/extension", opt=_ACT, dto=Body[Extension], return_dto=None)
async def post_extension(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, data: Extension
) -> Whole:
    """Sends the person why two months more are needed; they are there once it was sent in time."""
    async with held(ground, live, actor, request_id) as here:
        request = here.request
        if request.state in FINAL or request.extended_at is not None:
            raise Conflict("This request cannot be extended (again).", code="not_extendable")
        if now().date() > request.first_due_at.date():
            raise Conflict("The first month is over: it is too late to extend.", code="too_late")
        letter = await here.letter(LetterKind.EXTENSION, data.subject, data.text)
        if data.reason.strip() not in letter.text:
            raise Invalid.field("text", Reason.CAUSE_NOT_TOLD, code="reason_not_told")
        made = await write_letter(here.desk.tx, ground, request, here.content, letter, actor.id)
        if made.way == Way.WIDGET:
            await letter_sent(here.desk, request, here.content, made)
        return await here.shown()


@post("/v1/requests/{request_id:uuid}/letters", opt=_ACT, dto=Body[NewLetter], return_dto=None)
async def post_letter(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, data: NewLetter
) -> Whole:
    """Sends the person any other letter about the request."""
    async with held(ground, live, actor, request_id) as here:
        letter = await here.letter(LetterKind.OTHER, data.subject, data.text)
        made = await write_letter(here.desk.tx, ground, here.request, here.content, letter)
        if made.way == Way.WIDGET:
            await letter_sent(here.desk, here.request, here.content, made)
        return await here.shown()


@post("/v1/requests/{request_id:uuid}/letters/{letter_id:uuid}/sent", opt=_ACT)
async def post_sent(
    ground: Ground, live: Live, actor: Operator, request_id: UUID, letter_id: UUID
) -> Whole:
    """Says that a letter was handed over by other means; what waited for it is done."""
    async with held(ground, live, actor, request_id) as here:
        tx = here.desk.tx
        letter = await tx.one(
            select(RightsLetter).where(
                RightsLetter.account_id == tx.account_id,
                RightsLetter.id == letter_id,
                RightsLetter.request_id == request_id,
            )
        )
        if letter is None:
            raise NotFound()
        if letter.way != Way.BY_HAND:
            raise Conflict("This letter leaves by itself.", code="not_by_hand")
        await letter_sent(here.desk, here.request, here.content, letter)
        return await here.shown()


HANDLERS = (
    post_step,
    post_doubt,
    post_approval,
    post_refusal,
    post_extension,
    post_letter,
    post_sent,
)
