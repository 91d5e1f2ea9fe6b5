"""The queue: a job is there when what caused it is, and carries ids only."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import TupleRow

from chathaven.base.ids import new_id
from chathaven.engines.database.data_map import Undeclared
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.jobs import queue as module
from chathaven.engines.jobs.queue import Queue, forget_workers_of_before
from tests.engines.stream.reading import eventually


class Undone(Exception):
    """Rolls a transaction back on purpose."""


class Done:
    """What a job was run with."""

    def __init__(self) -> None:
        self.with_ids: list[tuple[UUID, UUID]] = []
        self.failures = 0

    async def run(self, account_id: UUID, id: UUID) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("canary: ada@example.com")
        self.with_ids.append((account_id, id))


def jobs(urls: DatabaseUrls, name: str) -> list[TupleRow]:
    with psycopg.connect(urls.owner) as owner:
        return owner.execute(
            "SELECT args, status::text, attempts FROM procrastinate_jobs WHERE task_name = %s",
            (name,),
        ).fetchall()


def forget_others(urls: DatabaseUrls) -> None:
    """Takes away what earlier tests left in the queue: a worker would do all of it first."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def name() -> str:
    """A job's name of this test's own, for tests share the queue."""
    return f"test-{new_id()}"


@pytest.fixture
def done(urls: DatabaseUrls, name: str) -> tuple[Done, Queue]:
    forget_others(urls)
    made, queue = Done(), Queue(urls.app)
    queue.add(name, made.run)
    return made, queue


async def test_a_job_is_there_once_the_transaction_is(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, done: tuple[Done, Queue]
) -> None:
    _, queue = done
    id = new_id()
    async with database.transaction(tenant) as tx:
        await queue.enqueue(tx, name, id)
        assert jobs(urls, name) == []
    assert jobs(urls, name) == [({"account_id": str(tenant), "id": str(id)}, "todo", 0)]


async def test_a_transaction_that_is_undone_leaves_no_job(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, done: tuple[Done, Queue]
) -> None:
    _, queue = done
    with suppress(Undone):
        async with database.transaction(tenant) as tx:
            await queue.enqueue(tx, name, new_id())
            raise Undone
    assert jobs(urls, name) == []


async def test_a_job_runs_once_and_leaves_nothing(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, done: tuple[Done, Queue]
) -> None:
    seen, queue = done
    worker = asyncio.create_task(queue.work())
    ids = [new_id() for _ in range(5)]
    for id in ids:
        async with database.transaction(tenant) as tx:
            await queue.enqueue(tx, name, id)
    await eventually(lambda: len(seen.with_ids) == 5 and jobs(urls, name) == [])
    assert sorted(seen.with_ids) == sorted((tenant, id) for id in ids)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker


async def _killed_with_a_job(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, queue: Queue, beat: str
) -> None:
    """Leaves what a worker leaves that was killed at a job; its last sign of life was at `beat`."""
    async with database.transaction(tenant) as tx:
        await queue.enqueue(tx, name, new_id())
    with psycopg.connect(urls.owner) as owner:
        owner.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
            f" SELECT {beat} RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
            " WHERE task_name = %s",
            (name,),
        )


async def test_what_was_killed_together_with_its_database_is_taken_up_at_once(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, done: tuple[Done, Queue],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Though nobody would miss it for an hour."""
    monkeypatch.setattr(module, "DEAD_AFTER", 3_600.0)
    seen, queue = done
    before = "pg_postmaster_start_time() - interval '1 second'"
    await _killed_with_a_job(database, urls, tenant, name, queue, before)
    assert forget_workers_of_before(urls.app) == 1
    assert forget_workers_of_before(urls.app) == 0
    worker = asyncio.create_task(queue.work())
    await eventually(lambda: len(seen.with_ids) == 1)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker


async def test_a_worker_of_today_keeps_its_job(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, done: tuple[Done, Queue]
) -> None:
    _, queue = done
    await _killed_with_a_job(database, urls, tenant, name, queue, "now()")
    assert forget_workers_of_before(urls.app) == 0
    [(_, status, _)] = jobs(urls, name)
    assert status == "doing"
    forget_others(urls)


async def test_a_job_that_fails_is_tried_again_and_keeps_no_text_of_the_failure(
    database: Database, urls: DatabaseUrls, tenant: UUID, name: str, done: tuple[Done, Queue]
) -> None:
    seen, queue = done
    seen.failures = 1
    async with database.transaction(tenant) as tx:
        await queue.enqueue(tx, name, new_id())
    worker = asyncio.create_task(queue.work())
    await eventually(lambda: seen.failures == 0 and jobs(urls, name)[0][1:] == ("todo", 1))
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    with psycopg.connect(urls.owner) as owner:
        rows = owner.execute(
            "SELECT to_jsonb(j) || coalesce(to_jsonb(e), '{}') FROM procrastinate_jobs j"
            " LEFT JOIN procrastinate_events e ON e.job_id = j.id WHERE task_name = %s",
            (name,),
        ).fetchall()
    assert rows
    assert "canary" not in json.dumps(rows)


async def test_a_job_takes_ids_and_nothing_else(done: tuple[Done, Queue]) -> None:
    _, queue = done

    async def more(account_id: UUID, id: UUID, email: str) -> None: ...

    async def less(account_id: UUID) -> None: ...

    for run in (more, less):
        with pytest.raises(Undeclared, match="it may take account_id and id"):
            queue.add(f"test-{new_id()}", run)
