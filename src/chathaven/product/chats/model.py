"""Chats and their events."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import (
    Basis,
    Category,
    Holding,
    Purpose,
    Retention,
    Whose,
)
from chathaven.engines.database.tables import Table


class Stage(StrEnum):
    """Where a chat is."""

    OPEN = "open"
    CLOSED = "closed"


class EventType(StrEnum):
    """What can happen in a chat."""

    VISITOR_MESSAGE = "visitor-message"
    OPERATOR_MESSAGE = "operator-message"
    BOT_MESSAGE = "bot-message"
    CHAT_CLOSED = "chat-closed"
    CHAT_REOPENED = "chat-reopened"
    CHAT_ASSIGNED = "chat-assigned"
    VISITOR_UPDATED = "visitor-updated"
    MESSAGE_EDITED = "message-edited"
    MESSAGE_DELETED = "message-deleted"


MESSAGES = frozenset({EventType.VISITOR_MESSAGE, EventType.OPERATOR_MESSAGE, EventType.BOT_MESSAGE})

CONVERSATION = Holding(
    whose=Whose.VISITOR,
    purpose=Purpose.ANSWERING,
    basis=Basis.CONTRACT,
    retention=Retention.CONVERSATION,
    person="visitor_id",
)


class Feed(Table):
    """How far an account's events have come.

    Every transaction that writes an event locks this row first, so that positions are given
    in the order of commits and a stream that reads on from its last one misses nothing.
    """

    __tablename__ = "feeds"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.ANSWERING,
        basis=Basis.NOT_PERSONAL,
        retention=Retention.ACCOUNT,
    )

    account_id: Mapped[UUID] = columns.account()
    position: Mapped[int] = columns.counter()


class Chat(Table):
    """One thread between a visitor and operators. It is listed once something was said."""

    __tablename__ = "chats"
    holding = CONVERSATION
    __table_args__ = (
        Index("chats_updated_idx", "account_id", "updated_at", "id"),
        Index("chats_visitor_idx", "account_id", "visitor_id"),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    visitor_id: Mapped[UUID] = columns.identifier()
    site_id: Mapped[UUID] = columns.identifier()
    stage: Mapped[str] = columns.state()
    assignee_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    last_seq: Mapped[int] = columns.counter()
    last_message_seq: Mapped[int] = columns.counter()
    operator_read_seq: Mapped[int] = columns.counter()
    visitor_read_seq: Mapped[int] = columns.counter()
    unread: Mapped[int] = columns.counter()
    visitor_unread: Mapped[int] = columns.counter()
    created_at: Mapped[datetime] = columns.time()
    updated_at: Mapped[datetime] = columns.time()


class Event(Table):
    """One entry of a chat: a message, or anything else that happened.

    A message is changed where it stands; that it was is an event of its own. `deleted_at` is open
    so that what is unread can be counted.
    """

    __tablename__ = "events"
    holding = CONVERSATION
    __table_args__ = (
        Index("events_id_idx", "account_id", "chat_id", "id", unique=True),
        Index("events_position_idx", "account_id", "position", unique=True),
        # To find all of a person's among a million of others, when they are erased.
        Index("events_visitor_idx", "account_id", "visitor_id"),
    )

    account_id: Mapped[UUID] = columns.account()
    chat_id: Mapped[UUID] = columns.identifier(primary_key=True)
    seq: Mapped[int] = columns.counter(primary_key=True)
    id: Mapped[UUID] = columns.identifier()
    position: Mapped[int] = columns.counter()
    visitor_id: Mapped[UUID] = columns.identifier()
    type: Mapped[str] = columns.state()
    author_kind: Mapped[str] = columns.state()
    author_id: Mapped[UUID | None] = columns.identifier(nullable=True)
    params: Mapped[dict[str, Any] | None] = columns.sealed(Category.CONTENT)
    created_at: Mapped[datetime] = columns.time()
    deleted_at: Mapped[datetime | None] = columns.optional_time()
