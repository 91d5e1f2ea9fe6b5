"""What chats keep in memory: names, who is here, and the way to open streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.chats.append import Draft, Written, append
from chathaven.product.chats.names import NameCache
from chathaven.product.chats.presence import Presence
from chathaven.product.chats.publish import Publisher


class Live:
    """The living side of chats in one process."""

    def __init__(self, names: NameCache, publisher: Publisher, presence: Presence) -> None:
        self.names = names
        self.publisher = publisher
        self.presence = presence

    async def announce(self, tx: Transaction, events: Sequence[Written]) -> None:
        """Tells of written events once the transaction is committed."""
        if not events:
            return
        account_id = tx.account_id
        # Names are read for those who listen; whoever comes later reads the event itself. What a
        # transaction sees that others may not, each stream reads for itself, with its own eyes.
        heard = tx.sees is None and self.publisher.is_heard(account_id)
        names = await self.names.of(tx, events) if heard else None
        tx.after_commit(lambda: self.publisher.events(account_id, events, names))

    async def telling(
        self, database: Database, account_id: UUID, events: Sequence[Written]
    ) -> Callable[[], None]:
        """Returns what tells of events, to be called once they are committed."""
        names = None
        if self.publisher.is_heard(account_id):
            names = self.names.known(account_id, events)
            if names is None:
                async with database.transaction(account_id) as tx:
                    names = await self.names.of(tx, events)
        return lambda: self.publisher.events(account_id, events, names)

    async def add(self, tx: Transaction, draft: Draft) -> None:
        """Writes one event in the transaction, and tells of it once committed."""
        [outcome] = await append(await tx.driver(), tx.vault, tx.account_id, [draft])
        if isinstance(outcome, Exception):
            raise outcome
        await self.announce(tx, [event for event in outcome if not event.repeated])
