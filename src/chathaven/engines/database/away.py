"""What a database raises that is away, and letting go of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""The database is away or gave up. `Transaction.driver` raises the driver's own errors."""


async def quietly(call: Callable[[], Any]) -> None:
    """Runs a clean-up that may fail because the connection is gone already."""
    with suppress(DBAPIError, psycopg.Error):
        await call()
