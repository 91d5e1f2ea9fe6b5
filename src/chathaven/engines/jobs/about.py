"""Jobs about a person, in every state: waiting, tried again, planned, failed."""

from __future__ import annotations

from uuid import UUID

from chathaven.engines.database.transaction import Transaction

_COUNT = (
    "SELECT count(*) FROM procrastinate_jobs WHERE args->>'about' = %s AND args->>'account_id' = %s"
)
_DELETE = (
    "DELETE FROM procrastinate_jobs"
    " WHERE args->>'about' = %s AND args->>'account_id' = %s AND status <> 'doing'"
)


class Jobs:
    """The queue's table. One that runs at this moment ends by itself, and is waited for."""

    name = "queued jobs"
    method = "deleted in every state, then counted again"
    inside = True

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how many jobs are about the person."""
        rows = await (await tx.driver()).execute(_COUNT, (str(person_id), str(account_id)))
        row = await rows.fetchone()
        return int(row[0]) if row else 0

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Deletes those that do not run."""
        rows = await (await tx.driver()).execute(_DELETE, (str(person_id), str(account_id)))
        return rows.rowcount
