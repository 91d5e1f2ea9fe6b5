"""How chats and events look from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chathaven.product.chats.append import Written
from chathaven.product.chats.model import EventType
from chathaven.product.chats.names import Names
from chathaven.product.visitors.show import VisitorView


class Author(msgspec.Struct):
    """Who an event is by."""

    kind: str
    id: UUID | None
    name: str | None


class EventView(msgspec.Struct):
    """One entry of a chat."""

    seq: int
    id: UUID
    chat_id: UUID
    visitor_id: UUID
    type: str
    author: Author
    params: dict[str, Any]
    created_at: datetime


class AssigneeView(msgspec.Struct):
    """Who has a chat."""

    id: UUID
    name: str


class ChatView(msgspec.Struct):
    """A chat in the operators' list."""

    id: UUID
    visitor: VisitorView
    site_id: UUID
    stage: str
    unread: int
    last_seq: int
    operator_read_seq: int
    visitor_read_seq: int
    last_event: EventView | None
    assignee: AssigneeView | None
    team: None
    tags: list[str]
    created_at: datetime
    updated_at: datetime


class VisitorChatView(msgspec.Struct):
    """A chat as its visitor sees it."""

    id: UUID
    stage: str
    last_seq: int
    visitor_read_seq: int
    operator_read_seq: int
    unread: int


def event_view(event: Written, names: Names) -> EventView:
    """Returns an event as it is shown, with the names of those in it.

    Former texts of a message are shown to nobody; they are for exports alone.
    """
    params = {name: value for name, value in event.params.items() if name != "edits"}
    if event.type == EventType.CHAT_ASSIGNED:
        assignee = params.get("operator_id")
        params = params | {"operator_name": names.get(UUID(assignee)) if assignee else None}
    name = names.get(event.author_id) if event.author_id else None
    return EventView(
        seq=event.seq,
        id=event.id,
        chat_id=event.chat_id,
        visitor_id=event.visitor_id,
        type=event.type,
        author=Author(event.author_kind, event.author_id, name),
        params=params,
        created_at=event.created_at,
    )
