"""The queue: a job is enqueued in the transaction that causes it, and carries ids only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate import PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException

from chathaven.engines.database.data_map import Undeclared
from chathaven.engines.database.transaction import Transaction

Run = Callable[..., Awaitable[None]]
RETRIES = RetryStrategy(max_attempts=8, exponential_wait=4)
"""Waits 4, 16, 64 … seconds between attempts, and gives up after a day. (Twelve would be 64.)"""

PATIENCE = 3
"""Seconds that the worker waits for a connection. Its own thirty would outlast the time in which
a server whose database is gone has to end."""

HEARTBEAT = 3.0
"""Seconds between a worker's signs of life."""
DEAD_AFTER = 10.0
"""Seconds without one, after which its jobs are another's."""


class Queue:
    """Jobs by name. Their arguments are the ids of an account and of one row."""

    def __init__(self, dsn: str) -> None:
        self._app = procrastinate.App(
            connector=PsycopgConnector(conninfo=dsn, min_size=1, max_size=4, timeout=PATIENCE)
        )

    def add(self, name: str, run: Run) -> None:
        """Names a job. `run(account_id, id)` is called with the two ids.

        Raises:
            Undeclared: it takes other arguments; content belongs into sealed rows.
        """
        taken = set(run.__annotations__) - {"return"}
        if taken != {"account_id", "id"}:
            raise Undeclared(f"Job {name} takes {sorted(taken)}; it may take account_id and id.")

        async def call(account_id: str, id: str) -> None:
            await run(account_id=UUID(account_id), id=UUID(id))

        self._app.task(name=name, retry=RETRIES)(call)

    async def enqueue(
        self, tx: Transaction, name: str, id: UUID, at: datetime | None = None
    ) -> None:
        """Enqueues a job about one row of the transaction's account, for now or for a time."""
        task: Any = self._app.tasks[name]
        await task.configure(connection=await tx.driver(), schedule_at=at).defer_async(
            account_id=str(tx.account_id), id=str(id)
        )

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
            rescue = asyncio.create_task(self._rescue())
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
                rescue.cancel()

    async def _rescue(self) -> None:
        """Takes up the jobs of workers that were killed; left alone they would wait for ever."""
        while True:
            with suppress(ConnectorException):
                jobs = self._app.job_manager
                for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                    await jobs.retry_job(job)
            await asyncio.sleep(HEARTBEAT)


Lost = ConnectorException
"""What `Queue.work` raises when the database goes away."""
