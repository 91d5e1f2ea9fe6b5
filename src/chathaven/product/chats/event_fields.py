"""What the params of each type of event may hold. A field that is not here is not written.

The params of an event are sealed as one value, whatever their category; the categories tell
exports, retention and the logger what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chathaven.engines.database.data_map import Category, Undeclared
from chathaven.product.chats.model import EventType

_DELETED = {"deleted_at": Category.TIME, "deleted_by": Category.STATE}
_WHICH = {"message_id": Category.IDENTIFIER, "message_seq": Category.COUNTER}
# `edits` are the former texts, each with the time at which another one took its place.
_CHANGED = {"edited_at": Category.TIME, "edits": Category.CONTENT} | _DELETED

EVENT_FIELDS: dict[EventType, dict[str, Category]] = {
    # A file: its name, kind, size and hash. What it holds lies in the object store.
    EventType.VISITOR_MESSAGE: _CHANGED | {"text": Category.CONTENT, "file": Category.CONTENT},
    EventType.OPERATOR_MESSAGE: _CHANGED | {"text": Category.CONTENT, "file": Category.CONTENT},
    EventType.BOT_MESSAGE: _CHANGED | {"text": Category.CONTENT},
    EventType.CHAT_CLOSED: {},
    EventType.CHAT_REOPENED: {},
    EventType.CHAT_ASSIGNED: {"operator_id": Category.IDENTIFIER},
    # The names of the fields that changed, never what they hold.
    EventType.VISITOR_UPDATED: {"fields": Category.STATE},
    EventType.MESSAGE_EDITED: _WHICH | {"text": Category.CONTENT, "edited_at": Category.TIME},
    EventType.MESSAGE_DELETED: _WHICH | _DELETED,
}


def check_params(kind: EventType, params: Mapping[str, Any]) -> None:
    """Refuses params that are not declared.

    Raises:
        Undeclared: a field is not in the declaration of this type.
    """
    unknown = params.keys() - EVENT_FIELDS[kind].keys()
    if unknown:
        raise Undeclared(f"{kind} holds {sorted(unknown)}, which its declaration does not name.")
