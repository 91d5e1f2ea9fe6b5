"""A connection of its own for one who writes all the time.

A transaction here is BEGIN and the first statements in one packet, and the last statements and
COMMIT in another: two round trips, where the pool's connections take one for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection

from chathaven.base.errors import Unavailable
from chathaven.engines.database.away import tell
from chathaven.engines.database.transaction import Database

_PLANS = {
    # Each row is found by its own key, however many there are: without statistics, which come
    # half a minute late, PostgreSQL would rather look through all of an account's.
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    # Then a plan stays right, and need not be made for each batch, which costs as much as a tenth
    # of running it.
    "plan_cache_mode": "force_generic_plan",
}
AWAY = (psycopg.OperationalError, psycopg.InterfaceError)


class Line:
    """Opens its connection when it is first needed, and anew after it was lost.

    For one transaction at a time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection[Any] | None = None
        self._used = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Runs the block in one transaction: committed at its end, rolled back when it raises.

        Statements are sent without waiting for their results until one of them is fetched.

        Raises:
            Unavailable: the database cannot be reached, or the commit is not known to be there.
        """
        try:
            connection = self._connection
            if connection is None or connection.closed:
                connection = self._connection = await self._open()
            async with connection.pipeline():
                await self._plan_anew(connection)
                yield connection
                await connection.commit()
        except AWAY as error:
            tell(error)
            await self.close()
            raise Unavailable(retry_after=1) from error
        except BaseException:
            await self._back()
            raise

    async def _open(self) -> AsyncConnection[Any]:
        connection = await self._database.connect()
        for setting, value in _PLANS.items():
            await connection.execute(f"SET {setting} = {value}")
        await connection.commit()
        self._used = 0
        return connection

    async def _plan_anew(self, connection: AsyncConnection[Any]) -> None:
        """Forgets plans in the 1st, 2nd, 4th, 8th … transaction.

        To a plan that was made while a table was empty, one index is as good as another.
        """
        self._used += 1
        if self._used.bit_count() == 1:
            await connection.execute("DISCARD PLANS")

    async def _back(self) -> None:
        """Takes back what was begun; a connection that cannot is given up."""
        try:
            if self._connection is not None:
                await self._connection.rollback()
        except psycopg.Error:
            await self.close()

    async def close(self) -> None:
        """Closes the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                await connection.close()
