"""The card of a visitor: who they are, and the chats of all who are the same person."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat
from chathaven.product.visitors.model import Visitor
from chathaven.product.visitors.person import merged_into_each
from chathaven.product.visitors.show import (
    MergedVisitor,
    PersonChat,
    VisitorCard,
    visitor_views,
)


async def visitor_card(tx: Transaction, live: Live, visitor: Visitor) -> VisitorCard:
    """Returns the card of a visitor; of chats it has those in which something was said."""
    [view] = await visitor_views(tx, [visitor], live.presence.here(tx.account_id, "visitor"))
    merged = (await merged_into_each(tx, [visitor.id])).get(visitor.id, [])
    chats = await tx.all(
        select(Chat)
        .where(
            Chat.account_id == tx.account_id,
            Chat.visitor_id.in_([visitor.id, *(each.id for each in merged)]),
            Chat.last_seq > 0,
        )
        .order_by(Chat.updated_at.desc(), Chat.id.desc())
    )
    return VisitorCard(
        **msgspec.structs.asdict(view),
        merged_into=visitor.merged_into,
        merged=[MergedVisitor(each.id, each.name, each.created_at) for each in merged],
        chats=[_chat(each) for each in chats],
    )


def _chat(chat: Chat) -> PersonChat:
    return PersonChat(
        id=chat.id,
        visitor_id=chat.visitor_id,
        stage=chat.stage,
        last_seq=chat.last_seq,
        created_at=chat.created_at,
        updated_at=chat.updated_at,
    )
