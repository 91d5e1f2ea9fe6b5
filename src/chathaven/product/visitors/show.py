"""How a visitor looks to operators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.marketing import UNANSWERED, MarketingView, read_marketing_of
from chathaven.product.consents.suppressed import suppressed_among
from chathaven.product.visitors.model import Visitor


class VisitorView(msgspec.Struct):
    """A visitor, as operators see them. `do_not_contact`: no advertising to this address."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    browser: str | None
    os: str | None
    page_url: str | None
    online: bool
    marketing: MarketingView
    created_at: datetime
    last_seen_at: datetime
    chat_id: UUID
    do_not_contact: bool = False


class MergedVisitor(msgspec.Struct):
    """Somebody who is the same person."""

    id: UUID
    name: str | None
    created_at: datetime


class PersonChat(msgspec.Struct):
    """A chat of a person, and which of the visitors who are that person wrote in it."""

    id: UUID
    visitor_id: UUID
    stage: str
    last_seq: int
    created_at: datetime
    updated_at: datetime


class VisitorCard(VisitorView):
    """One visitor, with those who were merged into them, and the chats of all of them.

    `merged_into` is the visitor into whom this one was merged: that one's card shows the person.
    """

    merged_into: UUID | None = None
    merged: list[MergedVisitor] = []
    chats: list[PersonChat] = []


def visitor_view(visitor: Visitor, *, online: bool, marketing: MarketingView) -> VisitorView:
    """Returns a visitor as shown."""
    technical = visitor.technical or {}
    return VisitorView(
        id=visitor.id,
        name=visitor.name,
        email=visitor.email,
        phone=visitor.phone,
        language=technical.get("language"),
        browser=technical.get("browser"),
        os=technical.get("os"),
        page_url=technical.get("page_url"),
        online=online,
        marketing=marketing,
        created_at=visitor.created_at,
        last_seen_at=visitor.last_seen_at,
        chat_id=visitor.chat_id,
    )


async def visitor_views(
    tx: Transaction, visitors: Sequence[Visitor], online: Collection[UUID]
) -> list[VisitorView]:
    """Returns visitors as shown, with what they answered to the marketing question."""
    asked = [each.id for each in visitors if each.marketing_answer is not None]
    answers = await read_marketing_of(tx, asked) if asked else {}
    barred = await suppressed_among(tx, [each.email for each in visitors if each.email])
    views = [
        visitor_view(each, online=each.id in online, marketing=answers.get(each.id, UNANSWERED))
        for each in visitors
    ]
    for view in views:
        view.do_not_contact = view.email in barred
    return views
