"""HTTP: requests, for those who work on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.params import Parameter, QueryParameter

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Invalid
from chathaven.base.fields import email_address, one_line, with_zone
from chathaven.base.languages import choose
from chathaven.base.reasons import Reason
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.api import Limit
from chathaven.product.chats.live import Live
from chathaven.product.rights import show
from chathaven.product.rights.bodies import Change, MarkedMessage, NewRequest
from chathaven.product.rights.change import change
from chathaven.product.rights.find import Due, count_open, list_requests
from chathaven.product.rights.letters import Draft, LetterKind, draft
from chathaven.product.rights.receive import Asking, receive, receive_message
from chathaven.product.rights.show import RequestView, Whole
from chathaven.product.rights.states import Kind, RefusalGround, Via
from chathaven.product.rights.steps import read_request, there
from chathaven.product.rights.wishes import wished

States = Literal[
    "open",
    "closed",
    "all",
    "received",
    "identity_pending",
    "verified",
    "in_scope_check",
    "approved",
    "running",
    "waiting_external",
    "partially_done",
]


class RequestList(msgspec.Struct):
    """A page of requests, with how many are open and overdue in all."""

    items: list[RequestView]
    next: str | None
    open: int
    overdue: int


class Marked(msgspec.Struct):
    """A request that a message was made."""

    id: UUID
    kind: str
    due_on: str
    state: str
    closed_at: datetime | None


@get("/v1/requests", opt=may(Permission.RIGHTS_READ))
async def get_requests(
    ground: Ground,
    actor: Operator,
    # The framework keeps the plain name for itself.
    wanted: Annotated[States, QueryParameter(name="state")] = "open",
    due: Due | None = None,
    after: Annotated[str | None, Parameter(max_length=200)] = None,
    limit: Limit = 50,
) -> RequestList:
    """Requests: open ones by due date, the first due first; closed ones the latest first."""
    async with ground.database.transaction(actor.account_id) as tx:
        is_open, late = await count_open(tx)
        found, further = await list_requests(tx, wanted, due, after, limit)
    return RequestList(found, further, is_open, late)


@post("/v1/requests", opt=may(Permission.RIGHTS_WRITE), dto=Body[NewRequest], return_dto=None)
async def post_request(ground: Ground, actor: Operator, data: NewRequest) -> Whole:
    """Enters a request that came by letter, phone or e-mail; its clock starts when it came."""
    if data.visitor_id is None and data.name is None and data.email is None:
        raise Invalid.field("name", Reason.WHO_ASKS, code="nobody")
    asking = Asking(
        kind=data.kind,
        via=Via(data.via),
        received_at=with_zone("received_at", data.received_at) if data.received_at else now(),
        language=choose(data.language, None),
        text=data.text or None,
        visitor_id=data.visitor_id,
        name=one_line("name", data.name) if data.name else None,
        email=email_address("email", data.email) if data.email else None,
        wishes=wished(data.wishes),
        on_behalf=data.on_behalf or None,
    )
    async with ground.database.transaction(actor.account_id) as tx:
        request = await receive(tx, ground, actor, asking)
        _, content = await read_request(tx, request.id)
        return await show.whole(tx, request, content)


@get("/v1/requests/{request_id:uuid}", opt=may(Permission.RIGHTS_READ))
async def get_request(ground: Ground, actor: Operator, request_id: UUID) -> Whole:
    """One request with everything about it; after an erasure, the proof without the person."""
    async with ground.database.transaction(actor.account_id) as tx:
        request, content = await read_request(tx, request_id)
        return await show.whole(tx, request, content)


@patch(
    "/v1/requests/{request_id:uuid}",
    opt=may(Permission.RIGHTS_WRITE),
    dto=Body[Change],
    return_dto=None,
)
async def patch_request(ground: Ground, actor: Operator, request_id: UUID, data: Change) -> Whole:
    """Corrects what was entered, or says which visitor the requester is."""
    async with ground.database.transaction(actor.account_id) as tx:
        request, found = await read_request(tx, request_id, lock=True)
        content = await change(tx, ground, actor, request, there(found), data)
        return await show.whole(tx, request, content)


@get("/v1/requests/{request_id:uuid}/letter", opt=may(Permission.RIGHTS_READ))
async def get_letter(
    ground: Ground,
    actor: Operator,
    request_id: UUID,
    kind: LetterKind = LetterKind.OTHER,
    reason: Annotated[str, Parameter(max_length=2_000)] = "",
    why: Annotated[RefusalGround | None, QueryParameter(name="ground")] = None,
) -> Draft:
    """A letter from the templates, in the person's language, for editing."""
    async with ground.database.transaction(actor.account_id) as tx:
        request, content = await read_request(tx, request_id)
        return await draft(tx, request, there(content), kind, reason=reason, ground=why or "")


@post(
    "/v1/chats/{chat_id:uuid}/requests",
    opt=may(Permission.CHATS_WRITE),
    dto=Body[MarkedMessage],
    return_dto=None,
)
async def post_marked_message(
    ground: Ground, live: Live, actor: Operator, chat_id: UUID, data: MarkedMessage
) -> Marked:
    """Makes a visitor's message a request. The clock started when the message came."""
    async with ground.database.transaction(actor.account_id) as tx:
        request = await receive_message(
            tx, ground, actor, chat_id, data.seq, Kind(data.kind), again=data.again
        )
    last_day = request.due_at.date().isoformat()
    return Marked(request.id, request.kind, last_day, request.state, request.closed_at)


HANDLERS = (
    get_requests,
    post_request,
    get_request,
    patch_request,
    get_letter,
    post_marked_message,
)
