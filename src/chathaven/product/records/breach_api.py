"""HTTP: the register of breaches (GDPR Art. 33(5))."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, patch, post
from litestar.params import Parameter
from litestar.response import Stream

from chathaven.base.actor import Operator
from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Database
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.find import CSV, csv_rows
from chathaven.product.audit.record import record
from chathaven.product.privacy.export_api import attachment
from chathaven.product.records.breach import (
    change_breach,
    close_breach,
    enter_breach,
    read_breach,
    tell,
)
from chathaven.product.records.breach_fields import BreachChange, NewBreach, Told
from chathaven.product.records.breach_letters import Letter, letter_to_people
from chathaven.product.records.breach_show import (
    BreachView,
    NoteView,
    ScopeView,
    breach_view,
    list_breaches,
    list_notes,
    scope_view,
)
from chathaven.product.records.model import BreachStatus
from chathaven.product.records.scope import find_scope, list_scopes, people_of, read_scope

SCOPES = Rate("breach-scopes", 20, 3600)
PAGE = 5_000
_Limit = Annotated[int, Parameter(ge=1, le=200)]
_After = Annotated[int | None, Parameter(ge=0, le=2**53)]


class BreachList(msgspec.Struct):
    """A page of the register, the newest first."""

    items: list[BreachView]
    next: str | None


class NoteList(msgspec.Struct):
    """A page of the history of a breach, in its order."""

    items: list[NoteView]
    next: str | None


class ScopeList(msgspec.Struct):
    """The answers that were kept with a breach, the newest first."""

    items: list[ScopeView]
    next: str | None = None


class Standing(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a breach is open or closed."""

    status: Literal["open", "closed"]


class ScopeQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Whose data could the holder of this have seen, in this window of time?"""

    kind: Literal["operator", "token", "session"]
    id: UUID
    since: datetime
    until: datetime


@get("/v1/breaches", opt=may(Permission.RECORDS_READ))
async def get_breaches(
    ground: Ground, actor: Operator, after: _After = None, limit: _Limit = 50
) -> BreachList:
    """All breaches, also those that nobody has to be told of."""
    async with ground.database.transaction(actor.account_id) as tx:
        found = await list_breaches(tx, after, limit + 1)
    items = [breach_view(each) for each in found[:limit]]
    return BreachList(items, str(items[-1].number) if len(found) > limit else None)


@post("/v1/breaches", opt=may(Permission.RECORDS_WRITE), dto=Body[NewBreach], return_dto=None)
async def post_breach(ground: Ground, actor: Operator, data: NewBreach) -> BreachView:
    """Enters a breach and starts its clock."""
    async with ground.database.transaction(actor.account_id) as tx:
        return breach_view(await enter_breach(tx, ground.queue, actor, data))


@get("/v1/breaches/{breach_id:uuid}", opt=may(Permission.RECORDS_READ))
async def get_breach(ground: Ground, actor: Operator, breach_id: UUID) -> BreachView:
    """One breach."""
    async with ground.database.transaction(actor.account_id) as tx:
        return breach_view(await read_breach(tx, breach_id))


@patch(
    "/v1/breaches/{breach_id:uuid}",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[BreachChange],
    return_dto=None,
)
async def patch_breach(
    ground: Ground, actor: Operator, breach_id: UUID, data: BreachChange
) -> BreachView:
    """Changes what is known. What stood there stays in the history."""
    async with ground.database.transaction(actor.account_id) as tx:
        return breach_view(await change_breach(tx, actor, breach_id, data))


@post(
    "/v1/breaches/{breach_id:uuid}/told",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[Told],
    return_dto=None,
)
async def post_told(ground: Ground, actor: Operator, breach_id: UUID, data: Told) -> BreachView:
    """Notes that the authority or those concerned were told, at once or in phases."""
    async with ground.database.transaction(actor.account_id) as tx:
        return breach_view(await tell(tx, actor, breach_id, data))


@post(
    "/v1/breaches/{breach_id:uuid}/status",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[Standing],
    return_dto=None,
    status_code=200,
)
async def post_status(
    ground: Ground, actor: Operator, breach_id: UUID, data: Standing
) -> BreachView:
    """Closes a breach, or opens it again."""
    async with ground.database.transaction(actor.account_id) as tx:
        return breach_view(await close_breach(tx, actor, breach_id, BreachStatus(data.status)))


@get("/v1/breaches/{breach_id:uuid}/notes", opt=may(Permission.RECORDS_READ))
async def get_notes(
    ground: Ground, actor: Operator, breach_id: UUID, after: _After = None, limit: _Limit = 50
) -> NoteList:
    """What happened with a breach, step by step."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_breach(tx, breach_id)
        found = await list_notes(tx, breach_id, after or 0, limit + 1)
    items = list(found[:limit])
    return NoteList(items, str(items[-1].number) if len(found) > limit else None)


