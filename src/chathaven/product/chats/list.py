"""The operators' list: chats with what a row shows, and searching them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import MESSAGES, Chat, Event
from chathaven.product.chats.read import Cursor, last_messages, list_chats
from chathaven.product.chats.show import AssigneeView, ChatView, event_view
from chathaven.product.operators.model import Operator
from chathaven.product.visitors.find import matches
from chathaven.product.visitors.model import Visitor
from chathaven.product.visitors.show import visitor_views

SEARCH_PAGE = 100
MOST_SEARCHED = 5_000
"""A search opens this many chats at most, the last touched first."""


async def show_chats(tx: Transaction, live: Live, chats: Sequence[Chat]) -> list[ChatView]:
    """Returns chats as rows of the list, in four queries whatever their number."""
    visitors = await _visitors(tx, chats)
    assignees = await _assignees(tx, chats)
    events = await last_messages(tx, chats)
    names = await live.names.of(tx, events.values())
    online = live.presence.here(tx.account_id, "visitor")
    views = await visitor_views(tx, list(visitors.values()), online)
    people = {view.id: view for view in views}
    shown: list[ChatView] = []
    for chat in chats:
        visitor = people.get(chat.visitor_id)
        if visitor is None:
            continue
        last = events.get(chat.id)
        shown.append(
            ChatView(
                id=chat.id,
                visitor=visitor,
                site_id=chat.site_id,
                stage=chat.stage,
                unread=chat.unread,
                last_seq=chat.last_seq,
                operator_read_seq=chat.operator_read_seq,
                visitor_read_seq=chat.visitor_read_seq,
                last_event=event_view(last, names) if last else None,
                assignee=assignees.get(chat.assignee_id) if chat.assignee_id else None,
                team=None,
                tags=[],
                created_at=chat.created_at,
                updated_at=chat.updated_at,
            )
        )
    return shown


async def _visitors(tx: Transaction, chats: Sequence[Chat]) -> dict[UUID, Visitor]:
    ids = {chat.visitor_id for chat in chats}
    rows = await tx.all(
        select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id.in_(ids))
    )
    return {row.id: row for row in rows}


async def _assignees(tx: Transaction, chats: Sequence[Chat]) -> dict[UUID, AssigneeView]:
    ids = {chat.assignee_id for chat in chats if chat.assignee_id is not None}
    if not ids:
        return {}
    rows = await tx.all(
        select(Operator).where(Operator.account_id == tx.account_id, Operator.id.in_(ids))
    )
    return {row.id: AssigneeView(row.id, row.shown_name) for row in rows}


async def find_chats(
    tx: Transaction, view: str, operator_id: UUID, words: str, after: Cursor | None, limit: int
) -> tuple[list[Chat], Cursor | None]:
    """Returns chats of a view that hold `words`, and where to go on.

    The content is sealed, so a search opens it: visitors first, then messages.
    """
    wanted = words.strip().casefold()
    if not wanted:
        page = await list_chats(tx, view, operator_id, after, limit)
        return page, _cursor(page[-1]) if len(page) == limit else None
    found: list[Chat] = []
    for _ in range(MOST_SEARCHED // SEARCH_PAGE):
        page = await list_chats(tx, view, operator_id, after, SEARCH_PAGE)
        hits = await _matching(tx, page, wanted)
        for chat in page:
            after = _cursor(chat)
            if chat.id in hits:
                found.append(chat)
                if len(found) == limit:
                    return found, after
        if len(page) < SEARCH_PAGE:
            return found, None
    return found, after


async def _matching(tx: Transaction, chats: Sequence[Chat], wanted: str) -> set[UUID]:
    visitors = await _visitors(tx, chats)
    hits = {
        chat.id
        for chat in chats
        if chat.visitor_id in visitors and matches(visitors[chat.visitor_id], wanted)
    }
    rest = [chat.id for chat in chats if chat.id not in hits]
    if rest:
        rows = await tx.all(
            select(Event).where(
                Event.account_id == tx.account_id,
                Event.chat_id.in_(rest),
                Event.type.in_(MESSAGES),
            )
        )
        hits |= {row.chat_id for row in rows if wanted in _text(row).casefold()}
    return hits


def _text(event: Event) -> str:
    """Returns what a search looks at: what was said, or the name of a file."""
    params = event.params or {}
    return f"{params.get('text', '')}\n{params.get('file', {}).get('name', '')}"


def _cursor(chat: Chat) -> Cursor:
    return chat.updated_at, chat.id


def write_cursor(cursor: Cursor | None) -> str | None:
    """Returns a cursor as text."""
    return f"{cursor[0].isoformat()}_{cursor[1]}" if cursor else None


def read_cursor(text: str | None) -> Cursor | None:
    """Returns a cursor from its text.

    Raises:
        Invalid: it is not one.
    """
    if not text:
        return None
    moment, _, chat_id = text.partition("_")
    try:
        cursor = datetime.fromisoformat(moment), UUID(chat_id)
    except ValueError:
        raise Invalid.field("after", Reason.CURSOR) from None
    if cursor[0].tzinfo is None:
        raise Invalid.field("after", Reason.CURSOR)
    return cursor
