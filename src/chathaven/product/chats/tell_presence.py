"""Telling open screens who came and went, each change computed once whatever their number."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from chathaven.base.errors import Fault
from chathaven.engines.database.transaction import Database
from chathaven.engines.stream.bus import PRESENCE_SECONDS, Bus, Present
from chathaven.engines.stream.subscription import Person
from chathaven.product.chats.live import Live
from chathaven.product.chats.presence import UNSEEN
from chathaven.product.chats.team import on_duty, team_view


class PresenceTeller:
    """Hears of changes in this and other processes, and tells this process's streams."""

    def __init__(self, database: Database, live: Live, bus: Bus) -> None:
        self._database = database
        self._live = live
        self._bus = bus
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begins to repeat to other processes who is here."""
        if self._bus.is_shared:
            self._keep(self._repeat())

    async def close(self) -> None:
        """Stops."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def changed(self, person: Person, here: bool) -> None:
        """Somebody came to this process or left it."""
        if person.kind == UNSEEN:
            return
        self._live.presence.say(person.account_id, person.kind)
        self._tell(person.account_id, person.kind, person.id, here)

    def heard(self, message: Present) -> None:
        """Another process said who is there."""
        changed = self._live.presence.heard(message)
        here = self._live.presence.here(message.account_id, message.kind)
        for person_id in changed:
            self._tell(message.account_id, message.kind, person_id, person_id in here)

    def look(self) -> None:
        """Tells who has gone with a process that was killed, and is not heard any more."""
        for account_id, kind, person_id in self._live.presence.lapsed():
            self._tell(account_id, kind, person_id, False)

    def availability(self, account_id: UUID) -> None:
        """An operator set a status: visitors learn who is there now."""
        self._keep(self._tell_visitors(account_id))

    def _tell(self, account_id: UUID, kind: str, person_id: UUID, here: bool) -> None:
        sign = {"kind": kind, "id": person_id, "online": here}
        self._live.publisher.whisper_all(account_id, "account", "presence", sign)
        if kind == "operator":
            self._keep(self._tell_visitors(account_id))

    async def _tell_visitors(self, account_id: UUID) -> None:
        try:
            async with self._database.transaction(account_id) as tx:
                team = team_view(await on_duty(tx, self._live.presence))
        except Fault:
            return
        self._live.publisher.whisper_all(account_id, "chat", "presence", team)

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(PRESENCE_SECONDS)
            self._live.presence.say_all()
            self.look()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