@get("/v1/breaches/{breach_id:uuid}/letter", opt=may(Permission.RECORDS_READ))
async def get_letter(
    request: Request[Any, Any, Any],
    ground: Ground,
    actor: Operator,
    breach_id: UUID,
    language: Annotated[str | None, Parameter(max_length=35)] = None,
) -> Letter:
    """The form of a letter to those concerned (GDPR Art. 34(2))."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_breach(tx, breach_id)
        return await letter_to_people(tx, language, request.headers.get("accept-language"))


@post(
    "/v1/breaches/{breach_id:uuid}/scopes",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[ScopeQuestion],
    return_dto=None,
)
async def post_scope(
    ground: Ground, actor: Operator, breach_id: UUID, data: ScopeQuestion
) -> ScopeView:
    """Finds from the audit log whose data was in scope, and keeps the answer."""
    await ground.limits.take(SCOPES, str(actor.account_id))
    by, window = (data.kind, data.id), (data.since, data.until)
    async with ground.database.transaction(actor.account_id, sees="everyone") as tx:
        return scope_view(await find_scope(tx, actor, breach_id, by, window))


@get("/v1/breaches/{breach_id:uuid}/scopes", opt=may(Permission.RECORDS_READ))
async def get_scopes(
    ground: Ground,
    actor: Operator,
    breach_id: UUID,
    after: Annotated[str | None, Parameter(max_length=36)] = None,
    limit: _Limit = 50,
) -> ScopeList:
    """The answers that were kept with a breach, the newest first."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_breach(tx, breach_id)
        found = await list_scopes(tx, breach_id, _behind(after), limit + 1)
    items = [scope_view(each) for each in found[:limit]]
    return ScopeList(items, str(items[-1].id) if len(found) > limit else None)


def _behind(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid.field("after", Reason.CURSOR) from None


@get(
    "/v1/breaches/{breach_id:uuid}/scopes/{scope_id:uuid}/file",
    opt=may(Permission.RECORDS_READ),
    media_type="text/csv",
)
async def get_scope_file(
    ground: Ground, actor: Operator, breach_id: UUID, scope_id: UUID
) -> Stream:
    """The people of an answer as CSV, by their ids; those who were erased since are gone."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_scope(tx, breach_id, scope_id)
        await record(tx, actor, "breach-scope-taken", "breach", breach_id)
    people = _people(ground.database, actor.account_id, scope_id)
    return attachment(people, CSV, f"scope-{scope_id}.csv")


async def _people(database: Database, account_id: UUID, scope_id: UUID) -> AsyncIterator[bytes]:
    yield csv_rows([("visitor_id", "certainty", "times", "first_at", "last_at")])
    after: UUID | None = None
    while True:
        async with database.transaction(account_id, sees="everyone") as tx:
            page = await people_of(tx, scope_id, after, PAGE)
        if not page:
            return
        yield csv_rows([[*row[:3], row[3].isoformat(), row[4].isoformat()] for row in page])
        after = page[-1][0]


HANDLERS = (
    get_breaches,
    post_breach,
    get_breach,
    patch_breach,
    post_told,
    post_status,
    get_notes,
    get_letter,
    post_scope,
    get_scopes,
    get_scope_file,
)
