"""Noting outside the database what a restore of it must not undo."""

from __future__ import annotations

import asyncio

import structlog

from chathaven.base.errors import Unavailable
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger import NotALedger
from chathaven.engines.ledger_changes import Change

log = structlog.get_logger()


def note(tx: Transaction, change: Change) -> None:
    """Has the ledger know of a change before the transaction commits that makes it.

    So what was acknowledged is in the ledger. What is in the ledger and was never committed does
    little harm: it was asked for, and protects whom it is about. Where the ledger cannot be written
    the transaction fails (`Unavailable`), with nothing changed, and may be tried again.

    Called before `record`: nobody waits for the disk while the audit log is locked.

    Raises:
        RuntimeError: this way to the database has no ledger.
    """
    ledger = tx.ledger
    if ledger is None:
        raise RuntimeError("Whoever changes this takes a way to the database that has a ledger.")

    async def write() -> None:
        try:
            await asyncio.to_thread(ledger.note_changes, [change])
        except (OSError, NotALedger) as error:
            # Not its text: an error of the system names a folder, and no more is wanted of it.
            log.warning("the ledger cannot be written", code=type(error).__name__)
            raise Unavailable(retry_after=5) from error

    tx.before_commit(write)
