"""Deleting a site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import select

from chathaven.base.actor import Operator
from chathaven.base.errors import Conflict, NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.directory import forget_names
from chathaven.product.audit.record import record
from chathaven.product.sites.model import Site

InUse = Callable[[Transaction, UUID], Awaitable[bool]]

in_use: list[InUse] = []
"""Asked before a site is deleted: slices above this one say whether they still need it."""


async def delete(tx: Transaction, actor: Operator, bus: Bus, site_id: UUID) -> None:
    """Deletes a site that nothing was said on.

    Raises:
        NotFound: the account has no such site.
        Conflict: it is the last one, or it has chats.
    """
    # All are locked, so that two who delete the last two wait for each other.
    rows = await tx.values(
        select(Site.id).where(Site.account_id == tx.account_id).order_by(Site.id).with_for_update()
    )
    there = {row[0] for row in rows}
    if site_id not in there:
        raise NotFound()
    if len(there) == 1:
        raise Conflict("An account keeps at least one site.", code="last_site")
    for needs in in_use:
        if await needs(tx, site_id):
            raise Conflict("This site has chats, so it stays.", code="site_in_use")
    await forget_names(tx, site_id)
    await tx.run(delete_rows(Site).where(Site.account_id == tx.account_id, Site.id == site_id))
    await record(tx, actor, "site-deleted", "site", site_id)
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "sites", site_id))
