"""Deleting messages of a restored backup that had been deleted after it was made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update

from chathaven.base.actor import System
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Changes
from chathaven.product.audit.record import record
from chathaven.product.chats.change import count_unread
from chathaven.product.chats.model import MESSAGES, Event, EventType
from chathaven.product.messages.delete import DELETED_BY
from chathaven.product.messages.model import File
from chathaven.product.messages.reach import forget_told_texts

_PAGE = 5_000


class _Gone(NamedTuple):
    chat_id: UUID
    id: UUID
    by: str
    at: datetime


async def delete_again(tx: Transaction, changes: Changes) -> int:
    """Deletes the account's messages that the ledger knows as deleted; returns how many.

    Their former texts and the rows of their files go too, and with those the keys of what they
    held. The transaction sees everybody. No event tells of it: nobody has read anything yet.
    """
    if not changes.knows(*DELETED_BY.values()):
        return 0
    gone = [each async for each in _gone(tx, changes)]
    for each in gone:
        await _delete(tx, each)
    for chat_id in {each.chat_id for each in gone}:
        await count_unread(tx, chat_id)
    return len(gone)


async def _gone(tx: Transaction, changes: Changes) -> AsyncIterator[_Gone]:
    after = 0
    while True:
        rows = await tx.values(
            select(Event.chat_id, Event.id, Event.deleted_at, Event.type, Event.position)
            .where(Event.account_id == tx.account_id, Event.position > after)
            .order_by(Event.position)
            .limit(_PAGE)
        )
        for chat_id, id, deleted_at, kind, position in rows:
            after = position
            if deleted_at is not None or kind not in MESSAGES:
                continue
            for by, noted in DELETED_BY.items():
                if times := changes.times(noted, tx.account_id, chat_id.bytes, id.bytes):
                    yield _Gone(chat_id, id, by, times[0])
                    break
        if len(rows) < _PAGE:
            return


async def _delete(tx: Transaction, gone: _Gone) -> None:
    await tx.run(
        delete(File).where(
            File.account_id == tx.account_id, File.chat_id == gone.chat_id, File.id == gone.id
        )
    )
    this = (
        Event.account_id == tx.account_id,
        Event.chat_id == gone.chat_id,
        Event.id == gone.id,
    )
    message = await tx.one(select(Event).where(*this))
    if message is None:
        # No key opens it, so nothing can be sealed in its place either.
        await tx.run(update(Event).where(*this).values(params=None, deleted_at=gone.at))
        return
    await forget_told_texts(tx, message)
    params = {"deleted_at": msgspec.to_builtins(gone.at), "deleted_by": gone.by}
    await tx.update(message, params=params, deleted_at=gone.at)
    await record(tx, System(tx.account_id), EventType.MESSAGE_DELETED, "message", gone.id)
