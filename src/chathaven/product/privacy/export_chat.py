"""One chat as a file: `chathaven-chat-1`, described by a published JSON Schema.

What is in it follows from the data map: every column of the chat and of its events that is given
out, with the names of those who wrote.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, Event
from chathaven.product.chats.read import written
from chathaven.product.chats.show import EventView, event_view
from chathaven.product.consents.marketing import UNANSWERED
from chathaven.product.consents.receipts import receipts_of
from chathaven.product.operators.model import Operator
from chathaven.product.privacy.export_files import Beside, Reference, references_in
from chathaven.product.privacy.export_rows import Values, about, pages, values_of
from chathaven.product.privacy.schemas import CHAT, path_of
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.show import visitor_views

FORMAT = "chathaven-chat-1"
_WITHIN = frozenset({"chat_id", "visitor_id", "author_kind", "author_id", "params"})
"""Columns of an event that the file says elsewhere: once for all events, or in `author`."""
_FORMER = "edits"
encode = msgspec.json.Encoder().encode


class Gone(Exception):
    """What was to be given out was erased meanwhile: the file ends unfinished, and shows it."""


class ChatToExport(NamedTuple):
    """A chat as it is when an export of it begins."""

    row: Chat
    head: dict[str, Any]


async def begin_chat(tx: Transaction, public_url: str, chat: Chat) -> ChatToExport:
    """Returns all of a chat's file but its events.

    Raises:
        NotFound: its visitor is gone.
    """
    visitor = await read_visitor(tx, chat.visitor_id)
    [view] = await visitor_views(tx, [visitor], ())
    shown = msgspec.to_builtins(view)
    # Whether somebody is online is of the moment, and of no use in a file.
    del shown["online"], shown["chat_id"]
    if view.marketing == UNANSWERED:
        shown["marketing"] = None
    row = values_of(chat)
    del row["visitor_id"], row["assignee_id"]
    head = {
        "format": FORMAT,
        "schema": public_url + path_of(CHAT),
        "generated_at": now(),
        "account_id": chat.account_id,
        "chat": row | {"assignee": await _assignee(tx, chat.assignee_id)},
        "visitor": shown,
        "receipts": await receipts_of(tx, chat.visitor_id),
    }
    return ChatToExport(chat, head)


async def _assignee(tx: Transaction, operator_id: UUID | None) -> dict[str, Any] | None:
    if operator_id is None:
        return None
    found = await tx.one(
        select(Operator).where(Operator.account_id == tx.account_id, Operator.id == operator_id)
    )
    return {"id": operator_id, "name": found.shown_name if found else None}


async def chat_file(
    database: Database, live: Live, chat: ChatToExport, beside: Beside | None = None
) -> AsyncIterator[bytes]:
    """Yields the file, its events as they are read, and behind them the files by reference.

    `beside` is told them, where they lie beside this one in a ZIP.

    Raises:
        Gone: the chat was erased meanwhile.
    """
    yield encode(chat.head)[:-1] + b',"events":['
    references: list[Reference] = []
    between = b""
    async for page in events_of(database, live, chat.row):
        references += references_in(page)
        yield between + b",".join(encode(event) for event in page)
        between = b","
    if beside is not None:
        references = [beside.place(each) for each in references]
    yield b"]" + (b',"files":' + encode(references) if references else b"") + b"}\n"


async def events_of(database: Database, live: Live, chat: Chat) -> AsyncIterator[list[Values]]:
    """Yields the events that a chat had when `chat` was read, with the names in them.

    Raises:
        Gone: the chat was erased meanwhile.
    """
    account_id = chat.account_id
    where = [*about(Event, account_id, chat.visitor_id), Event.chat_id == chat.id]
    where.append(Event.seq <= chat.last_seq)
    last = 0
    async for rows in pages(database, account_id, Event, where, chat.visitor_id):
        events = [written(row) for row in rows]
        async with database.transaction(account_id, sees=chat.visitor_id) as tx:
            names = await live.names.of(tx, events)
        shown = [event_view(event, names) for event in events]
        yield [_event(row, view) for row, view in zip(rows, shown, strict=True)]
        last = events[-1].seq
    if last != chat.last_seq:
        raise Gone


def _event(row: Event, view: EventView) -> Values:
    """Returns an event as the file tells it: with its former wordings, and the ids of its files."""
    told = {name: value for name, value in values_of(row).items() if name not in _WITHIN}
    if told["deleted_at"] is None:
        del told["deleted_at"]
    told |= {"author": view.author, "params": view.params}
    if former := (row.params or {}).get(_FORMER):
        told["edits"] = [{"text": each["text"], "replaced_at": each["at"]} for each in former]
    if file := view.params.get("file"):
        told["files"] = [file["id"]]
    return told
