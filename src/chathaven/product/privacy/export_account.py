"""An export of a whole account: a job that writes a ZIP, a few seconds at a time.

It walks the data map: every table of the account, every column that is given out, as JSON Lines.
After each few seconds it keeps how far it came, in the transaction that enqueues the next few:
so it goes on after a restart, and no other job waits long. While it writes it holds the lock of
its row; who erases a person takes that lock too and lets the export begin anew, without them.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.data_map import Retention
from chathaven.engines.database.tables import Table, all_tables
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.sealed_file import KEY_BYTES, read_sealed
from chathaven.engines.ground import Ground
from chathaven.engines.vault.keyring import unwrap, wrap
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.audit.record import record
from chathaven.product.privacy.export_writing import Progress, Writing
from chathaven.product.privacy.exports_left import exports_folder, gone_after
from chathaven.product.privacy.grants import drop_grants
from chathaven.product.privacy.model import AccountExport, ExportStatus

JOB = "export-account"
EXPIRE_JOB = "expire-export"
SLICE_SECONDS = 2.0
"""How long other jobs wait for one step of an export."""
PASSING = frozenset({Retention.EXPORT, Retention.QUEUE})
"""What is on its way only is no part of an account."""


class ExportView(msgspec.Struct):
    """An export as shown: `done` of `total` rows, and until when it is fetched unasked."""

    id: UUID
    status: str
    done: int
    total: int
    bytes: int
    requested_at: str
    expires_at: str
    granted_until: str | None


def export_view(export: AccountExport, granted_until: datetime | None) -> ExportView:
    """Returns an export as shown."""
    return ExportView(
        id=export.id,
        status=export.status,
        done=export.done,
        total=export.total,
        bytes=export.size,
        requested_at=_utc(export.requested_at),
        expires_at=_utc(export.expires_at),
        granted_until=_utc(granted_until) if granted_until else None,
    )


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def account_tables() -> list[type[Table]]:
    """Returns every table of an account that is exported, by name."""
    return [
        table
        for table in all_tables()
        if table.is_tenants() and table.holding.retention not in PASSING
    ]


def _path(ground: Ground, export: AccountExport) -> Path:
    return exports_folder(ground.settings.data, export.account_id) / f"{export.id}.sealed"


def _bound(export: AccountExport) -> bytes:
    return b"export|%b|%b|" % (export.account_id.bytes, export.id.bytes)


# Asking


async def ask_for_export(tx: Transaction, ground: Ground, actor: Operator) -> AccountExport:
    """Writes that an account is to be exported, and enqueues the work.

    Raises:
        Conflict: one is being written already (`export_running`).
    """
    # Locked, so that of two who ask at once the second finds the first's.
    account = await read_account(tx, lock=True)
    days = msgspec.convert(account.settings, AccountSettings).privacy.retention.export_days
    for export in await list_exports(tx):
        if export.status in {ExportStatus.QUEUED, ExportStatus.RUNNING}:
            raise Conflict(
                "An export is being written already.",
                code="export_running",
                extra={"id": str(export.id)},
            )
    moment = now()
    export = AccountExport(
        account_id=tx.account_id,
        id=new_id(),
        status=ExportStatus.QUEUED,
        requested_by=actor.id,
        done=0,
        total=0,
        size=0,
        requested_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    await tx.insert(export)
    await ground.queue.enqueue(tx, JOB, export.id)
    await ground.queue.enqueue(tx, EXPIRE_JOB, export.id, export.expires_at)
    await record(tx, actor, "export-asked", "export", export.id)
    return export


async def list_exports(tx: Transaction) -> list[AccountExport]:
    """Returns the account's exports that have not expired, the newest first."""
    return await tx.all(
        select(AccountExport)
        .where(AccountExport.account_id == tx.account_id, AccountExport.expires_at > now())
        .order_by(AccountExport.requested_at.desc())
    )


async def read_export(tx: Transaction, export_id: UUID) -> AccountExport:
    """Returns one export.

    Raises:
        NotFound: there is none, or it has expired.
    """
    for export in await list_exports(tx):
        if export.id == export_id:
            return export
    raise NotFound()


async def open_export(
    tx: Transaction, ground: Ground, export_id: UUID
) -> tuple[AccountExport, AsyncIterator[bytes]]:
    """Returns an export and its ZIP, which is read and opened while it is sent.

    Raises:
        NotFound: there is none, or it has expired.
        Conflict: it is not ready (`export_not_ready`).
    """
    export = await read_export(tx, export_id)
    if export.status != ExportStatus.READY or export.file_key is None:
        raise Conflict("The export is not ready.", code="export_not_ready")
    key = unwrap(await _account_key(tx), export.file_key, _bound(export))
    return export, _opened(_path(ground, export), key, _bound(export))


