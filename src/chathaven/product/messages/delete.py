"""Deleting a message: its place in the chat stays, and nothing of what it said."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chathaven.base.actor import Operator, Visitor
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.noting import note
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Change
from chathaven.product.audit.record import record
from chathaven.product.chats.append import Draft
from chathaven.product.chats.change import count_unread, tell_read
from chathaven.product.chats.event_fields import check_params
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import EventType
from chathaven.product.messages.files import find_file, forget_file
from chathaven.product.messages.reach import forget_told_texts, kind_of, message_to_delete

DELETED_BY = {"visitor": "deleted-by-visitor", "operator": "deleted-by-operator"}
"""What the ledger calls it, so that a backup that is restored does not have the message again."""


async def delete_message(
    tx: Transaction, live: Live, who: Operator | Visitor, chat_id: UUID, message_id: UUID
) -> list[str]:
    """Deletes a message with its former texts and its file.

    Returns the names of the file's objects, to be removed after the commit.

    Raises:
        Conflict: it is deleted already, or the visitor's data is under a hold or restricted.
        Forbidden: it is another's, and `who` is neither an administrator nor the owner.
        NotFound: the chat has no such message.
        Unavailable: the ledger cannot be written, at the transaction's end; nothing is deleted.
    """
    message = await message_to_delete(tx, who, chat_id, message_id)
    moment = now()
    gone = {"deleted_at": msgspec.to_builtins(moment), "deleted_by": kind_of(who)}
    check_params(EventType(message.type), gone)
    await forget_told_texts(tx, message)
    file = await find_file(tx, chat_id, message_id)
    objects = await forget_file(tx, file) if file else []
    await tx.update(message, params=gone, deleted_at=moment)
    told = {"message_id": str(message.id), "message_seq": message.seq} | gone
    kind = EventType.MESSAGE_DELETED
    await live.add(tx, Draft(chat_id, new_id(), kind, kind_of(who), who.id, told))
    counts, account_id = await count_unread(tx, chat_id), tx.account_id
    tx.after_commit(lambda: tell_read(live, account_id, chat_id, counts))
    of = (chat_id.bytes, message_id.bytes)
    note(tx, Change(DELETED_BY[kind_of(who)], account_id, of, moment))
    await record(tx, who, kind, "message", message.id)
    return objects
