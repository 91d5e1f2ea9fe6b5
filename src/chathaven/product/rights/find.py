"""Finding requests: by state and due date for those who work on them, by person for the person."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_

from chathaven.base.clock import now
from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.product.rights.model import RightsContent, RightsRequest
from chathaven.product.rights.show import RequestView, request_view
from chathaven.product.visitors.model import Visitor

Due = Literal["overdue", "soon"]
SOON = timedelta(days=7)


async def list_requests(
    tx: Transaction, states: str, due: Due | None, after: str | None, limit: int
) -> tuple[list[RequestView], str | None]:
    """Returns requests and the next cursor: open ones by due date, closed ones the latest first.

    `states` is open, closed, all, or one state.

    Raises:
        Invalid: the cursor is none of an earlier answer.
    """
    is_closed = states == "closed"
    wanted = _wanted(tx.account_id, states, due)
    moment = RightsRequest.closed_at if is_closed else RightsRequest.due_at
    place = tuple_(moment, RightsRequest.id)
    if after is not None:
        cursor = _cursor(after)
        wanted = wanted.where(place < cursor if is_closed else place > cursor)
    order = [moment.desc(), RightsRequest.id.desc()] if is_closed else [moment, RightsRequest.id]
    rows = await tx.all(wanted.order_by(*order).limit(limit + 1))
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    at = (last.closed_at if is_closed else last.due_at) if last else None
    return await _views(tx, page), _written(at, last.id) if last and at else None


async def count_open(tx: Transaction) -> tuple[int, int]:
    """Returns how many requests are open, and how many of them are overdue."""
    is_open = (RightsRequest.account_id == tx.account_id, RightsRequest.closed_at.is_(None))
    counting = select(func.count()).select_from(RightsRequest).where(*is_open)
    late = counting.where(RightsRequest.due_at <= now() - timedelta(days=1))
    return int(await tx.value(counting) or 0), int(await tx.value(late) or 0)


async def requests_of(tx: Transaction, person_id: UUID) -> list[RightsRequest]:
    """Returns a person's requests, the newest first."""
    own = select(RightsContent.request_id).where(
        RightsContent.account_id == tx.account_id, RightsContent.person_id == person_id
    )
    return await tx.all(
        select(RightsRequest)
        .where(RightsRequest.account_id == tx.account_id, RightsRequest.id.in_(own))
        .order_by(RightsRequest.id.desc())
    )


async def people_waiting(tx: Transaction) -> list[UUID]:
    """Returns everybody who has an open request: nobody goes who waits for an answer."""
    is_open = select(RightsRequest.id).where(
        RightsRequest.account_id == tx.account_id, RightsRequest.closed_at.is_(None)
    )
    rows = await tx.values(
        select(RightsContent.person_id).where(
            RightsContent.account_id == tx.account_id, RightsContent.request_id.in_(is_open)
        )
    )
    return [row[0] for row in rows]


def _wanted(account_id: UUID, states: str, due: Due | None) -> Select[RightsRequest]:
    wanted = select(RightsRequest).where(RightsRequest.account_id == account_id)
    if states == "open":
        wanted = wanted.where(RightsRequest.closed_at.is_(None))
    elif states == "closed":
        wanted = wanted.where(RightsRequest.closed_at.is_not(None))
    elif states != "all":
        wanted = wanted.where(RightsRequest.state == states)
    if due is not None:
        # A last day that has begun is not over yet.
        late = RightsRequest.due_at <= now() - timedelta(days=1)
        soon = RightsRequest.due_at <= now() + SOON
        wanted = wanted.where(RightsRequest.closed_at.is_(None), late if due == "overdue" else soon)
    return wanted


async def _views(tx: Transaction, requests: Sequence[RightsRequest]) -> list[RequestView]:
    """Returns requests with who asks; whoever works on them sees restricted people, too."""
    await tx.see("everyone")
    contents = await tx.all(
        select(RightsContent).where(
            RightsContent.account_id == tx.account_id,
            RightsContent.request_id.in_([each.id for each in requests]),
        )
    )
    by_id = {each.request_id: each for each in contents}
    visitors = await tx.all(
        select(Visitor).where(
            Visitor.account_id == tx.account_id,
            Visitor.id.in_([each.person_id for each in contents]),
        )
    )
    names = {each.id: each.name or each.email for each in visitors}
    views = []
    for request in requests:
        content = by_id.get(request.id)
        who = (content.name or names.get(content.person_id) or content.email) if content else None
        views.append(request_view(request, content, who))
    return views


def _written(moment: datetime, id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()}/{id}".encode()).decode()


def _cursor(text: str) -> tuple[datetime, UUID]:
    try:
        moment, _, id = base64.urlsafe_b64decode(text.encode()).decode().partition("/")
        found = datetime.fromisoformat(moment)
        if found.tzinfo is None:
            raise ValueError
        return found, UUID(id)
    except ValueError:
        raise Invalid.field("after", Reason.CURSOR) from None
