"""HTTP: what has had its time, runs, and their reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from sqlalchemy import select, tuple_

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import FAILED_STAY_HOURS
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.chats.api import Cursor, Limit
from chathaven.product.chats.list import read_cursor
from chathaven.product.retention.classes import read_periods
from chathaven.product.retention.due import ClassDue, what_is_due
from chathaven.product.retention.model import RetentionRun, RunStatus
from chathaven.product.retention.run import start_run

_CARE = Permission.VISITORS_ERASE


class Elsewhere(msgspec.Struct):
    """A class that is kept outside the account's tables, for the same time for everybody.

    `period` counts days; None where nothing of it is about anybody. `set_by` names the setting of
    the installation that says it.
    """

    code: str
    name: str
    period: int | None
    set_by: str | None


class Preview(msgspec.Struct):
    """What would go now, and what is kept for a time that no account sets."""

    at: datetime
    classes: list[ClassDue]
    elsewhere: list[Elsewhere]


class NewRun(msgspec.Struct, forbid_unknown_fields=True):
    """A run to start. A dry one only counts, and reports that."""

    dry_run: bool = False


class RunView(msgspec.Struct):
    """A run. `done` and `total` count people and rows; `has_report` once it is done."""

    id: UUID
    status: str
    dry_run: bool
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    done: int
    total: int
    has_report: bool


class RunList(msgspec.Struct):
    """A page of runs."""

    items: list[RunView]
    next: str | None


def run_view(run: RetentionRun) -> RunView:
    """Returns a run as shown."""
    return RunView(
        id=run.id,
        status=run.status,
        dry_run=run.dry_run,
        asked_by=run.asked_by,
        asked_at=run.asked_at,
        finished_at=run.finished_at,
        done=run.done,
        total=run.total,
        has_report=run.report is not None,
    )


@get("/v1/retention/preview", opt=may(_CARE))
async def get_preview(ground: Ground, actor: Operator) -> Preview:
    """What would go now, by class."""
    moment = now()
    async with ground.database.transaction(actor.account_id) as tx:
        due = await what_is_due(tx, ground, await read_periods(tx), moment)
    return Preview(
        moment,
        due,
        [
            Elsewhere("R7", "failed-jobs", FAILED_STAY_HOURS // 24, None),
            Elsewhere("R9", "backups", ground.settings.backup_days, "CHATHAVEN_BACKUP_DAYS"),
            Elsewhere("R10", "numbers", None, None),
        ],
    )


@post("/v1/retention/runs", opt=may(_CARE), dto=Body[NewRun], return_dto=None, status_code=202)
async def post_run(ground: Ground, actor: Operator, data: NewRun) -> RunView:
    """Starts a run now."""
    async with ground.database.transaction(actor.account_id) as tx:
        return run_view(await start_run(tx, ground, actor, dry_run=data.dry_run))


@get("/v1/retention/runs", opt=may(_CARE))
async def get_runs(
    ground: Ground, actor: Operator, after: Cursor = None, limit: Limit = 50
) -> RunList:
    """Runs, the newest first."""
    cursor = read_cursor(after)
    wanted = select(RetentionRun).where(RetentionRun.account_id == actor.account_id)
    if cursor is not None:
        wanted = wanted.where(tuple_(RetentionRun.asked_at, RetentionRun.id) < cursor)
    order = (RetentionRun.asked_at.desc(), RetentionRun.id.desc())
    async with ground.database.transaction(actor.account_id) as tx:
        found = await tx.all(wanted.order_by(*order).limit(limit + 1))
    page = found[:limit]
    further = f"{page[-1].asked_at.isoformat()}_{page[-1].id}" if len(found) > limit else None
    return RunList([run_view(each) for each in page], further)


@get("/v1/retention/runs/{run_id:uuid}", opt=may(_CARE))
async def get_run(ground: Ground, actor: Operator, run_id: UUID) -> RunView:
    """How far a run has come."""
    async with ground.database.transaction(actor.account_id) as tx:
        return run_view(await _read(tx, run_id))


@get("/v1/retention/runs/{run_id:uuid}/report", opt=may(_CARE))
async def get_report(ground: Ground, actor: Operator, run_id: UUID) -> Response[dict[str, Any]]:
    """The signed report of a run; `chathaven verify` checks it."""
    async with ground.database.transaction(actor.account_id) as tx:
        run = await _read(tx, run_id)
    if run.report is None or run.status != RunStatus.DONE:
        raise Conflict("The run is not done yet.", code="run_under_way")
    name = f"retention-{run.asked_at:%Y-%m-%d}-{run.id}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(run.report, headers=headers)


async def _read(tx: Transaction, run_id: UUID) -> RetentionRun:
    run = await tx.one(
        select(RetentionRun).where(
            RetentionRun.account_id == tx.account_id, RetentionRun.id == run_id
        )
    )
    if run is None:
        raise NotFound()
    return run


HANDLERS = (get_preview, post_run, get_runs, get_run, get_report)
