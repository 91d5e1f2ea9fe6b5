"""HTTP: sites."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from msgspec import UNSET, UnsetType

from chathaven.base.actor import Operator
from chathaven.base.fields import NameText, one_line
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.sites.appearance import Appearance, appearance
from chathaven.product.sites.change import change
from chathaven.product.sites.create import create
from chathaven.product.sites.delete import delete as delete_site_
from chathaven.product.sites.find import all_sites
from chathaven.product.sites.model import Site
from chathaven.product.sites.snippet import snippet


class NewSite(msgspec.Struct, forbid_unknown_fields=True):
    """A site to be made."""

    name: NameText


class SiteChange(msgspec.Struct, forbid_unknown_fields=True):
    """A merge patch: what is left out stays; a null inside the appearance takes it away."""

    name: NameText | UnsetType = UNSET
    allowed_origins: list[str] | UnsetType = UNSET
    appearance: dict[str, Any] | UnsetType = UNSET


class SiteView(msgspec.Struct):
    """A site, with the lines for its pages."""

    id: UUID
    key: str
    name: str
    allowed_origins: list[str]
    appearance: Appearance
    snippet: str
    created_at: datetime


class SiteList(msgspec.Struct):
    """All sites of an account."""

    items: list[SiteView]
    next: str | None = None


def _view(ground: Ground, site: Site) -> SiteView:
    return SiteView(
        id=site.id,
        key=site.key,
        name=site.name,
        allowed_origins=site.allowed_origins,
        appearance=appearance(site.appearance),
        snippet=snippet(site.key, site.appearance, ground.settings.public_url),
        created_at=site.created_at,
    )


@get("/v1/sites", opt=may(Permission.SETTINGS_READ))
async def get_sites(ground: Ground, actor: Operator) -> SiteList:
    """All sites."""
    async with ground.database.transaction(actor.account_id) as tx:
        return SiteList([_view(ground, site) for site in await all_sites(tx)])


@post("/v1/sites", opt=may(Permission.SETTINGS_WRITE), dto=Body[NewSite], return_dto=None)
async def post_site(ground: Ground, actor: Operator, data: NewSite) -> SiteView:
    """Makes a site."""
    name = one_line("name", data.name)
    async with ground.database.transaction(actor.account_id) as tx:
        return _view(ground, await create(tx, actor, ground.bus, name))


@patch(
    "/v1/sites/{site_id:uuid}",
    opt=may(Permission.SETTINGS_WRITE),
    dto=Body[SiteChange],
    return_dto=None,
)
async def patch_site(ground: Ground, actor: Operator, site_id: UUID, data: SiteChange) -> SiteView:
    """Changes a site."""
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    changes = {name: value for name, value in given.items() if value is not UNSET}
    if "name" in changes:
        changes["name"] = one_line("name", changes["name"])
    async with ground.database.transaction(actor.account_id) as tx:
        return _view(ground, await change(tx, actor, ground.bus, site_id, changes))


@delete("/v1/sites/{site_id:uuid}", opt=may(Permission.SETTINGS_WRITE), status_code=204)
async def delete_site(ground: Ground, actor: Operator, site_id: UUID) -> None:
    """Deletes a site that nothing was said on."""
    async with ground.database.transaction(actor.account_id) as tx:
        await delete_site_(tx, actor, ground.bus, site_id)


HANDLERS = (get_sites, post_site, patch_site, delete_site)
