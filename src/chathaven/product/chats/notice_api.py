"""HTTP: what a visitor answers to the account's legal text after having begun."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, post
from sqlalchemy import select

from chathaven.base.actor import Visitor
from chathaven.base.errors import NotFound
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.chats.answers import circumstances
from chathaven.product.chats.widget_api import VISITORS_SAY, OwnView, own_view
from chathaven.product.consents.model import Answer, Notice, Subject
from chathaven.product.consents.require import current_legal_texts, receive_answer, refusal
from chathaven.product.visitors.identify import read_visitor


class NoticeAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """An answer to a text. `agreed` false withdraws an agreement that was given."""

    notice_id: UUID
    agreed: bool | None = None


@post("/v1/widget/me/notice", opt=may(VISITOR), dto=Body[NoticeAnswer], return_dto=None)
async def answer_notice(
    ground: Ground, request: Request[Any, Any, Any], actor: Visitor, data: NoticeAnswer
) -> OwnView:
    """The visitor was shown the current text, agrees to it, or withdraws."""
    ground.limits.take_near(VISITORS_SAY, actor.id)
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        visitor = await read_visitor(tx, actor.id, lock=True)
        notice = await tx.one(
            select(Notice).where(
                Notice.account_id == tx.account_id,
                Notice.id == data.notice_id,
                Notice.subject == Subject.LEGAL_TEXT,
            )
        )
        if notice is None:
            raise NotFound()
        current = await current_legal_texts(tx)
        if data.agreed is not False and notice.retired_at is not None and current:
            shown = current.get(notice.language) or next(iter(current.values()))
            raise refusal("notice_stale", "The legal text has changed.", shown)
        how = circumstances(request, visitor, surface="privacy-panel")
        answer = await receive_answer(tx, visitor.id, notice, data.agreed, how)
        await tx.update(visitor, notice_id=notice.id, agreed=answer == Answer.GIVEN)
        tx.after_commit(lambda: ground.bus.changed(actor.account_id, "recognition", actor.id))
        return await own_view(tx, actor, visitor)


HANDLERS = (answer_notice,)
