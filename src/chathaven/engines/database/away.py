"""What a database raises that is away, and letting go of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg.errors import DiskFull
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""The database is away or gave up. `Transaction.driver` raises the driver's own errors."""


TELL_AGAIN_SECONDS = 60.0
_told = float("-inf")
log = structlog.get_logger()


def tell(error: BaseException) -> None:
    """Says in the log, once a minute, that the database has no room to write: whoever asks is told
    to try again, and nobody else would learn what is to be done.
    """
    global _told  # noqa: PLW0603  one clock for all connections of the process
    if isinstance(getattr(error, "orig", error), DiskFull):
        moment = time.monotonic()
        if moment - _told >= TELL_AGAIN_SECONDS:
            _told = moment
            log.error("the disk of the database is full; nothing is written until there is room")


async def quietly(call: Callable[[], Any]) -> None:
    """Runs a clean-up that may fail because the connection is gone already."""
    with suppress(DBAPIError, psycopg.Error):
        await call()
