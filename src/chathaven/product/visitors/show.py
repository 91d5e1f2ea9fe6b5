"""How a visitor looks to operators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chathaven.product.visitors.model import Visitor


class VisitorView(msgspec.Struct):
    """A visitor, as operators see them."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    browser: str | None
    os: str | None
    page_url: str | None
    online: bool
    marketing: None
    created_at: datetime
    last_seen_at: datetime
    chat_id: UUID


def visitor_view(visitor: Visitor, *, online: bool) -> VisitorView:
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
        marketing=None,
        created_at=visitor.created_at,
        last_seen_at=visitor.last_seen_at,
        chat_id=visitor.chat_id,
    )
