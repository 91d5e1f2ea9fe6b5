"""Who may change or delete which message, and finding it under the locks that this takes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from chathaven.base.actor import Operator, Role, Visitor
from chathaven.base.errors import Conflict, Forbidden, NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.change import lock_chat
from chathaven.product.chats.model import MESSAGES, Event, EventType
from chathaven.product.visitors.model import RestrictionKind
from chathaven.product.visitors.restrict import standing

_ANY = frozenset({Role.OWNER, Role.ADMINISTRATOR})


async def own_message(
    tx: Transaction, who: Operator | Visitor, chat_id: UUID, message_id: UUID
) -> Event:
    """Returns a message that its author may change, locked with its chat.

    Raises:
        Conflict: it is deleted (`message_deleted`), or the visitor's data is to stay as it is
            (`held`, `processing_restricted`).
        Forbidden: it is another's.
        NotFound: the chat has no such message.
    """
    message = await _locked(tx, chat_id, message_id)
    if not is_author(who, message):
        raise Forbidden("Only who wrote a message may change it.")
    await _check_free(tx, message)
    return message


async def message_to_delete(
    tx: Transaction, who: Operator | Visitor, chat_id: UUID, message_id: UUID
) -> Event:
    """Returns a message that somebody may delete, locked with its chat.

    Raises as `own_message` does.
    """
    message = await _locked(tx, chat_id, message_id)
    if not is_author(who, message) and not (isinstance(who, Operator) and who.role in _ANY):
        raise Forbidden("Only who wrote a message, an administrator or the owner may delete it.")
    await _check_free(tx, message)
    return message


def is_author(who: Operator | Visitor, message: Event) -> bool:
    """Whether somebody wrote a message."""
    return message.author_kind == kind_of(who) and message.author_id == who.id


def kind_of(who: Operator | Visitor) -> str:
    """Returns as what somebody acts in a chat."""
    return "operator" if isinstance(who, Operator) else "visitor"


async def _locked(tx: Transaction, chat_id: UUID, message_id: UUID) -> Event:
    chat = await lock_chat(tx, chat_id)
    # A hold takes the visitor's row alone: it is there by now, or waits until we are done. A
    # correction of the visitor takes it before the chat, and is let pass.
    driver = await tx.driver()
    await driver.execute(
        "SELECT 1 FROM visitors WHERE account_id = %s AND id = %s FOR KEY SHARE",
        (tx.account_id, chat.visitor_id),
    )
    message = await tx.one(
        select(Event).where(
            Event.account_id == tx.account_id,
            Event.chat_id == chat_id,
            Event.id == message_id,
            Event.type.in_(MESSAGES),
        )
    )
    if message is None:
        raise NotFound()
    return message


async def _check_free(tx: Transaction, message: Event) -> None:
    stands = {each.kind for each in await standing(tx, message.visitor_id)}
    if RestrictionKind.HOLD in stands:
        raise Conflict("This is kept as evidence, and cannot be changed.", code="held")
    if stands:
        raise Conflict(
            "The use of the data is restricted, so it stays as it is.",
            code="processing_restricted",
        )
    if message.deleted_at is not None:
        raise Conflict("This message was deleted.", code="message_deleted")


async def forget_told_texts(tx: Transaction, message: Event) -> None:
    """Takes the texts out of the events that told of a message's earlier changes."""
    if "edited_at" not in (message.params or {}):
        return
    told = await tx.all(
        select(Event).where(
            Event.account_id == tx.account_id,
            Event.chat_id == message.chat_id,
            Event.seq > message.seq,
            Event.type == EventType.MESSAGE_EDITED,
        )
    )
    for each in told:
        params = dict(each.params or {})
        if params.get("message_seq") == message.seq and params.pop("text", None) is not None:
            await tx.update(each, params=params)
