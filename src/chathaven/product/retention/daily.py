"""Each account's run of the day, and how much is overdue.

Each account has a minute of the day of its own, so that a server with many does not do all of
their work at midnight. Whether the run was there stands in the database: nothing is missed when
the server was down at that minute, and nothing is done twice by two processes.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from prometheus_client import Gauge
from sqlalchemy import func, select

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.engines.ground import Ground
from chathaven.product.access.directory import accounts_known
from chathaven.product.accounts.model import Account
from chathaven.product.retention.classes import read_periods
from chathaven.product.retention.due import overdue
from chathaven.product.retention.model import RetentionRun, RunStatus
from chathaven.product.retention.run import JOB, start_run

EVERY = 600.0
OVERDUE_AFTER = timedelta(hours=24)
"""What has had its time is gone within this; what is older is overdue (A-05-4)."""
STUCK_AFTER = timedelta(hours=6)
OVERDUE = Gauge(
    "chathaven_retention_overdue_rows",
    "People and rows that are still there a day after their time was over, in all accounts",
)
log = structlog.get_logger()


async def keep_times(ground: Ground) -> None:
    """Runs until it is cancelled; a database that is away is waited for."""
    while True:
        # First a pause: a server that has just started has more urgent things to do.
        await asyncio.sleep(EVERY * (1 + random.random()))
        try:
            await go_round(ground)
        except Exception as error:  # noqa: BLE001  whatever it was, the next round is due
            log.warning("retention could not be looked after", kind=type(error).__name__)


async def go_round(ground: Ground) -> int:
    """Starts the runs that are due, and counts what is overdue; returns how many it started."""
    async with ground.database.transaction() as tx:
        accounts = await accounts_known(tx)
    started, late = 0, 0
    for account_id in accounts:
        try:
            started += await _run_if_due(ground, account_id)
            async with ground.database.transaction(account_id) as tx:
                late += await overdue(tx, ground, await read_periods(tx), now() - OVERDUE_AFTER)
        except NotFound:
            continue  # The account was closed meanwhile.
        except Exception as error:  # noqa: BLE001  one account's trouble is not that of others
            log.warning("an account's retention failed", kind=type(error).__name__)
    OVERDUE.set(late)
    return started


async def _run_if_due(ground: Ground, account_id: UUID) -> bool:
    async with ground.database.transaction(account_id) as tx:
        last = await tx.value(
            select(func.max(RetentionRun.asked_at)).where(
                RetentionRun.account_id == account_id, RetentionRun.dry_run.is_(False)
            )
        )
        # A new account has nothing yet whose time is over: its first run is on its second day.
        last = last or await tx.value(
            select(Account.created_at).where(Account.account_id == account_id)
        )
        if last is not None and last >= last_minute_of(account_id, now()):
            await _wake(ground, account_id)
            return False
    try:
        async with ground.database.transaction(account_id) as tx:
            await start_run(tx, ground, System(account_id), dry_run=False)
    except Conflict:
        return False
    return True


async def _wake(ground: Ground, account_id: UUID) -> None:
    """Gives a run whose job failed for good another step."""
    async with ground.database.transaction(account_id) as tx:
        stuck = await tx.one(
            select(RetentionRun)
            .where(
                RetentionRun.account_id == account_id,
                RetentionRun.status != RunStatus.DONE,
                RetentionRun.asked_at < now() - STUCK_AFTER,
            )
            .with_for_update(skip_locked=True)
        )
        if stuck is not None:
            await ground.queue.enqueue(tx, JOB, stuck.id)


def last_minute_of(account_id: UUID, moment: datetime) -> datetime:
    """Returns when an account's minute of the day was last."""
    minute = int.from_bytes(hashlib.sha256(account_id.bytes).digest()[:4]) % (24 * 60)
    today = moment.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    return today if today <= moment else today - timedelta(days=1)
