"""The second stage: once no root is left that could open a copy, an erasure is final.

The shred tick gives an account in which somebody was erased new keys, and destroys old roots
after their grace. An erasure knows the newest root under which the person's key hung.

With each tick, so once a day, the ledger gets the root over all certificates since the last one.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.base.errors import Fault
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.ledger import NotALedger
from chathaven.engines.ledger_days import Days, Place
from chathaven.engines.vault.model import RootEpoch
from chathaven.engines.vault.proof import document_hash
from chathaven.product.audit.record import record
from chathaven.product.privacy.certificate import (
    EndedRoots,
    final_certificate,
    note_certificate,
)
from chathaven.product.privacy.erase import last_certificate
from chathaven.product.privacy.model import AccountErasure, Erasure, Status

log = structlog.get_logger()
_NOBODY = UUID(int=0)
_OF_ALL_ACCOUNTS = "SELECT set_config('app.installation', 'keys', true)"


async def finish_erasures(ground: Ground) -> int:
    """Makes every erasure final that has waited for its last root; returns how many.

    It may run in several processes at once, and again at any time.
    """
    async with ground.database.transaction() as tx:
        # A tenant that there is none of, for the policy of tenants asks for one.
        await tx.enter(_NOBODY)
        await (await tx.driver()).execute(_OF_ALL_ACCOUNTS)
        oldest = await _oldest_root(tx)
        if oldest is None:
            return 0
        people = await tx.values(
            select(Erasure.account_id, Erasure.id).where(
                Erasure.status == Status.LIVE, Erasure.last_epoch < oldest
            )
        )
        accounts = await tx.values(
            select(AccountErasure.id).where(
                AccountErasure.status == Status.LIVE, AccountErasure.last_epoch < oldest
            )
        )
    if not people and not accounts:
        return 0
    done, days = 0, _Places(ground)
    for account_id, erasure_id in people:
        async with ground.database.transaction(account_id) as tx:
            done += await _finish(tx, ground, days, erasure_id)
    for (erasure_id,) in accounts:
        async with ground.database.transaction() as tx:
            done += await _finish_account(tx, ground, days, erasure_id)
    return done


async def try_to_close_day(ground: Ground) -> None:
    """Has the ledger close its day; a disk that is full is asked again with the next tick."""
    try:
        await asyncio.to_thread(ground.ledger.close_day)
    except (OSError, NotALedger) as error:
        log.warning("the ledger has no root for this day yet", code=type(error).__name__)


async def try_to_finish(ground: Ground) -> None:
    """Does it beside other work: a database that is away, or a full disk, is asked again later."""
    try:
        await finish_erasures(ground)
    except Fault as fault:
        log.warning("erasures are not finished yet", code=fault.code)
    except (OSError, NotALedger) as error:
        log.warning("erasures are not finished yet", code=type(error).__name__)


class _Places:
    """Where certificates stand under the roots of their days; the ledger is read once."""

    def __init__(self, ground: Ground) -> None:
        self._ledger = ground.ledger
        self._days: Days | None = None

    async def of(self, certificate: dict[str, Any]) -> Place:
        """Returns where a certificate stands; one of this day, or of before there were roots too.

        Raises:
            OSError: the ledger cannot be read or written.
        """
        hashed = document_hash(certificate)
        place = self._days.place(hashed) if self._days else None
        if place is not None:
            return place
        return await asyncio.to_thread(self._look, hashed, certificate["erasure_id"])

    def _look(self, hashed: str, erasure_id: str) -> Place:
        self._days = self._read()
        if (place := self._days.place(hashed)) is not None:
            return place
        if not self._days.waits(hashed):
            # Signed before the ledger held certificates, or the ledger was lost since.
            self._ledger.note_certificate(UUID(erasure_id), hashed)
        self._ledger.close_day()
        self._days = self._read()
        place = self._days.place(hashed)
        if place is None:
            raise OSError("the ledger does not hold what was written to it")
        return place

    def _read(self) -> Days:
        return Days(self._ledger.body())


async def _oldest_root(tx: Transaction) -> int | None:
    """Returns the oldest epoch whose root still opens something."""
    alive: int | None = await tx.value(
        select(func.min(RootEpoch.epoch)).where(RootEpoch.destroyed_at.is_(None))
    )
    return alive


async def _roots(tx: Transaction, up_to: int, since: datetime) -> EndedRoots | None:
    oldest = await _oldest_root(tx)
    if oldest is None or oldest <= up_to:
        return None
    rows = await tx.values(
        select(RootEpoch.epoch, RootEpoch.destroyed_at).where(
            RootEpoch.epoch <= up_to, RootEpoch.destroyed_at >= since
        )
    )
    return EndedRoots(up_to, {row[0]: row[1] for row in rows})


async def _finish(tx: Transaction, ground: Ground, days: _Places, erasure_id: UUID) -> int:
    driver = await tx.driver()
    # Certificates of an account follow one another.
    await driver.execute("SELECT 1 FROM feeds WHERE account_id = %s FOR UPDATE", (tx.account_id,))
    erasure = await tx.one(
        select(Erasure)
        .where(
            Erasure.account_id == tx.account_id,
            Erasure.id == erasure_id,
            Erasure.status == Status.LIVE,
        )
        .with_for_update()
    )
    if erasure is None:
        return 0
    written = await _written(tx, ground, days, erasure, await last_certificate(tx))
    if written:
        await record(tx, System(tx.account_id), "erasure-final", "erasure", erasure_id)
    return written


async def _finish_account(tx: Transaction, ground: Ground, days: _Places, erasure_id: UUID) -> int:
    erasure = await tx.one(
        select(AccountErasure)
        .where(AccountErasure.id == erasure_id, AccountErasure.status == Status.LIVE)
        .with_for_update()
    )
    return 0 if erasure is None else await _written(tx, ground, days, erasure, erasure.certificate)


async def _written(
    tx: Transaction,
    ground: Ground,
    days: _Places,
    erasure: Erasure | AccountErasure,
    previous: dict[str, Any] | None,
) -> int:
    """Writes the final certificate; returns 1, or 0 where it is too early for it."""
    if erasure.certificate is None or erasure.last_epoch is None:
        return 0
    began = erasure.started_at or erasure.requested_at
    roots = await _roots(tx, erasure.last_epoch, began)
    if roots is None:
        return 0
    moment = now()
    certificate = final_certificate(
        ground.signing,
        erasure.certificate,
        roots,
        moment,
        ground.settings.backup_days,
        previous,
        await days.of(erasure.certificate),
    )
    await tx.update(erasure, status=Status.FINAL, final_at=moment, final_certificate=certificate)
    await note_certificate(ground.ledger, certificate)
    return 1
