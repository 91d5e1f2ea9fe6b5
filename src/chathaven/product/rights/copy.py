"""Handing a person's copy over by a link that works once (A-15-3)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chathaven.base.actor import System
from chathaven.engines.ground import Ground
from chathaven.product.audit.record import record
from chathaven.product.chats.live import Live
from chathaven.product.privacy.export_visitor import begin_person, person_file
from chathaven.product.rights.identity import COPY, parse_link, take_link


async def own_copy(ground: Ground, live: Live, text: str) -> AsyncIterator[bytes]:
    """Uses a link up, and returns the ZIP of everything about its person.

    Raises:
        NotFound: the link does not work (any more), or the person was erased.
    """
    secret = parse_link(text)
    async with ground.database.transaction(secret.account_id) as tx:
        link = await take_link(tx, secret, COPY)
        await tx.see(link.person_id)
        person = await begin_person(tx, ground, link.person_id)
        await record(tx, System(tx.account_id), "exported", "visitor", link.person_id)
    return person_file(ground, live, person)
