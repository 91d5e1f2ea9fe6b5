"""Events that other processes committed: their numbers, heard or read, told to open streams."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from chathaven.base.errors import Fault
from chathaven.engines.database.transaction import Database
from chathaven.engines.stream.hub import PAGE, Hub
from chathaven.product.chats.model import Event, Feed
from chathaven.product.chats.publish import chat_topic, feed_topic


class Relay:
    """Tells this process's streams of numbers; the streams read the events themselves."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._read: dict[UUID, int] = {}

    def told(self, account_id: UUID, events: Iterable[tuple[UUID, int, int]]) -> None:
        """Passes on what another process said is committed: chat, seq, position of each."""
        for chat_id, seq, position in events:
            self._hub.tell(chat_topic(account_id, chat_id), seq, None)
            self._hub.tell(feed_topic(account_id), position, None)
            self._read[account_id] = max(self._read.get(account_id, 0), position)

    async def poll(self) -> None:
        """Reads how far each account with an open stream has come, and tells what is new."""
        accounts = set(self._hub.accounts())
        for account_id in [each for each in self._read if each not in accounts]:
            del self._read[account_id]
        for account_id in accounts:
            try:
                await self._poll(account_id)
            except Fault:
                return

    async def _poll(self, account_id: UUID) -> None:
        async with self._database.transaction(account_id) as tx:
            position = select(Feed.position).where(Feed.account_id == account_id)
            head = int(await tx.value(position) or 0)
            # Where this process knows of nothing yet, every stream is brought up to date once.
            known = self._read.get(account_id, max(0, head - PAGE))
            if head <= known:
                return
            rows = await tx.values(
                select(Event.chat_id, Event.seq, Event.position)
                .where(Event.account_id == account_id, Event.position > known)
                .order_by(Event.position)
                .limit(10 * PAGE)
            )
        self.told(account_id, [tuple(row) for row in rows])
