"""Connections at rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from uuid import UUID

import pytest
from sqlalchemy import text

from chathaven.engines.database.shrink import shrink
from chathaven.engines.database.transaction import Database

OFTEN = 0.05


@pytest.fixture
async def shrinking(database: Database) -> AsyncIterator[None]:
    task = asyncio.create_task(shrink(database.engine, OFTEN))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def open_now(database: Database, tenant: UUID, count: int) -> set[int]:
    """Opens so many transactions at once, and returns the processes that served them."""
    async with AsyncExitStack() as stack:
        all_of = [
            await stack.enter_async_context(database.transaction(tenant)) for _ in range(count)
        ]
        rows = [await tx.session.execute(text("SELECT pg_backend_pid()")) for tx in all_of]
        return {row.scalar_one() for row in rows}


async def alive(database: Database, tenant: UUID, pids: set[int]) -> set[int]:
    async with database.transaction(tenant) as tx:
        rows = await tx.session.execute(text("SELECT pid FROM pg_stat_activity"))
        return pids & set(rows.scalars())


async def test_those_that_nobody_needs_are_closed(
    database: Database, tenant: UUID, shrinking: None
) -> None:
    opened = await open_now(database, tenant, 4)
    assert len(opened) == 4
    async with asyncio.timeout(20):
        while len(await alive(database, tenant, opened)) > 1:
            await asyncio.sleep(OFTEN)
    # And there are more again as soon as they are needed.
    assert len(await open_now(database, tenant, 4)) == 4


async def test_those_in_use_stay(database: Database, tenant: UUID, shrinking: None) -> None:
    async with AsyncExitStack() as stack:
        used = await stack.enter_async_context(database.transaction(tenant))
        row = await used.session.execute(text("SELECT pg_backend_pid()"))
        pid = row.scalar_one()
        await open_now(database, tenant, 3)
        await asyncio.sleep(OFTEN * 6)
        row = await used.session.execute(text("SELECT pg_backend_pid()"))
        assert row.scalar_one() == pid
