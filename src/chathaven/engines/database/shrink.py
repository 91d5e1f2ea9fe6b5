"""Connections that are not needed any more are closed.

Each is a process of PostgreSQL with 3 MB of its own, and a pool by itself keeps as many as there
ever were at once.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

LOOK_SECONDS = 5.0


async def shrink(engine: AsyncEngine, every: float = LOOK_SECONDS) -> None:
    """Closes an engine's connections, where more rest than were in use at once since the last look.

    `every` is in seconds. Runs until it is cancelled.
    """
    needed = 0

    def count(*_: Any) -> None:
        nonlocal needed
        needed = max(needed, pool().checkedout())

    def pool() -> QueuePool:
        return cast("QueuePool", engine.pool)

    event.listen(engine.sync_engine, "checkout", count)
    try:
        while True:
            await asyncio.sleep(every)
            # One in use would be lost to the pool, which is made anew.
            if not pool().checkedout() and pool().checkedin() > max(1, needed):
                with suppress(DBAPIError, psycopg.Error):
                    await engine.dispose()
            needed = pool().checkedout()
    finally:
        event.remove(engine.sync_engine, "checkout", count)
