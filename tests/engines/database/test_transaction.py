"""Transactions: whole or not at all, told after the commit, and honest about a lost database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from chathaven.base.clock import now
from chathaven.base.errors import Unavailable
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.product.visitors.model import Visitor
from tests.ground import new_person


class Undone(Exception):
    """Rolls a transaction back on purpose."""


async def test_what_waits_for_the_commit_runs_after_it_and_only_then(
    database: Database, tenant: UUID
) -> None:
    called: list[str] = []
    async with database.transaction(tenant) as tx:
        tx.after_commit(lambda: called.append("committed"))
        assert called == []
    assert called == ["committed"]
    with suppress(Undone):
        async with database.transaction(tenant) as tx:
            tx.after_commit(lambda: called.append("never"))
            raise Undone
    assert called == ["committed"]


async def test_what_waits_for_the_commit_is_not_held_up_by_a_bug_in_one(database: Database) -> None:
    called: list[int] = []

    def fail() -> None:
        called.append(2)
        raise RuntimeError("a bug")

    async def run() -> None:
        async with database.transaction() as tx:
            tx.after_commit(lambda: called.append(1))
            tx.after_commit(fail)
            tx.after_commit(lambda: called.append(3))

    with pytest.raises(RuntimeError, match="a bug"):
        await run()
    assert called == [1, 2, 3]


async def test_a_transaction_without_a_tenant_has_no_account(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(RuntimeError, match="no account"):
            _ = tx.account_id


async def test_plain_text_never_gets_into_a_sealed_column(database: Database, tenant: UUID) -> None:
    person = await new_person(database, tenant)
    async with database.transaction(tenant) as tx:
        await tx.insert(
            Visitor(
                account_id=tenant,
                id=person,
                site_id=new_id(),
                chat_id=new_id(),
                name="Ada",
                created_at=now(),
                last_seen_at=now(),
            )
        )

    async def behind_its_back(tx: Transaction) -> None:
        row = await tx.one(select(Visitor).where(Visitor.id == person))
        assert row is not None
        row.name = "Grace"
        await tx.session.flush()

    with pytest.raises(StatementError, match="sealed bytes only") as caught:
        async with database.transaction(tenant) as tx:
            await behind_its_back(tx)
    assert isinstance(caught.value.orig, TypeError)


async def end_connections(urls: DatabaseUrls) -> None:
    """Ends every connection of the application, as a database that is restarted does."""
    async with await psycopg.AsyncConnection.connect(urls.app, autocommit=True) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )


async def through_the_session(tx: Transaction) -> None:
    await tx.all(select(Visitor))


async def through_the_driver(tx: Transaction) -> None:
    driver = await tx.driver()
    await driver.execute("SELECT 1")


@pytest.mark.parametrize("ask", [through_the_session, through_the_driver])
async def test_a_connection_that_ends_in_the_middle_is_unavailable(
    database: Database,
    urls: DatabaseUrls,
    tenant: UUID,
    ask: Callable[[Transaction], Awaitable[None]],
) -> None:
    called: list[Any] = []

    async def interrupted() -> None:
        async with database.transaction(tenant) as tx:
            tx.after_commit(lambda: called.append("never"))
            await end_connections(urls)
            await ask(tx)

    with pytest.raises(Unavailable) as caught:
        await interrupted()
    assert caught.value.retry_after == 1
    assert called == []


async def test_a_pool_of_ended_connections_heals_by_itself(
    database: Database, urls: DatabaseUrls, tenant: UUID
) -> None:
    async def one() -> bool:
        try:
            async with database.transaction(tenant) as tx:
                await asyncio.sleep(0.01)
                await through_the_session(tx)
        except Unavailable:
            return False
        return True

    assert all(await asyncio.gather(*(one() for _ in range(8))))
    await end_connections(urls)
    # Each dead connection may cost one try; nobody waits for ever and nothing stays broken.
    await asyncio.gather(*(one() for _ in range(16)))
    assert all(await asyncio.gather(*(one() for _ in range(8))))
    assert await database.ready()


async def test_a_database_that_is_not_there_is_unavailable(database: Database) -> None:
    away = Database("host=/nowhere user=nobody dbname=none", database.vault)
    with pytest.raises(Unavailable):
        async with away.transaction() as tx:
            await through_the_driver(tx)
    assert not await away.ready()
    await away.close()


async def test_a_request_that_is_cancelled_leaves_the_connection_clean(
    database: Database, tenant: UUID
) -> None:
    async def slow() -> None:
        async with database.transaction(tenant) as tx:
            driver = await tx.driver()
            await driver.execute("SELECT pg_sleep(30)")

    for _ in range(10):
        task = asyncio.create_task(slow())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(10):
        assert await database.ready()
