"""Recognising a visitor by token, and ending that."""

from __future__ import annotations

import asyncio
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from chathaven.base import actor
from chathaven.base.clock import now
from chathaven.base.errors import Fault, Unauthenticated, Unavailable
from chathaven.base.ids import Secret
from chathaven.engines.database.arrays import byte_strings
from chathaven.engines.database.transaction import EVERYONE, Database, Transaction
from chathaven.product.visitors.model import VisitorToken


class VisitorRecogniser:
    """Tells who holds a visitor's token.

    After a restart visitors come back by the thousand. Those of one account are looked up
    together: while one query is under way, the next one gathers. So they take one connection of
    the pool, and leave the others to those who write.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathering: dict[UUID, _Group] = {}
        self._last: dict[UUID, _LookUp] = {}

    async def __call__(self, secret: Secret) -> actor.Visitor | None:
        """Returns the visitor, or None when nobody holds this token (any more).

        Raises:
            Unavailable: the database is away.
        """
        group = self._gathering.get(secret.account_id)
        if group is None:
            task = asyncio.create_task(self._in_turn(secret.account_id))
            group = self._gathering[secret.account_id] = _Group(set(), task)
        group.digests.add(secret.digest)
        # One who hangs up must not take the others with him.
        found = await asyncio.shield(group.task)
        return found.get(secret.digest)

    async def _in_turn(self, account_id: UUID) -> dict[bytes, actor.Visitor]:
        before = self._last.get(account_id)
        task = self._last[account_id] = self._gathering[account_id].task
        try:
            # One turn of the loop at least, for those who come in the same moment.
            await (asyncio.wait({before}) if before else asyncio.sleep(0))
            return await self._look_up(account_id, self._gathering.pop(account_id).digests)
        finally:
            if self._last[account_id] is task:
                del self._last[account_id]

    async def _look_up(self, account_id: UUID, digests: set[bytes]) -> dict[bytes, actor.Visitor]:
        async with self._database.transaction() as tx:
            driver = await tx.driver()
            # Every first message of a visitor waits for this: one round trip, and no mapping.
            async with driver.pipeline():
                # Who is restricted is recognised too: they see themselves, and are told.
                await tx.enter(account_id, EVERYONE)
                rows = await driver.execute(_HOLDERS, (account_id, byte_strings(digests), now()))
                found = await rows.fetchall()
        return {digest: actor.Visitor(account_id, *rest) for digest, *rest in found}


_HOLDERS = """
SELECT t.digest, v.id, v.site_id, v.chat_id, t.id, v.notice_id, v.agreed, EXISTS (
    SELECT FROM restrictions r
    WHERE r.account_id = v.account_id AND r.visitor_id = v.id AND r.lifted_at IS NULL), (
    SELECT n.language FROM notices n WHERE n.account_id = v.account_id AND n.id = v.notice_id)
FROM visitor_tokens t JOIN visitors v ON v.account_id = t.account_id AND v.id = t.visitor_id
WHERE t.account_id = %s AND t.digest = ANY(%s::bytea[]) AND t.expires_at > %s
"""
"""The columns after the digest are the fields of `actor.Visitor` after its account."""

_LookUp = asyncio.Task[dict[bytes, actor.Visitor]]


class _Group(NamedTuple):
    """Tokens of one account that are looked up together."""

    digests: set[bytes]
    task: _LookUp


async def gone_or_hidden(database: Database, who: actor.Visitor) -> Fault:
    """Returns why a visitor's own chat is not there, though they were recognised a moment ago.

    Erased, they are nobody any more; restricted in this moment, they learn it when they ask again.
    """
    async with database.transaction(who.account_id, sees=EVERYONE) as tx:
        known = await tx.value(
            select(VisitorToken.id).where(
                VisitorToken.account_id == tx.account_id, VisitorToken.id == who.token_id
            )
        )
    return Unauthenticated() if known is None else Unavailable(retry_after=1)


async def forget_token(tx: Transaction, who: actor.Visitor) -> None:
    """Ends the token that a visitor came with."""
    await tx.run(
        delete(VisitorToken).where(
            VisitorToken.account_id == tx.account_id, VisitorToken.id == who.token_id
        )
    )
