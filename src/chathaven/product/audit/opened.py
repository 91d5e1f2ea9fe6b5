"""Who opened which chat (GDPR Art. 32): a line when somebody reads, and not at every page."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from cachetools import TTLCache

from chathaven.base.actor import Operator
from chathaven.engines.database.transaction import Transaction
from chathaven.product.audit.record import record_once

WITHIN = timedelta(minutes=15)
"""Reading the same with the same session or token is one line in this time."""
_REMEMBERED = 100_000

_Reading = tuple[UUID, UUID, UUID | None, str, UUID]


class Readings:
    """Notes readings in the transaction that reads, and remembers which are noted.

    What it remembers spares the database a look; what counts is decided there, under the lock of
    the chain, also between processes.
    """

    def __init__(self) -> None:
        seconds = WITHIN.total_seconds()
        self._noted: TTLCache[_Reading, bool] = TTLCache(_REMEMBERED, seconds)

    async def note(
        self, tx: Transaction, actor: Operator, action: str, target_kind: str, target_id: UUID
    ) -> None:
        """Writes that an operator read something, before the answer leaves."""
        credential = actor.session_id or actor.token_id
        reading = (actor.account_id, actor.id, credential, action, target_id)
        if reading in self._noted:
            return
        await record_once(tx, actor, action, target_kind, target_id, WITHIN)

        def noted() -> None:
            self._noted[reading] = True

        # Not before: what was rolled back has not been written.
        tx.after_commit(noted)
