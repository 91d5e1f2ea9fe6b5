"""Waiting until one transaction waits for another, for tests of what happens in between."""

from __future__ import annotations

import asyncio

import psycopg

from chathaven.engines.database.urls import DatabaseUrls

_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"


async def until_somebody_waits(urls: DatabaseUrls, holder: int, seconds: float = 30) -> None:
    """Waits until a connection waits for what the one of this process number holds.

    Raises:
        TimeoutError: nobody did.
    """
    async with (
        asyncio.timeout(seconds),
        await psycopg.AsyncConnection.connect(urls.owner, autocommit=True) as looking,
    ):
        while await (await looking.execute(_BLOCKED, (holder,))).fetchone() == (0,):
            await asyncio.sleep(0.01)
