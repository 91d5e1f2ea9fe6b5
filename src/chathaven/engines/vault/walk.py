"""Transactions of the shred tick: over one account, or over the keys of all of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, LockNotAvailable

from chathaven.engines.vault.epochs import EVERY_ACCOUNT

Connection = AsyncConnection[Any]
T = TypeVar("T")

ATTEMPTS = 20
LOCK_SECONDS = 1.0
"""How long others may have to wait behind us; then we let them pass, and come again."""


@asynccontextmanager
async def every_account(connection: Connection) -> AsyncIterator[None]:
    """Runs the block in a transaction that sees the wrapped keys of all accounts."""
    async with connection.transaction():
        await connection.execute(EVERY_ACCOUNT)
        yield


@asynccontextmanager
async def one_account(connection: Connection, account_id: UUID) -> AsyncIterator[None]:
    """Runs the block in a transaction of one account that sees restricted people too."""
    async with connection.transaction():
        await connection.execute(
            "SELECT set_config('app.account', %s, true), set_config('app.sees', 'everyone', true)",
            (str(account_id),),
        )
        yield


async def until_free(call: Callable[[], Awaitable[T]]) -> T:
    """Runs a transaction again while others are in its way.

    Raises:
        LockNotAvailable: they stayed for most of a minute.
        DeadlockDetected: the same.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await call()
        except (LockNotAvailable, DeadlockDetected):
            await asyncio.sleep(0.2 + random.random())
    return await call()
