"""Which pages may talk as a site's visitors: those that the site lists, where it lists any."""

from __future__ import annotations

from chathaven.base.actor import Visitor
from chathaven.base.errors import Forbidden
from chathaven.product.access.gate import Connection, Gate
from chathaven.product.sites.find import KnownSite, SiteCache


def check_origin(gate: Gate, connection: Connection, site: KnownSite) -> None:
    """Refuses a page that the site does not list; a call without an origin is no page.

    Raises:
        Forbidden: the origin is not one of the site's (`origin_not_allowed`).
    """
    origin = connection.headers.get("origin")
    if origin is None or not site.allowed_origins or gate.is_own_origin(connection, origin):
        return
    if origin.lower() not in site.allowed_origins:
        raise Forbidden("This site does not list that origin.", code="origin_not_allowed")


async def check_visitors_page(
    gate: Gate, sites: SiteCache, connection: Connection, who: Visitor
) -> None:
    """Refuses a visitor's call from a page that their site does not list.

    Raises:
        Forbidden: as `check_origin`.
    """
    origin = connection.headers.get("origin")
    if origin is None or gate.is_own_origin(connection, origin):
        return
    site = await sites.by_id(who.account_id, who.site_id)
    if site is not None:
        check_origin(gate, connection, site)
