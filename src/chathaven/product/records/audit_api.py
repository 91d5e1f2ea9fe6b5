"""HTTP: the audit log: reading it, checking its chain, taking it along."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import Parameter
from litestar.response import Stream

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import files, may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.check import MOST, Checked, check_audit_log
from chathaven.product.audit.cut import anchor_head
from chathaven.product.audit.find import (
    CSV,
    LineView,
    Wanted,
    as_csv,
    as_json_lines,
    find_lines,
)
from chathaven.product.audit.record import record
from chathaven.product.consents.check import Broken, check_receipts
from chathaven.product.privacy.export_api import attachment

CHECKS = Rate("audit-checks", 30, 3600)
_Action = Annotated[str | None, Parameter(max_length=40)]
_Limit = Annotated[int, Parameter(ge=1, le=200)]


class LineList(msgspec.Struct):
    """A page of the audit log, the newest first."""

    items: list[LineView]
    next: str | None


class ReceiptsChecked(msgspec.Struct):
    """Whether the chain of receipts (GDPR Art. 7(1)) is intact, and where it is not."""

    intact: bool
    broken: list[Broken]


@get("/v1/audit", opt=may(Permission.AUDIT_READ))
async def get_audit(
    ground: Ground,
    actor: Operator,
    action: _Action = None,
    operator_id: UUID | None = None,
    target_id: UUID | None = None,
    after: Annotated[str | None, Parameter(max_length=20)] = None,
    limit: _Limit = 50,
) -> LineList:
    """Who did what: ids and words of closed lists, never content."""
    wanted = Wanted(action, operator_id, target_id)
    async with ground.database.transaction(actor.account_id) as tx:
        found = await find_lines(tx, wanted, _cursor(after), limit + 1)
    items = found[:limit]
    return LineList(items, str(items[-1].number) if len(found) > limit else None)


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) < 2**62):
        raise Invalid.field("after", Reason.CURSOR)
    return int(text)


@get("/v1/audit/check", opt=may(Permission.AUDIT_READ))
async def get_check(ground: Ground, anchors: Anchors, actor: Operator) -> Checked:
    """Walks the whole chain: intact, or where it was changed, removed or reordered."""
    await ground.limits.take(CHECKS, str(actor.account_id))
    account_id = actor.account_id
    return await check_audit_log(ground.database, account_id, anchors.read(account_id), now())


@get(
    "/v1/audit/file",
    opt=may(Permission.AUDIT_READ) | files("application/jsonl", "text/csv"),
)
async def get_file(
    ground: Ground,
    actor: Operator,
    format: Literal["jsonl", "csv"] = "jsonl",
    action: _Action = None,
    operator_id: UUID | None = None,
    target_id: UUID | None = None,
) -> Stream:
    """The lines as a file: JSON Lines with all hashes, or CSV for spreadsheets."""
    wanted = Wanted(action, operator_id, target_id)
    async with ground.database.transaction(actor.account_id) as tx:
        await record(tx, actor, "audit-taken", "account", actor.account_id)
    lines = as_csv if format == "csv" else as_json_lines
    kind = CSV if format == "csv" else "application/jsonl"
    found = lines(ground.database, actor.account_id, wanted)
    return attachment(found, kind, f"audit-log.{format}")


@get("/v1/audit/anchors", opt=may(Permission.AUDIT_READ), media_type="application/jsonl")
async def get_anchors(anchors: Anchors, actor: Operator) -> Response[bytes]:
    """All signed anchors, one in each line: a copy to be kept elsewhere."""
    return Response(
        anchors.documents(actor.account_id),
        media_type="application/jsonl",
        headers={"content-disposition": 'attachment; filename="audit-anchors.jsonl"'},
    )


@post("/v1/audit/anchors", opt=may(Permission.AUDIT_READ))
async def post_anchor(ground: Ground, anchors: Anchors, actor: Operator) -> dict[str, Any]:
    """Signs where the log has come to, now."""
    await ground.limits.take(CHECKS, str(actor.account_id))
    return await anchor_head(ground.database, anchors, actor.account_id)


@get("/v1/receipts/check", opt=may(Permission.AUDIT_READ))
async def get_receipts_check(ground: Ground, actor: Operator) -> ReceiptsChecked:
    """Walks the chain of receipts: intact, or the places where it does not hold."""
    await ground.limits.take(CHECKS, str(actor.account_id))
    broken = await check_receipts(ground.database, actor.account_id)
    return ReceiptsChecked(not broken, broken[:MOST])


HANDLERS = (
    get_audit,
    get_check,
    get_file,
    get_anchors,
    post_anchor,
    get_receipts_check,
)
