"""Changing a site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chathaven.base.actor import Operator
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.accounts.settings import merge
from chathaven.product.audit.record import record
from chathaven.product.sites.appearance import checked
from chathaven.product.sites.find import by_id
from chathaven.product.sites.model import Site
from chathaven.product.sites.origins import origins


async def change(
    tx: Transaction, actor: Operator, bus: Bus, site_id: UUID, patch: dict[str, Any]
) -> Site:
    """Changes name, origins or appearance of a site by a merge patch (RFC 7396).

    What a patch takes away from the appearance is as by default again.

    Raises:
        NotFound: the account has no such site.
        Invalid: a field is not known, or holds what it cannot take; nothing is stored.
    """
    site = await by_id(tx, site_id, lock=True)
    changes = dict(patch)
    if "allowed_origins" in patch:
        changes["allowed_origins"] = origins(patch["allowed_origins"])
    if "appearance" in patch:
        merged = merge(site.appearance, patch["appearance"])
        changes["appearance"] = msgspec.to_builtins(checked(merged))
    if not changes:
        return site
    await tx.update(site, **changes)
    await record(tx, actor, "site-changed", "site", site_id)
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "sites", site_id))
    return site
