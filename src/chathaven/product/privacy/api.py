"""HTTP: erasing people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import Parameter
from msgspec import Meta

from chathaven.base.actor import Operator, Visitor
from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import EVERYONE
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import PUBLIC, VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.read import read_chat
from chathaven.product.consents.kept_model import SuppressionGround
from chathaven.product.privacy.ask_erasure import ask_for_erasure, erase_oneself
from chathaven.product.privacy.erase import what_goes
from chathaven.product.privacy.look_erasure import LOOKS, look
from chathaven.product.privacy.retained import Staying, summed, what_would_stay
from chathaven.product.privacy.show_erasure import (
    ErasureView,
    list_erasures,
    read_erasure,
    view,
)
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.person import same_person

PageSize = Annotated[int, Parameter(ge=1, le=200)]


class Asked(msgspec.Struct):
    """An erasure that has been asked for."""

    erasure: ErasureView


class AskedByVisitor(msgspec.Struct):
    """A visitor's own erasure, with the nonce that proves a certificate is theirs."""

    erasure: ErasureView
    nonce: str


class Erasures(msgspec.Struct):
    """A page of erasures; `next` goes on with older ones."""

    items: list[ErasureView]
    next: str | None


class Looking(msgspec.Struct, forbid_unknown_fields=True):
    """The number of an erasure, and the key that the person alone was given."""

    erasure_id: UUID
    nonce: Annotated[str, Meta(max_length=200)]


class WhatGoes(msgspec.Struct):
    """How much would go, by store; it cannot come back. `stays` is what the law has kept.

    `has_address` says whether there is an e-mail address that could be kept from being written to.
    """

    stores: dict[str, int]
    stays: list[Staying]
    has_address: bool


NeverAgain = Annotated[
    bool,
    Parameter(description="Keep a keyed hash of the address, so that it is not written to again."),
]


def _ground(*, never_again: bool) -> SuppressionGround | None:
    return SuppressionGround.DO_NOT_CONTACT if never_again else None


@delete("/v1/visitors/{visitor_id:uuid}", opt=may(Permission.VISITORS_ERASE), status_code=202)
async def delete_visitor(
    ground: Ground, actor: Operator, visitor_id: UUID, do_not_contact: NeverAgain = False
) -> Asked:
    """Erases a visitor with everything about them."""
    never_again = _ground(never_again=do_not_contact)
    async with ground.database.transaction(actor.account_id) as tx:
        asked = await ask_for_erasure(tx, ground, actor, visitor_id, never_again=never_again)
        return Asked(await view(tx, asked.erasure))


@delete("/v1/chats/{chat_id:uuid}", opt=may(Permission.VISITORS_ERASE), status_code=202)
async def delete_chat(
    ground: Ground, actor: Operator, chat_id: UUID, do_not_contact: NeverAgain = False
) -> Asked:
    """Erases a chat with its visitor's information."""
    never_again = _ground(never_again=do_not_contact)
    async with ground.database.transaction(actor.account_id, sees=EVERYONE) as tx:
        chat = await read_chat(tx, chat_id)
        asked = await ask_for_erasure(tx, ground, actor, chat.visitor_id, never_again=never_again)
        return Asked(await view(tx, asked.erasure))


@get("/v1/visitors/{visitor_id:uuid}/erasure", opt=may(Permission.VISITORS_ERASE))
async def get_what_goes(ground: Ground, actor: Operator, visitor_id: UUID) -> WhatGoes:
    """How much would go if this visitor were erased, with all who are the same person."""
    async with ground.database.transaction(actor.account_id, sees=visitor_id) as tx:
        goes, stays, has_address = await what_goes(tx, visitor_id), [], False
        for each in await same_person(tx, visitor_id):
            await tx.see(each)
            has_address |= bool((await read_visitor(tx, each)).email)
            stays += await what_would_stay(tx, each)
        return WhatGoes(goes, summed(stays), has_address)


@get("/v1/erasures/{erasure_id:uuid}", opt=may(Permission.VISITORS_READ))
async def get_erasure(ground: Ground, actor: Operator, erasure_id: UUID) -> ErasureView:
    """How far an erasure has come, and what was found where."""
    async with ground.database.transaction(actor.account_id) as tx:
        erasure = await read_erasure(tx, erasure_id)
        if erasure is None:
            raise NotFound()
        return await view(tx, erasure)


@get("/v1/erasures", opt=may(Permission.VISITORS_ERASE))
async def get_erasures(
    ground: Ground, actor: Operator, after: str | None = None, limit: PageSize = 50
) -> Erasures:
    """Erasures of the account, the newest first."""
    async with ground.database.transaction(actor.account_id) as tx:
        page, following = await list_erasures(tx, after, limit)
        return Erasures([await view(tx, each) for each in page], following)


@post("/v1/erasures/look", opt=may(PUBLIC), dto=Body[Looking], return_dto=None, status_code=200)
async def look_at_erasure(ground: Ground, address: str, data: Looking) -> ErasureView:
    """An erasure for the person themselves, with the number and the key that they were given."""
    await ground.limits.take(LOOKS, address)
    return await look(ground.database, data.erasure_id, data.nonce)


@post("/v1/widget/me/erasure", opt=may(VISITOR), status_code=202)
async def erase_me(
    ground: Ground, actor: Visitor, do_not_contact: NeverAgain = False
) -> AskedByVisitor:
    """The visitor's own erasure: everything about them goes."""
    never_again = _ground(never_again=do_not_contact)
    async with ground.database.transaction(actor.account_id) as tx:
        asked = await erase_oneself(tx, ground, actor, never_again=never_again)
        return AskedByVisitor(await view(tx, asked.erasure), asked.nonce)


HANDLERS = (
    delete_visitor,
    delete_chat,
    get_what_goes,
    get_erasures,
    get_erasure,
    look_at_erasure,
    erase_me,
)
