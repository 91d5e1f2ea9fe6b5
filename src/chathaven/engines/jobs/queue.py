"""The queue: a job is enqueued in the transaction that causes it, and carries ids only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import procrastinate
import psycopg
from procrastinate import PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from sqlalchemy import select

from chathaven.engines.database.data_map import Undeclared
from chathaven.engines.database.shrink import LOOK_SECONDS
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction

Run = Callable[..., Awaitable[None]]
RETRIES = RetryStrategy(max_attempts=8, exponential_wait=4)
"""Waits 4, 16, 64 … seconds between attempts, and gives up after a day."""

PATIENCE = 3
"""Seconds that the worker waits for a connection. Its own thirty would outlast the time in which
a server whose database is gone has to end."""

HEARTBEAT = 3.0
"""Seconds between a worker's signs of life."""
DEAD_AFTER = 10.0
"""Seconds without one, after which its jobs are another's."""


FAILED_STAY_HOURS = 7 * 24
"""How long a job that failed for good is kept for whoever looks after the server (R7)."""
TIDY_SECONDS = 3600.0

About = type[Table] | None | Literal["unsaid"]


class Queue:
    """Jobs by name. Their arguments are the ids of an account and of one row.

    A job about somebody bears that person's id as well (`about`), so that it is found when the
    person is erased, in whatever state it is, and when its row has gone.
    """

    def __init__(self, dsn: str) -> None:
        self._app = procrastinate.App(
            connector=PsycopgConnector(
                conninfo=dsn, min_size=1, max_size=4, timeout=PATIENCE, max_idle=LOOK_SECONDS
            )
        )
        self.about: dict[str, About] = {}

    def add(self, name: str, run: Run, about: About = "unsaid") -> None:
        """Names a job. `run(account_id, id)` is called with the two ids.

        `about` is the table in which the id is looked up for the person that the row is about;
        None says that it is about nobody. A test fails where nothing is said.

        Raises:
            Undeclared: it takes other arguments; content belongs into sealed rows.
        """
        taken = set(run.__annotations__) - {"return"}
        if taken != {"account_id", "id"}:
            raise Undeclared(f"Job {name} takes {sorted(taken)}; it may take account_id and id.")

        async def call(account_id: str, id: str, about: str | None = None) -> None:
            await run(account_id=UUID(account_id), id=UUID(id))

        self.about[name] = about
        self._app.task(name=name, retry=RETRIES)(call)

    async def enqueue(
        self,
        tx: Transaction,
        name: str,
        id: UUID,
        at: datetime | None = None,
        about: UUID | None = None,
    ) -> None:
        """Enqueues a job about one row of the transaction's account, for now or for a time.

        `about` is the person; where it is not given, the row in the job's table tells.
        """
        task: Any = self._app.tasks[name]
        person_id = about or await self._person(tx, name, id)
        given = {"account_id": str(tx.account_id), "id": str(id)}
        if person_id is not None:
            given["about"] = str(person_id)
        await task.configure(connection=await tx.driver(), schedule_at=at).defer_async(**given)

    async def _person(self, tx: Transaction, name: str, id: UUID) -> UUID | None:
        table = self.about[name]
        if table is None or table == "unsaid" or table.holding.person is None:
            return None
        if table.holding.person == "id":
            return id
        columns = table.__table__.c
        found: UUID | None = await tx.value(
            select(columns[table.holding.person]).where(
                columns["account_id"] == tx.account_id, columns["id"] == id
            )
        )
        return found

    async def forget_account(self, tx: Transaction, but: UUID) -> int:
        """Deletes the jobs of the transaction's account that are not about row `but`.

        Those that run at this moment come to their own end. Returns how many were deleted.
        """
        rows = await (await tx.driver()).execute(
            "DELETE FROM procrastinate_jobs WHERE args->>'account_id' = %s"
            " AND args->>'id' <> %s AND status <> 'doing'",
            (str(tx.account_id), str(but)),
        )
        return rows.rowcount

    async def work(self) -> None:
        """Runs jobs until cancelled; a database that is away is waited for."""
        async with self._app.open_async():
            # Before the worker looks for the first time: afterwards it looks every few seconds.
            await self._take_up()
            beside = [asyncio.create_task(each) for each in (self._rescue(), self._tidy())]
            try:
                await self._app.run_worker_async(
                    install_signal_handlers=False,
                    listen_notify=True,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=10,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=DEAD_AFTER,
                )
            finally:
                for task in beside:
                    task.cancel()

    async def _rescue(self) -> None:
        """Takes up the jobs of workers that were killed; left alone they would wait for ever."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._take_up()

    async def _take_up(self) -> None:
        with suppress(ConnectorException):
            jobs = self._app.job_manager
            for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                await jobs.retry_job(job)

    async def _tidy(self) -> None:
        """Deletes what failed for good, and was then kept long enough."""
        while True:
            with suppress(ConnectorException):
                await self.forget_failed()
            await asyncio.sleep(TIDY_SECONDS)

    async def forget_failed(self) -> None:
        """Deletes jobs that ended, in whatever way, and are older than `FAILED_STAY_HOURS`."""
        await self._app.job_manager.delete_old_jobs(
            nb_hours=FAILED_STAY_HOURS,
            include_failed=True,
            include_cancelled=True,
            include_aborted=True,
        )


def forget_workers_of_before(dsn: str) -> int:
    """Forgets workers without a sign of life since the database started; returns how many.

    For an embedded database alone: it is killed together with all who work on it, so their jobs
    need not wait until `DEAD_AFTER` is over.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < pg_postmaster_start_time()"
        ).rowcount


Lost = ConnectorException
"""What `Queue.work` raises when the database goes away."""
