"""A run: people who have had their time are erased as if they had asked, and rows are deleted.

It goes in steps, each a job and one transaction that deletes, counts and asks for the next: so a
run that is killed goes on where it was, and other jobs have their turn between. Whoever is
restricted or held is not seen by it, and stays. At the end it is looked again, and signed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from chathaven.base.actor import Actor, System
from chathaven.base.clock import now
from chathaven.base.errors import Conflict
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.accounts.settings import RetentionPeriods, read_account
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.record import record
from chathaven.product.chats.silence import some_silent
from chathaven.product.privacy.ask_erasure import ask_for_erasure
from chathaven.product.privacy.model import RETENTION, Erasure, Status
from chathaven.product.retention.classes import (
    CLASSES,
    CONVERSATION,
    LETTERS,
    VISIT,
    Class,
    read_periods,
    tables_of,
)
from chathaven.product.retention.due import on_their_way, remove_rows, what_is_due
from chathaven.product.retention.letters import STORE, outbox, remove_letters
from chathaven.product.retention.model import RetentionRun, RunStatus
from chathaven.product.retention.report import Counted, signed_report

JOB = "retention-step"
PEOPLE_AT_ONCE = 25
ROWS_AT_ONCE = 2_000
WAIT = timedelta(seconds=2)
"""Before it is looked again whether the erasures that were asked for are done."""
MOST_WAITS = 900
"""After so many looks, half an hour, a run ends, and its report says what is still under way."""


class Progress(msgspec.Struct):
    """What a run has done so far: people by class, rows by table."""

    people: dict[str, int] = {}
    rows: dict[str, int] = {}
    found: dict[str, Counted] = {}
    hidden: int = 0
    waits: int = 0


async def start_run(
    tx: Transaction, ground: Ground, actor: Actor, *, dry_run: bool
) -> RetentionRun:
    """Writes that a run is to be, and enqueues its first step. A dry run only counts.

    Raises:
        Conflict: one is under way (`run_under_way`, with its `id`).
    """
    # Locked, so that of two who ask at once the second finds the first's.
    await read_account(tx, lock=True)
    running = await tx.one(
        select(RetentionRun).where(
            RetentionRun.account_id == tx.account_id, RetentionRun.status != RunStatus.DONE
        )
    )
    if running is not None:
        raise Conflict(
            "A run is under way already.", code="run_under_way", extra={"id": str(running.id)}
        )
    run = RetentionRun(
        account_id=tx.account_id,
        id=new_id(),
        status=RunStatus.QUEUED,
        dry_run=dry_run,
        asked_by=type(actor).__name__.lower(),
        done=0,
        total=0,
        progress=msgspec.to_builtins(Progress()),
        asked_at=now(),
    )
    await tx.insert(run)
    await ground.queue.enqueue(tx, JOB, run.id)
    if not dry_run:
        await record(tx, actor, "retention-run", "retention-run", run.id)
    return run


def step_job(ground: Ground, anchors: Anchors) -> Callable[..., Any]:
    """Returns the job that does one step of a run."""

    async def run(account_id: UUID, id: UUID) -> None:
        async with ground.database.transaction(account_id) as tx:
            found = await tx.one(
                select(RetentionRun)
                .where(
                    RetentionRun.account_id == account_id,
                    RetentionRun.id == id,
                    RetentionRun.status != RunStatus.DONE,
                )
                .with_for_update()
            )
            if found is not None:
                await _step(tx, ground, anchors, found)

    return run


async def _step(tx: Transaction, ground: Ground, anchors: Anchors, run: RetentionRun) -> None:
    periods = await read_periods(tx)
    progress = msgspec.convert(run.progress, Progress)
    if run.status == RunStatus.QUEUED:
        await _look(tx, ground, run, periods, progress)
    did = 0 if run.dry_run else await _remove_some(tx, ground, anchors, run, periods, progress)
    under_way = 0 if run.dry_run else await _under_way(tx)
    await tx.update(
        run,
        status=RunStatus.RUNNING,
        done=max(0, sum(progress.people.values()) + sum(progress.rows.values()) - under_way),
        progress=msgspec.to_builtins(progress),
    )
    if did:
        # Behind the erasures that were just asked for, and whatever else waits.
        await ground.queue.enqueue(tx, JOB, run.id)
    elif under_way and progress.waits < MOST_WAITS:
        progress.waits += 1
        await tx.update(run, progress=msgspec.to_builtins(progress))
        await ground.queue.enqueue(tx, JOB, run.id, now() + WAIT)
    else:
        await _finish(tx, ground, run, periods, progress)


async def _look(
    tx: Transaction,
    ground: Ground,
    run: RetentionRun,
    periods: RetentionPeriods,
    progress: Progress,
) -> None:
    due = await what_is_due(tx, ground, periods, run.asked_at)
    progress.found = {each.name: Counted(each.people, each.rows) for each in due}
    progress.hidden = len(await tx.value(select(func.hidden_people())))
    await tx.update(run, total=sum(each.people + each.rows for each in due))


async def _remove_some(
    tx: Transaction,
    ground: Ground,
    anchors: Anchors,
    run: RetentionRun,
    periods: RetentionPeriods,
    progress: Progress,
) -> int:
    did = 0
    for each in CLASSES:
        before = each.before(periods, run.asked_at)
        if each in (VISIT, CONVERSATION):
            did += await _erase_some(tx, ground, each, run, periods, progress)
        for table in tables_of(each.retention):
            removed = await remove_rows(tx, anchors, table, before, ROWS_AT_ONCE)
            if removed:
                name = table.__tablename__
                progress.rows[name] = progress.rows.get(name, 0) + removed
                did += removed
        if each is LETTERS and (removed := await remove_letters(tx, outbox(ground), before)):
            progress.rows[STORE] = progress.rows.get(STORE, 0) + removed
            did += removed
    return did


async def _erase_some(
    tx: Transaction,
    ground: Ground,
    which: Class,
    run: RetentionRun,
    periods: RetentionPeriods,
    progress: Progress,
) -> int:
    people = await some_silent(
        tx,
        which.before(periods, run.asked_at),
        said=which is CONVERSATION,
        but=await on_their_way(tx),
        limit=PEOPLE_AT_ONCE,
    )
    for person_id in people:
        asked = await ask_for_erasure(tx, ground, System(tx.account_id), person_id)
        # All who are the same person have had their time, or none is listed.
        for erasure in (asked.erasure, *asked.others):
            await tx.update(erasure, asked_by=RETENTION)
    await tx.see(None)
    if people:
        progress.people[which.name] = progress.people.get(which.name, 0) + len(people)
    return len(people)


async def _under_way(tx: Transaction) -> int:
    """Returns how many erasures of retention are not done, but for those that a hold keeps."""
    return int(
        await tx.value(
            select(func.count())
            .select_from(Erasure)
            .where(
                Erasure.account_id == tx.account_id,
                Erasure.subject_id.is_not(None),
                Erasure.asked_by == RETENTION,
                Erasure.status != Status.WAITING,
            )
        )
        or 0
    )


async def _finish(
    tx: Transaction,
    ground: Ground,
    run: RetentionRun,
    periods: RetentionPeriods,
    progress: Progress,
) -> None:
    moment = now()
    left = {
        each.name: Counted(each.people, each.rows)
        for each in await what_is_due(tx, ground, periods, run.asked_at)
    }
    await tx.update(
        run,
        status=RunStatus.DONE,
        finished_at=moment,
        report=signed_report(
            ground.signing,
            run,
            periods,
            finished_at=moment,
            found=progress.found,
            erased=progress.people,
            removed=progress.rows,
            left=left,
            under_way=await _under_way(tx),
            hidden=progress.hidden,
        ),
    )
