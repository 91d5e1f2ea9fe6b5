"""Making a new site."""

from __future__ import annotations

import msgspec

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.ids import new_id, new_site_key
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.access.directory import SITE_KEY, enter_name
from chathaven.product.audit.record import record
from chathaven.product.sites.appearance import Appearance
from chathaven.product.sites.model import Site


async def create(tx: Transaction, actor: Operator, bus: Bus, name: str) -> Site:
    """Makes a site that takes every origin and looks as widgets look by default."""
    site = Site(
        account_id=tx.account_id,
        id=new_id(),
        key=new_site_key(),
        name=name,
        allowed_origins=[],
        appearance=msgspec.to_builtins(Appearance()),
        created_at=now(),
    )
    await tx.insert(site)
    await enter_name(tx, SITE_KEY, site.key, site.id)
    await record(tx, actor, "site-created", "site", site.id)
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "sites", site.id))
    return site
