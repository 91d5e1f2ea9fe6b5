"""A visitor's chat comes to be, still empty."""

from __future__ import annotations

from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.model import Chat, Stage
from chathaven.product.visitors.model import Visitor


async def open_chat(tx: Transaction, visitor: Visitor) -> Chat:
    """Writes the one chat of a new visitor. It is listed once something was said."""
    chat = Chat(
        account_id=tx.account_id,
        id=visitor.chat_id,
        visitor_id=visitor.id,
        site_id=visitor.site_id,
        stage=Stage.OPEN,
        last_seq=0,
        last_message_seq=0,
        operator_read_seq=0,
        visitor_read_seq=0,
        unread=0,
        visitor_unread=0,
        created_at=visitor.created_at,
        updated_at=visitor.created_at,
    )
    await tx.insert(chat)
    return chat
