"""Leave to fetch an account's export: for one session, for a while after the password was given.

The file holds everything, so a browser that was left open is not enough to take it away.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Forbidden
from chathaven.engines.database.transaction import Transaction
from chathaven.product.privacy.model import ExportGrant

LASTS = timedelta(minutes=15)
"""From the password on; a download that has begun goes on to its end."""


async def grant(tx: Transaction, actor: Operator, export_id: UUID) -> datetime:
    """Lets the operator's session or token fetch an export for a while; returns until when."""
    until = now() + LASTS
    adding = insert(ExportGrant).values(
        account_id=tx.account_id,
        export_id=export_id,
        credential_id=_credential(actor),
        expires_at=until,
    )
    await tx.run(
        adding.on_conflict_do_update(
            index_elements=["account_id", "export_id", "credential_id"],
            set_={"expires_at": adding.excluded.expires_at},
        )
    )
    return until


async def granted(tx: Transaction, actor: Operator) -> dict[UUID, datetime]:
    """Returns which exports the operator's session or token may fetch, and until when."""
    found = await tx.all(
        select(ExportGrant).where(
            ExportGrant.account_id == tx.account_id,
            ExportGrant.credential_id == _credential(actor),
            ExportGrant.expires_at > now(),
        )
    )
    return {each.export_id: each.expires_at for each in found}


async def check_granted(tx: Transaction, actor: Operator, export_id: UUID) -> None:
    """Refuses whoever has not given the password lately.

    Raises:
        Forbidden: they have not (`password_required`).
    """
    if export_id not in await granted(tx, actor):
        raise Forbidden("Give your password to fetch the file.", code="password_required")


async def drop_grants(tx: Transaction, export_id: UUID) -> None:
    """Forgets the grants of an export that goes."""
    await tx.run(
        delete(ExportGrant).where(
            ExportGrant.account_id == tx.account_id, ExportGrant.export_id == export_id
        )
    )


def _credential(actor: Operator) -> UUID:
    return actor.session_id or actor.token_id or actor.id
