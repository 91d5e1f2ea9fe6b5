"""Ending streams whose credential holds no longer, whoever ended it (C-07).

Processes tell each other at once over the bus. Because Redis may be away, or silent without anybody
knowing yet, each also looks itself: every few seconds, one query of an account for all of its open
streams here, all accounts in one round trip.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from uuid import UUID

import structlog

from chathaven.base.clock import now
from chathaven.base.errors import Fault
from chathaven.engines.database.arrays import uuids
from chathaven.engines.database.transaction import EVERYONE, Database
from chathaven.engines.stream.hub import Hub

LOOK_SECONDS = 3.0
"""With the query itself well below the five seconds within which it has to be seen."""

_GONE = """
SELECT asked.id FROM unnest(%(ids)s::uuid[]) AS asked (id)
WHERE NOT EXISTS (SELECT FROM sessions s
        WHERE s.account_id = %(account)s AND s.id = asked.id AND s.expires_at > %(now)s)
    AND NOT EXISTS (SELECT FROM visitor_tokens t
        WHERE t.account_id = %(account)s AND t.id = asked.id AND t.expires_at > %(now)s)
    AND NOT EXISTS (SELECT FROM api_tokens t
        WHERE t.account_id = %(account)s AND t.id = asked.id
            AND (t.expires_at IS NULL OR t.expires_at > %(now)s))
"""
log = structlog.get_logger()


async def end_revoked(database: Database, hub: Hub, ended: Callable[[UUID, UUID], None]) -> None:
    """Calls `ended` with account and credential of each open stream whose credential holds no
    longer; runs until it is cancelled. While the database is away nobody can know.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            for account_id, credential in await revoked(database, hub.credentials()):
                ended(account_id, credential)
        except Fault as fault:
            log.warning("credentials of streams were not looked at", code=fault.code)
        except Exception as error:  # A bug here must not leave all later ones open.
            log.exception("credentials of streams were not looked at", kind=type(error).__name__)


async def revoked(
    database: Database, credentials: Mapping[UUID, set[UUID]]
) -> list[tuple[UUID, UUID]]:
    """Returns which sessions and tokens, by account, are not there or have expired.

    Raises:
        Unavailable: the database cannot be reached.
    """
    if not credentials:
        return []
    moment = now()
    async with database.transaction() as tx:
        driver = await tx.driver()
        answers = []
        async with driver.pipeline():
            for account_id, ids in credentials.items():
                # A restricted visitor's credential holds.
                await tx.enter(account_id, EVERYONE)
                asked = {"ids": uuids(ids), "account": account_id, "now": moment}
                answers.append((account_id, await driver.execute(_GONE, asked)))
            return [(account, id) for account, rows in answers for (id,) in await rows.fetchall()]
