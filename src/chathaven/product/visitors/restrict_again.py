"""Restricting people of a restored backup who had been restricted or held after it was made."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Changes
from chathaven.engines.vault.keys import KeyGone
from chathaven.product.audit.record import record
from chathaven.product.visitors.model import Restriction, RestrictionKind, Visitor
from chathaven.product.visitors.restrict import BEGUN, made_by

WORDS = "Known from the ledger of erasures. What was said of it came after the restored backup."
LOOK_AGAIN = timedelta(days=30)
"""When a hold was to end came after the backup too: somebody has to look at it within a month."""
_Known = dict[tuple[UUID, str], dict[datetime, bool]]


async def restrict_again(tx: Transaction, changes: Changes) -> int:
    """Writes the restrictions and holds of the account that came after a backup; returns how many.

    Those that ended before it came to be restored stand again: that they ended is not known. The
    transaction sees everybody.
    """
    kinds = [kind for kind in RestrictionKind if changes.knows(BEGUN[kind])]
    if not kinds:
        return 0
    known = await _known(tx)
    visitors = await tx.values(select(Visitor.id).where(Visitor.account_id == tx.account_id))
    written = 0
    for (visitor_id,) in visitors:
        for kind in kinds:
            times = changes.times(BEGUN[kind], tx.account_id, visitor_id.bytes)
            there = known.get((visitor_id, kind), {})
            later = [at for at in times if at >= changes.since and at not in there]
            if kind is RestrictionKind.RESTRICTION:
                # One stands at most; holds stand beside one another.
                later = [] if any(there.values()) else later[-1:]
            for at in later:
                await _write(tx, visitor_id, kind, at)
            written += len(later)
    return written


async def _known(tx: Transaction) -> _Known:
    """Returns by person and kind when restrictions began, and whether they stand."""
    rows = await tx.values(
        select(
            Restriction.visitor_id, Restriction.kind, Restriction.began_at, Restriction.lifted_at
        ).where(Restriction.account_id == tx.account_id)
    )
    found: _Known = {}
    for visitor_id, kind, began_at, lifted_at in rows:
        found.setdefault((visitor_id, kind), {})[began_at] = lifted_at is None
    return found


async def _write(tx: Transaction, visitor_id: UUID, kind: RestrictionKind, at: datetime) -> None:
    system = System(tx.account_id)
    made = made_by(system, tx.account_id, visitor_id, kind)
    made.began_at, made.words = at, WORDS
    if kind is RestrictionKind.HOLD:
        made.review_at = now() + LOOK_AGAIN
    try:
        await tx.insert(made)
    except KeyGone:
        made.words = None
        await tx.insert(made)
    await record(tx, system, BEGUN[kind], "visitor", visitor_id)
