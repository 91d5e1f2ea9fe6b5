"""What belongs to a file that was sent: its key, its name, and under which names it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Category
from chathaven.engines.database.tables import Table
from chathaven.product.chats.model import CONVERSATION


class File(Table):
    """One file of a chat. Its `id` is that of the message with which it was sent.

    What it holds lies in the object store, sealed with `file_key`; `object_name` and
    `thumbnail_name` are random and name the objects below the account's and the person's folder.
    `size` counts the bytes that are given out. `details` are a `FileDetails` (`files.py`).
    """

    __tablename__ = "files"
    holding = CONVERSATION
    __table_args__ = (Index("files_visitor_idx", "account_id", "visitor_id"),)

    account_id: Mapped[UUID] = columns.account()
    chat_id: Mapped[UUID] = columns.identifier(primary_key=True)
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    visitor_id: Mapped[UUID] = columns.identifier()
    kind: Mapped[str] = columns.state()
    size: Mapped[int] = columns.counter()
    object_name: Mapped[str] = columns.public_key()
    thumbnail_name: Mapped[str | None] = columns.public_key(nullable=True)
    details: Mapped[dict[str, Any] | None] = columns.sealed(Category.CONTENT)
    # Sealed like content, and not among the keys: a backup takes it along, for it opens under
    # the person's key alone.
    file_key: Mapped[str | None] = columns.sealed(Category.TECHNICAL, export=False)
    created_at: Mapped[datetime] = columns.time()
