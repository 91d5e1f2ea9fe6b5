"""A visitor's chat comes to be, still empty."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.product.chats.model import Chat, Stage
from chathaven.product.sites.delete import in_use
from chathaven.product.visitors.model import Visitor


async def _has_chats(tx: Transaction, site_id: UUID) -> bool:
    chats = select(Chat.id).where(Chat.account_id == tx.account_id, Chat.site_id == site_id)
    sees = tx.sees
    # The chat of somebody restricted or held counts as well.
    await tx.see(EVERYONE)
    found = await tx.value(chats.limit(1)) is not None
    await tx.see(sees)
    return found


in_use.append(_has_chats)


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
    # Before there is anything to write: two first events would each hold their chat and wait for
    # the other's feed.
    await (await tx.driver()).execute(
        "INSERT INTO feeds (account_id, position) VALUES (%s, 0) ON CONFLICT DO NOTHING",
        (tx.account_id,),
    )
    return chat
