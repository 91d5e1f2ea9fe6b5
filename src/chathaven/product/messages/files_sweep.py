"""Removing what has no row: objects of messages that were never written, or are gone."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.errors import Fault
from chathaven.engines.database.transaction import EVERYONE, Database
from chathaven.engines.files.objects import Away, Objects
from chathaven.product.messages.model import File

AFTER = timedelta(hours=1)
"""An object has its row within this time, or never."""
log = structlog.get_logger()


async def try_to_sweep(database: Database, objects: Objects) -> None:
    """Sweeps; where that is not possible now, the next time does."""
    try:
        await sweep_files(database, objects)
    except (Fault, Away) as fault:
        log.warning("files were not swept", kind=type(fault).__name__)


async def sweep_files(database: Database, objects: Objects, before: datetime | None = None) -> int:
    """Removes objects without a row that were written before a time. Returns how many.

    Args:
        database: where the rows are.
        objects: where the objects lie.
        before: an hour ago, where nothing is said.

    Raises:
        Away: the store cannot be reached.
        Unavailable: the database cannot be reached.
    """
    before = before or now() - AFTER
    accounts: dict[UUID, list[str]] = {}
    for name in await asyncio.to_thread(objects.older, before):
        first, _, rest = name.partition("/")
        # What is not named like ours is somebody else's in the same bucket.
        if rest.count("/") == 1 and (known := _uuid(first)):
            accounts.setdefault(known, []).append(name)
    removed = await asyncio.to_thread(objects.remove_parts, before)
    for account_id, names in accounts.items():
        kept = await _kept(database, account_id)
        gone = [name for name in names if name.rpartition("/")[2] not in kept]
        await objects.remove(gone)
        removed += len(gone)
    return removed


async def _kept(database: Database, account_id: UUID) -> set[str]:
    # Those of people who are out of sight are kept like all others.
    async with database.transaction(account_id, sees=EVERYONE) as tx:
        rows = await tx.values(
            select(File.object_name, File.thumbnail_name).where(File.account_id == account_id)
        )
    return {name for row in rows for name in row if name is not None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
