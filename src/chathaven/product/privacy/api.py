"""HTTP: erasing people."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import delete, get, post
from sqlalchemy import select

from chathaven.base.actor import Operator, Visitor
from chathaven.base.errors import NotFound
from chathaven.engines.ground import Ground
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.read import read_chat
from chathaven.product.privacy.erase import (
    ErasureView,
    ask_for_erasure,
    erasure_view,
    what_goes,
)
from chathaven.product.privacy.model import Erasure
from chathaven.product.visitors.identify import read_visitor


class Asked(msgspec.Struct):
    """An erasure that has been asked for."""

    erasure: ErasureView


class AskedByVisitor(msgspec.Struct):
    """A visitor's own erasure, with the nonce that proves a certificate is theirs."""

    erasure: ErasureView
    nonce: str


class WhatGoes(msgspec.Struct):
    """How much would go, by store. It cannot come back."""

    stores: dict[str, int]


@delete("/v1/visitors/{visitor_id:uuid}", opt=may(Permission.VISITORS_ERASE), status_code=202)
async def delete_visitor(ground: Ground, actor: Operator, visitor_id: UUID) -> Asked:
    """Erases a visitor with everything about them."""
    async with ground.database.transaction(actor.account_id) as tx:
        asked = await ask_for_erasure(tx, ground, actor, visitor_id)
    return Asked(erasure_view(asked.erasure))


@delete("/v1/chats/{chat_id:uuid}", opt=may(Permission.VISITORS_ERASE), status_code=202)
async def delete_chat(ground: Ground, actor: Operator, chat_id: UUID) -> Asked:
    """Erases a chat with its visitor's information."""
    async with ground.database.transaction(actor.account_id) as tx:
        chat = await read_chat(tx, chat_id)
        asked = await ask_for_erasure(tx, ground, actor, chat.visitor_id)
    return Asked(erasure_view(asked.erasure))


@get("/v1/visitors/{visitor_id:uuid}/erasure", opt=may(Permission.VISITORS_ERASE))
async def get_what_goes(ground: Ground, actor: Operator, visitor_id: UUID) -> WhatGoes:
    """How much would go if this visitor were erased."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_visitor(tx, visitor_id)
        return WhatGoes(await what_goes(tx, visitor_id))


@get("/v1/erasures/{erasure_id:uuid}", opt=may(Permission.VISITORS_READ))
async def get_erasure(ground: Ground, actor: Operator, erasure_id: UUID) -> ErasureView:
    """How far an erasure has come, and what was found where."""
    async with ground.database.transaction(actor.account_id) as tx:
        erasure = await tx.one(
            select(Erasure).where(Erasure.account_id == tx.account_id, Erasure.id == erasure_id)
        )
    if erasure is None:
        raise NotFound()
    return erasure_view(erasure)


@post("/v1/widget/me/erasure", opt=may(VISITOR), status_code=202)
async def erase_me(ground: Ground, actor: Visitor) -> AskedByVisitor:
    """The visitor's own erasure: everything about them goes."""
    async with ground.database.transaction(actor.account_id) as tx:
        asked = await ask_for_erasure(tx, ground, actor, actor.id)
    return AskedByVisitor(erasure_view(asked.erasure), asked.nonce)


HANDLERS = (delete_visitor, delete_chat, get_what_goes, get_erasure, erase_me)