async def _opened(path: Path, key: bytes, bound: bytes) -> AsyncIterator[bytes]:
    pieces = read_sealed(path, key, bound)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


async def drop_export(tx: Transaction, ground: Ground, export_id: UUID) -> None:
    """Deletes an export with its file and key; where there is none it does nothing."""
    export = await _locked(tx, export_id)
    if export is not None:
        await tx.run(
            delete(AccountExport).where(
                AccountExport.account_id == tx.account_id, AccountExport.id == export_id
            )
        )
        await drop_grants(tx, export_id)
        gone_after(tx, _path(ground, export))


async def begin_anew(tx: Transaction, ground: Ground) -> None:
    """Lets every export of the account be written anew, for somebody in it is being erased."""
    for each in await list_exports(tx):
        export = await _locked(tx, each.id)
        if export is None:
            continue
        # Also that of one that waits: whoever was killed may have left it.
        gone_after(tx, _path(ground, export))
        if export.status == ExportStatus.QUEUED:
            continue
        await tx.update(
            export, status=ExportStatus.QUEUED, file_key=None, progress=None, done=0, size=0
        )
        await ground.queue.enqueue(tx, JOB, export.id)


async def _locked(tx: Transaction, export_id: UUID, *, wait: bool = True) -> AccountExport | None:
    """Returns an export under its lock; without `wait` None where another holds it."""
    return await tx.one(
        select(AccountExport)
        .where(AccountExport.account_id == tx.account_id, AccountExport.id == export_id)
        .with_for_update(skip_locked=not wait)
    )


async def _account_key(tx: Transaction) -> bytes:
    keys = await tx.vault.keys(await tx.driver(), tx.account_id, [tx.account_id])
    return keys[tx.account_id].raw


# Writing


def export_account_job(ground: Ground) -> Callable[..., Any]:
    """Returns the job that writes."""

    async def run(account_id: UUID, id: UUID) -> None:
        async with ground.database.transaction(account_id) as tx:
            # Where another holds it, a job that was thought dead is alive, and goes on itself.
            export = await _locked(tx, id, wait=False)
            if export is None or export.status in {ExportStatus.READY, ExportStatus.FAILED}:
                return
            try:
                await _write_on(tx, ground, export)
            except OSError:
                await tx.update(export, status=ExportStatus.FAILED, file_key=None, progress=None)
                with suppress(OSError):
                    _path(ground, export).unlink(missing_ok=True)
            tx.after_commit(lambda: ground.bus.changed(account_id, "exports", id))

    return run


def expire_export_job(ground: Ground) -> Callable[..., Any]:
    """Returns the job that deletes an export when its time is over."""

    async def run(account_id: UUID, id: UUID) -> None:
        async with ground.database.transaction(account_id) as tx:
            await drop_export(tx, ground, id)

    return run


async def _write_on(tx: Transaction, ground: Ground, export: AccountExport) -> None:
    key = await _key_of(tx, ground, export)
    kept = msgspec.convert(export.progress, Progress) if export.progress else Progress()
    path, bound = _path(ground, export), _bound(export)
    writing = Writing(ground.objects, path, key, bound, export.requested_at, kept)
    try:
        deadline = time.monotonic() + SLICE_SECONDS
        tables = account_tables()
        await writing.write_part(tx, tables, deadline)
        while not writing.is_through(tables) and time.monotonic() < deadline:
            await writing.write_part(tx, tables, deadline)
        if writing.is_through(tables):
            company = (await read_account(tx)).company
            size = await writing.finish(ground.signing, tx.account_id, company)
            values: dict[str, Any] = {"status": ExportStatus.READY, "size": size, "progress": None}
        else:
            progress = await writing.keep()
            values = {"progress": msgspec.to_builtins(progress), "size": progress.offset}
            await ground.queue.enqueue(tx, JOB, export.id)
    finally:
        writing.close()
    done = sum(writing.rows.values())
    total = done if "status" in values else max(export.total, done)
    await tx.update(export, done=done, total=total, **values)


async def _key_of(tx: Transaction, ground: Ground, export: AccountExport) -> bytes:
    """Returns the key of the file; where it is not begun, a new one for a new file."""
    over = await _account_key(tx)
    if export.file_key is not None and export.progress is not None:
        return unwrap(over, export.file_key, _bound(export))
    await asyncio.to_thread(_path(ground, export).unlink, missing_ok=True)
    key = os.urandom(KEY_BYTES)
    total = 0
    for table in account_tables():
        counting = select(func.count()).select_from(table)
        total += await tx.value(counting.where(table.__table__.c["account_id"] == tx.account_id))
    wrapped = wrap(over, key, _bound(export))
    await tx.update(export, status=ExportStatus.RUNNING, file_key=wrapped, total=total)
    return key
