"""Finding a site, by the key that is in its snippet or by its id."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from cachetools import TTLCache
from sqlalchemy import select

from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.access.directory import SITE_KEY, look_up
from chathaven.product.sites.model import Site

CACHE_SECONDS = 5
_MOST = 20_000
_LONGEST_KEY = 64


async def by_key(tx: Transaction, key: str) -> Site:
    """Returns the site of a key; the transaction belongs to its account from then on.

    Raises:
        NotFound: no site has this key.
    """
    found = await look_up(tx, SITE_KEY, key) if len(key) <= _LONGEST_KEY else None
    if found is None:
        raise NotFound()
    await tx.enter(found.account_id)
    return await by_id(tx, found.target_id)


async def by_id(tx: Transaction, site_id: UUID, *, lock: bool = False) -> Site:
    """Returns a site of the transaction's account; with `lock` it is held until the commit.

    Raises:
        NotFound: the account has no such site.
    """
    wanted = select(Site).where(Site.account_id == tx.account_id, Site.id == site_id)
    site = await tx.one(wanted.with_for_update() if lock else wanted)
    if site is None:
        raise NotFound()
    return site


async def keep(tx: Transaction, site_id: UUID) -> None:
    """Keeps a site there until the commit; who changes or deletes it waits, and others do not.

    Raises:
        NotFound: the account has no such site (any more).
    """
    wanted = select(Site.id).where(Site.account_id == tx.account_id, Site.id == site_id)
    if await tx.value(wanted.with_for_update(read=True, key_share=True)) is None:
        raise NotFound()


async def all_sites(tx: Transaction) -> list[Site]:
    """Returns all sites of the account, the oldest first."""
    return await tx.all(
        select(Site).where(Site.account_id == tx.account_id).order_by(Site.created_at, Site.id)
    )


class KnownSite(NamedTuple):
    """A site, as a process keeps it in memory."""

    account_id: UUID
    site_id: UUID
    key: str
    name: str
    allowed_origins: tuple[str, ...]
    appearance: dict[str, Any]


class SiteCache:
    """Sites that were asked for a moment ago: every visitor's page asks for the same ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_key: TTLCache[str, KnownSite] = TTLCache(_MOST, CACHE_SECONDS)
        self._by_id: TTLCache[tuple[UUID, UUID], KnownSite] = TTLCache(_MOST, CACHE_SECONDS)

    async def by_key(self, key: str) -> KnownSite | None:
        """Returns the site of a key, or None when no site has it."""
        key = key.lower()
        known = self._by_key.get(key)
        if known is None:
            try:
                async with self._database.transaction() as tx:
                    known = self._keep(await by_key(tx, key))
            except NotFound:
                return None
        return known

    async def by_id(self, account_id: UUID, site_id: UUID) -> KnownSite | None:
        """Returns a site of an account, or None when it is gone."""
        known = self._by_id.get((account_id, site_id))
        if known is None:
            try:
                async with self._database.transaction(account_id) as tx:
                    known = self._keep(await by_id(tx, site_id))
            except NotFound:
                return None
        return known

    def forget(self, account_id: UUID) -> None:
        """Forgets the sites of an account, after something about them changed."""
        for place in [place for place in self._by_id if place[0] == account_id]:
            self._by_id.pop(place, None)
        for key in [key for key, site in self._by_key.items() if site.account_id == account_id]:
            self._by_key.pop(key, None)

    def _keep(self, site: Site) -> KnownSite:
        known = KnownSite(
            account_id=site.account_id,
            site_id=site.id,
            key=site.key,
            name=site.name,
            allowed_origins=tuple(site.allowed_origins),
            appearance=site.appearance,
        )
        self._by_key[site.key] = known
        self._by_id[site.account_id, site.id] = known
        return known
