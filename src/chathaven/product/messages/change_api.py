"""HTTP: changing and deleting messages, for operators and visitors."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
import structlog
from litestar import Request, delete, patch
from msgspec import Meta

from chathaven.base.actor import Operator, Visitor
from chathaven.base.errors import Invalid
from chathaven.base.fields import is_blank
from chathaven.base.reasons import Reason
from chathaven.engines.files.objects import Away
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.live import Live
from chathaven.product.consents.model import Subject
from chathaven.product.consents.notices import NoticeCache
from chathaven.product.consents.require import check_visitor
from chathaven.product.messages.delete import delete_message
from chathaven.product.messages.edit import EditedMessage, edit

log = structlog.get_logger()
VISITORS_CHANGE = Rate("visitor-changes", 60, 60)
OPERATORS_CHANGE = Rate("operator-changes", 300, 60)


class MessageText(msgspec.Struct, forbid_unknown_fields=True):
    """The text that a message is to have."""

    text: Annotated[str, Meta(min_length=1, max_length=10_000)]

    def check(self) -> str:
        """Returns the text.

        Raises:
            Invalid: nothing in it can be seen.
        """
        if is_blank(self.text):
            raise Invalid.field("text", Reason.BLANK)
        return self.text


@patch(
    "/v1/chats/{chat_id:uuid}/messages/{message_id:uuid}",
    opt=may(Permission.CHATS_WRITE),
    dto=Body[MessageText],
    return_dto=None,
)
async def edit_as_operator(
    ground: Ground, live: Live, actor: Operator, chat_id: UUID, message_id: UUID, data: MessageText
) -> EditedMessage:
    """Changes the text of the operator's own message; everybody sees that it was changed.

    Former texts are in exports, and nowhere else.
    """
    ground.limits.take_near(OPERATORS_CHANGE, actor.id)
    async with ground.database.transaction(actor.account_id) as tx:
        return await edit(tx, live, actor, chat_id, message_id, data.check())


@delete("/v1/chats/{chat_id:uuid}/messages/{message_id:uuid}", opt=may(Permission.CHATS_WRITE))
async def delete_as_operator(
    ground: Ground, live: Live, actor: Operator, chat_id: UUID, message_id: UUID
) -> None:
    """Deletes the operator's own message; administrators and owners delete any.

    When it was and by which side stays; of what it said nothing does.
    """
    ground.limits.take_near(OPERATORS_CHANGE, actor.id)
    async with ground.database.transaction(actor.account_id) as tx:
        gone = await delete_message(tx, live, actor, chat_id, message_id)
    await _remove(ground, gone)


@patch(
    "/v1/widget/me/messages/{message_id:uuid}",
    opt=may(VISITOR),
    dto=Body[MessageText],
    return_dto=None,
)
async def edit_as_visitor(
    ground: Ground,
    live: Live,
    notices: NoticeCache,
    request: Request[Visitor, Any, Any],
    actor: Visitor,
    message_id: UUID,
    data: MessageText,
) -> EditedMessage:
    """Changes the text of the visitor's own message; what must be agreed to holds as for sending."""
    ground.limits.take_near(VISITORS_CHANGE, actor.id)
    if texts := (await notices.of(actor.account_id)).of(Subject.LEGAL_TEXT):
        language = request.headers.get("accept-language", "")
        check_visitor(texts, actor, language)
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        return await edit(tx, live, actor, actor.chat_id, message_id, data.check())


@delete("/v1/widget/me/messages/{message_id:uuid}", opt=may(VISITOR))
async def delete_as_visitor(ground: Ground, live: Live, actor: Visitor, message_id: UUID) -> None:
    """Deletes the visitor's own message."""
    ground.limits.take_near(VISITORS_CHANGE, actor.id)
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        gone = await delete_message(tx, live, actor, actor.chat_id, message_id)
    await _remove(ground, gone)


async def _remove(ground: Ground, names: list[str]) -> None:
    try:
        await ground.objects.remove(names)
    except Away as error:
        # Their key went with the row; the sweep removes what is left.
        log.warning("the store of files did not remove a file", kind=str(error))


HANDLERS = (edit_as_operator, delete_as_operator, edit_as_visitor, delete_as_visitor)
