"""A letter to the company when a visitor writes while nobody is online.

It goes to the address of Settings, General; without one none goes. It says that somebody waits, and
where, and nothing of who or what. A chat is told of once in a quarter of an hour at most.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from cachetools import TTLCache
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.errors import Fault, RateLimited
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.chats.append import Written
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, EventType
from chathaven.product.chats.presence import Presence
from chathaven.product.chats.team import on_duty
from chathaven.product.operators.find import owners_language

JOB = "missed-chat"
OF_A_CHAT = Rate("missed-chat", 1, 900)
OF_AN_ACCOUNT = Rate("missed-chats", 20, 3600)
AFTER = timedelta(minutes=1)
"""Whoever only loads their page anew is back by then."""
QUIET_SECONDS = 5
"""How long it is not asked again where no letter is wanted."""
MOST_LOOKS = 50
"""Looks at the same time: behind them the next message asks."""
_WORDS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("missed.json").read_text(encoding="utf-8")
)


class Missed:
    """Follows what visitors write, and enqueues letters; one for each process.

    It looks beside the request that sends: a process that is killed in this moment has kept the
    message, and tells nobody of it before the next one.
    """

    def __init__(self, ground: Ground, live: Live) -> None:
        self._ground = ground
        self._live = live
        self._quiet: TTLCache[UUID, bool] = TTLCache(20_000, QUIET_SECONDS)
        self._told: TTLCache[UUID, bool] = TTLCache(100_000, OF_A_CHAT.seconds)
        self._looks: set[asyncio.Task[None]] = set()

    def follow(self, account_id: UUID, events: Iterable[Written]) -> None:
        """Looks whether somebody is to be told of events that are committed."""
        if account_id in self._quiet:
            return
        for event in events:
            if event.type != EventType.VISITOR_MESSAGE or event.chat_id in self._told:
                continue
            if len(self._looks) >= MOST_LOOKS:
                return
            self._told[event.chat_id] = True
            look = asyncio.create_task(self._look(account_id, event.chat_id))
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)

    async def _look(self, account_id: UUID, chat_id: UUID) -> None:
        try:
            async with self._ground.database.transaction(account_id) as tx:
                wanted = await _receiver(tx, self._live.presence) is not None
            if not wanted:
                self._quiet[account_id] = True
                self._told.pop(chat_id, None)
                return
            await self._ground.limits.take(OF_A_CHAT, str(chat_id))
            await self._ground.limits.take(OF_AN_ACCOUNT, str(account_id))
            async with self._ground.database.transaction(account_id) as tx:
                await self._ground.queue.enqueue(tx, JOB, chat_id, now() + AFTER)
        except RateLimited:
            return
        except Fault:
            # The database is away, or the account is gone: the next message asks again.
            self._told.pop(chat_id, None)

    async def looked(self) -> None:
        """Waits until nothing is looked at."""
        await asyncio.gather(*self._looks)

    async def close(self) -> None:
        """Stops."""
        for look in self._looks:
            look.cancel()
        await asyncio.gather(*self._looks, return_exceptions=True)


async def _receiver(tx: Transaction, presence: Presence) -> str | None:
    """Returns where a letter goes now; None where somebody is online, or no address is set."""
    if await on_duty(tx, presence):
        return None
    account = await read_account(tx)
    return msgspec.convert(account.settings, AccountSettings).general.notification_email


def tell_of_missed_chats(ground: Ground, live: Live) -> Missed:
    """Adds the job that writes letters to the queue, and follows what visitors write."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def run(account_id: UUID, id: UUID) -> None:
        await write(ground, live, account_id, id)

    ground.queue.add(JOB, run, about=Chat)
    missed = Missed(ground, live)
    live.publisher.followers.append(missed.follow)
    return missed


async def write(ground: Ground, live: Live, account_id: UUID, chat_id: UUID) -> None:
    """Writes the letter, unless somebody is online by now, has read the chat, or may not see it.

    Raises:
        NotSent: it was refused; the queue tries again.
    """
    async with ground.database.transaction(account_id) as tx:
        to = await _receiver(tx, live.presence)
        visitor_id = await tx.value(
            select(Chat.visitor_id).where(
                Chat.account_id == account_id, Chat.id == chat_id, Chat.unread > 0
            )
        )
        if to is None or visitor_id is None:
            return
        company = (await read_account(tx)).company
        said = _WORDS[await owners_language(tx)]
    link = f"{ground.settings.public_url}/app/chats/{chat_id}"
    text = said["text"].format(company=company, link=link)
    # The id of the chat stands in it: it goes with the visitor.
    await ground.post.send(to, said["subject"], text, about=visitor_id)
