"""Erasing reaches every place and not only rows: jobs, letters, files, memory, streams."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines import stores
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Queue
from chathaven.engines.stores import StillThere
from chathaven.product.chats.model import Chat
from chathaven.product.privacy import erase
from chathaven.product.visitors.model import Visitor as VisitorRow
from tests.product.privacy.erasing import ask, erase_now, is_gone
from tests.product.privacy.test_erase_faults import to_the_end
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import PASSWORD, Company, Served

JOB = "test-about-somebody"


@pytest.fixture
def queue(ground: Ground) -> Queue:
    """A queue with jobs about a visitor and about a chat of theirs."""

    async def run(account_id: UUID, id: UUID) -> None:
        """Does nothing."""

    ground.queue.add(JOB, run, about=VisitorRow)
    ground.queue.add(f"{JOB}-chat", run, about=Chat)
    return ground.queue


async def receipts(company: Company, erasure_id: UUID) -> dict[str, dict[str, Any]]:
    shown = (await company.owner.get(f"/v1/erasures/{erasure_id}")).json()
    assert shown["status"] == "live"
    return {each["store"]: each for each in shown["receipts"]}


async def jobs_about(tx: Transaction, person_id: UUID) -> int:
    rows = await (await tx.driver()).execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE %s", (f"%{person_id}%",)
    )
    row = await rows.fetchone()
    assert row is not None
    return int(row[0])


async def test_jobs_in_every_state(
    served: Served, ground: Ground, queue: Queue, company: Company, visitor: Visitor,
    urls: DatabaseUrls,
) -> None:  # fmt: skip
    account_id = UUID(company.id)
    chat = UUID((await visitor.http.get("/v1/widget/me")).json()["chat"]["id"])
    async with ground.database.transaction(account_id) as tx:
        await queue.enqueue(tx, JOB, visitor.id)
        await queue.enqueue(tx, JOB, visitor.id, at=now() + timedelta(days=30))
        # About a row: the row tells whose it is.
        for _ in range(3):
            await queue.enqueue(tx, f"{JOB}-chat", chat)
        # About somebody else of the same account.
        other = new_id()
        await queue.enqueue(tx, JOB, other)
    with psycopg.connect(urls.owner) as owner:
        for status in ("failed", "cancelled", "aborted"):
            owner.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status, attempts = 8"
                " WHERE id = (SELECT min(id) FROM procrastinate_jobs WHERE task_name = %s"
                " AND status = 'todo' AND args->>'id' = %s)",
                (status, f"{JOB}-chat", str(chat)),
            )
    erasure_id = await ask(company, visitor)
    with psycopg.connect(urls.owner) as owner:
        said = owner.execute(
            "SELECT DISTINCT key, value FROM procrastinate_jobs, jsonb_each_text(args)"
            " WHERE args->>'account_id' = %s",
            (company.id,),
        ).fetchall()
    # Ids, and nothing else: a job outlives a kill, a backup and its retries.
    assert {key for key, _ in said} == {"account_id", "id", "about"}
    assert all(UUID(value) for _, value in said)
    await erase_now(served, company, erasure_id)
    found = (await receipts(company, erasure_id))["queued jobs"]
    assert (found["found"], found["removed"]) == (5, 5)
    async with ground.database.transaction(account_id) as tx:
        assert await jobs_about(tx, visitor.id) == 0
        assert await jobs_about(tx, chat) == 0
        assert await jobs_about(tx, other) == 1


async def test_a_job_that_runs_is_waited_for(
    served: Served, ground: Ground, queue: Queue, company: Company, visitor: Visitor,
    urls: DatabaseUrls,
) -> None:  # fmt: skip
    """It may have read before everything went: no certificate before it has ended."""
    async with ground.database.transaction(UUID(company.id)) as tx:
        await queue.enqueue(tx, JOB, visitor.id)
    doing = "UPDATE procrastinate_jobs SET status = %s WHERE args->>'about' = %s"
    with psycopg.connect(urls.owner) as owner:
        owner.execute(doing, ("doing", str(visitor.id)))
    erasure_id = await ask(company, visitor)
    with pytest.raises(StillThere, match="queued jobs"):
        await erase_now(served, company, erasure_id)
    with psycopg.connect(urls.owner) as owner:
        owner.execute(doing, ("failed", str(visitor.id)))
    await erase_now(served, company, erasure_id)
    assert await is_gone(ground, company, visitor, erasure_id)
    assert (await receipts(company, erasure_id))["queued jobs"]["removed"] >= 1


async def test_failed_jobs_go_after_a_week(
    ground: Ground, queue: Queue, company: Company, visitor: Visitor,
    urls: DatabaseUrls,
) -> None:  # fmt: skip
    ids = []
    for days in (6, 8):
        id = new_id()
        ids.append(str(id))
        async with ground.database.transaction(UUID(company.id)) as tx:
            await queue.enqueue(tx, JOB, id)
        with psycopg.connect(urls.owner) as owner:
            owner.execute(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE args->>'id' = %s", (str(id),)
            )
            owner.execute(
                "UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'id' = %s", (str(id),)
            )
            owner.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(days => %s)"
                " WHERE job_id IN (SELECT id FROM procrastinate_jobs WHERE args->>'id' = %s)",
                (days, str(id)),
            )
    worker = asyncio.create_task(queue.work())
    left: list[Any] = []
    for _ in range(200):
        with psycopg.connect(urls.owner) as owner:
            left = owner.execute(
                "SELECT args->>'id' FROM procrastinate_jobs WHERE args->>'id' = ANY(%s)", (ids,)
            ).fetchall()
        if len(left) < 2:
            break
        await asyncio.sleep(0.05)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert left == [(ids[0],)]


async def test_letters_about_them_and_no_others(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
) -> None:
    other = new_id()
    for about in (visitor.id, other, None, visitor.id):
        await ground.post.send("vera@visitor.example", "Your copy", "Hello", about=about)
    outbox = served.data / "outbox"
    assert len(list(outbox.iterdir())) == 4
    # What a kill left half written.
    (outbox / f"20260101-000000-0-{new_id()}.{visitor.id}.draft").write_text("From: ")
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    left = [path.name for path in outbox.iterdir()]
    assert len(left) == 2
    assert not [name for name in left if str(visitor.id) in name]
    found = (await receipts(company, erasure_id))["letters"]
    assert (found["found"], found["removed"], found["verified"]) == (3, 3, True)


async def test_exports_that_held_them(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
) -> None:
    answer = await company.owner.post("/v1/account/exports", json={"password": PASSWORD})
    export_id = UUID(answer.json()["id"])
    await to_the_end(ground, company, export_id)
    [file] = (served.data / "exports" / company.id).iterdir()
    before = file.read_bytes()
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    found = (await receipts(company, erasure_id))["files of exports"]
    assert (found["found"], found["removed"], found["verified"]) == (1, 1, True)
    assert not file.exists() or file.read_bytes() != before


async def test_what_is_remembered_is_forgotten(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
) -> None:
    account_id = UUID(company.id)
    await visitor.http.patch("/v1/widget/me", json={"name": "Vera"})
    # Asked twice: what a transaction has written itself is not kept.
    for _ in range(2):
        await company.owner.get(f"/v1/visitors/{visitor.id}")
    assert ground.vault.remembers(account_id, visitor.id)
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    assert not ground.vault.remembers(account_id, visitor.id)
    found = (await receipts(company, erasure_id))["memory"]
    assert found["found"] >= 1
    assert found["verified"]


async def test_what_is_found_again_stops_the_certificate(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A letter that a job wrote while everything else went."""
    remove_outside = stores.remove_outside

    async def and_then_a_letter(*given: Any) -> None:
        await remove_outside(*given)
        await ground.post.send("vera@visitor.example", "Late", "Hello", about=visitor.id)

    erasure_id = await ask(company, visitor)
    with monkeypatch.context() as patch:
        patch.setattr(erase, "remove_outside", and_then_a_letter)
        with pytest.raises(StillThere, match="letters"):
            await erase_now(served, company, erasure_id)
    assert not await is_gone(ground, company, visitor, erasure_id)
    await erase_now(served, company, erasure_id)
    assert await is_gone(ground, company, visitor, erasure_id)
    assert (await receipts(company, erasure_id))["letters"]["found"] == 1


async def test_each_place_is_looked_at_again(
    ground: Ground, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other holds something, and each stops the certificate by its name."""
    nobody = new_id()

    async def something(*_: Any) -> int:
        return 1

    async with ground.database.transaction(UUID(company.id)) as tx:
        clean = await stores.look_again(tx, ground.stores, nobody, [])
        assert [each.store for each in clean] == [store.name for store in ground.stores]
        for store in ground.stores:

            async def one_table(*_: Any, name: str = store.name) -> dict[str, int]:
                return {name: 1}

            with monkeypatch.context() as patch:
                if isinstance(store, stores.Rows):
                    patch.setattr(stores, "count", one_table)
                else:
                    patch.setattr(store, "find", something)
                with pytest.raises(StillThere) as stopped:
                    await stores.look_again(tx, ground.stores, nobody, [])
            assert str(stopped.value) == store.name
    assert len(ground.stores) > 30
