"""Changing the text of a message, where it stands; what it said before is kept for exports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chathaven.base.actor import Operator, Visitor
from chathaven.base.clock import now
from chathaven.base.errors import Conflict
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record
from chathaven.product.chats.append import Draft
from chathaven.product.chats.event_fields import check_params
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import EventType
from chathaven.product.messages.reach import forget_told_texts, kind_of, own_message

MOST_EDITS = 50
"""Every former text is kept with the message, so there is an end to it."""


class EditedMessage(msgspec.Struct):
    """A message and when its text was changed last; null where it is as it was sent."""

    id: UUID
    seq: int
    edited_at: datetime | None


async def edit(
    tx: Transaction,
    live: Live,
    who: Operator | Visitor,
    chat_id: UUID,
    message_id: UUID,
    text: str,
) -> EditedMessage:
    """Changes the text of somebody's own message. The text that it has already changes nothing.

    Raises:
        Conflict: it is deleted, holds a file, was changed too often, or the visitor's data is
            under a hold or restricted.
        Forbidden: it is another's.
        NotFound: the chat has no such message.
    """
    message = await own_message(tx, who, chat_id, message_id)
    there = dict(message.params or {})
    if there["text"] == text:
        last = msgspec.convert(there.get("edited_at"), datetime | None)
        return EditedMessage(message.id, message.seq, last)
    if "file" in there:
        raise Conflict("A file has no text that could be changed.", code="no_text")
    former = list(there.get("edits", ()))
    if len(former) >= MOST_EDITS:
        raise Conflict("This message was changed too often.", code="edited_too_often")
    moment = now()
    at = msgspec.to_builtins(moment)
    former.append({"text": there["text"], "at": at})
    params = there | {"text": text, "edited_at": at, "edits": former}
    check_params(EventType(message.type), params)
    await forget_told_texts(tx, message)
    await tx.update(message, params=params)
    told = {"message_id": str(message.id), "message_seq": message.seq, "text": text}
    told["edited_at"] = at
    kind = EventType.MESSAGE_EDITED
    await live.add(tx, Draft(chat_id, new_id(), kind, kind_of(who), who.id, told))
    await record(tx, who, kind, "message", message.id)
    return EditedMessage(message.id, message.seq, moment)
