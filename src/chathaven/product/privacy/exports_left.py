"""Files of exports: where they rest, how they go with a commit, and what a crash left of them.

A file goes after the commit that gives it up, for one that is rolled back gives up nothing. Whoever
is killed in between leaves it: without a key, so nobody can read it, and found by its name.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.privacy.model import AccountExport


def exports_folder(data: Path, account_id: UUID) -> Path:
    """Returns where an account's exports rest."""
    return data / "exports" / str(account_id)


def gone_after(tx: Transaction, path: Path) -> None:
    """Deletes a file once the transaction is committed; the caller holds the lock of its export.

    A job in another process may have begun the next file of that name by then: that one stays.
    """
    seen = _seen(path)
    if seen is None:
        return

    def delete() -> None:
        if _seen(path) == seen:
            path.unlink(missing_ok=True)

    tx.after_commit(delete)


def _seen(path: Path) -> tuple[int, int] | None:
    # A number is given again at once, the time of the last change is not.
    with suppress(FileNotFoundError):
        found = path.stat()
        return found.st_ino, found.st_ctime_ns
    return None


async def strays(tx: Transaction, ground: Ground) -> list[Path]:
    """Returns the files of the account's folder that belong to no export."""
    folder = exports_folder(ground.settings.data, tx.account_id)
    # Before the rows, for a row is there before its file.
    files = await asyncio.to_thread(lambda: list(folder.glob("*")))
    if not files:
        return []
    rows = await tx.values(
        select(AccountExport.id).where(AccountExport.account_id == tx.account_id)
    )
    known = {str(row[0]) for row in rows}
    return [file for file in files if file.name.partition(".")[0] not in known]


async def sweep_exports(ground: Ground) -> int:
    """Deletes files of exports that are no more, of every account; returns how many.

    Raises:
        Unavailable: the database cannot be reached.
    """
    root = ground.settings.data / "exports"
    swept = 0
    for folder in await asyncio.to_thread(lambda: list(root.glob("*"))):
        with suppress(ValueError):
            async with ground.database.transaction(UUID(folder.name)) as tx:
                found = await strays(tx, ground)
            for each in found:
                each.unlink(missing_ok=True)
            swept += len(found)
    return swept
