"""The one way a message comes to be.

All messages that are waiting, of all chats and accounts, are written in one transaction and
acknowledged together once it is on disk. While one batch commits, the next one gathers, so the
disk is never idle and nobody waits for more than two commits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import structlog

from chathaven.base.errors import Fault, Unavailable
from chathaven.engines.database.line import Line
from chathaven.engines.database.transaction import TENANT, Database
from chathaven.engines.web.limits import Limits
from chathaven.product.chats.append import Draft, Written, append
from chathaven.product.chats.live import Live
from chathaven.product.consents.notices import NoticeCache

MOST_AT_ONCE = 128
"""More in one batch gain nothing, and all others wait while it is written."""
MOST_WAITING = 8_192
log = structlog.get_logger()


Answer = Callable[[Written | Fault], None]


class _Waiting(NamedTuple):
    account_id: UUID
    draft: Draft
    answer: Answer


class Writer:
    """Writes messages in batches; one batch is under way at a time.

    `limits` says how many one sender may send, `notices` what a visitor must have been shown.
    """

    def __init__(
        self, database: Database, live: Live, limits: Limits, notices: NoticeCache
    ) -> None:
        self.limits = limits
        self.notices = notices
        self.database = database
        self._line = Line(database)
        self._live = live
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None

    async def send(self, account_id: UUID, draft: Draft) -> Written:
        """Writes a message. Returns once it is committed.

        Raises:
            NotFound: there is no such chat.
            Conflict: the id was used for another message.
            Unavailable: the database is away, or more is waiting than can be kept.
        """
        written: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self.put(account_id, draft, lambda result: _settle(written, result))
        return await written

    def put(self, account_id: UUID, draft: Draft, answer: Answer) -> None:
        """Has a message written, and `answer` called with what came of it, as `send` returns it.

        Raises:
            Unavailable: more is waiting than can be kept.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable(retry_after=1)
        self._waiting.append(_Waiting(account_id, draft, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def drained(self) -> None:
        """Waits until nothing is under way."""
        while self._running is not None:
            await asyncio.shield(self._running)

    async def close(self) -> None:
        """Waits until nothing is under way, and gives up the connection."""
        await self.drained()
        await self._line.close()

    async def _run(self) -> None:
        try:
            # One turn of the loop, so that requests that came together are written together.
            await asyncio.sleep(0)
            while self._waiting:
                count = min(len(self._waiting), MOST_AT_ONCE)
                await self._write([self._waiting.popleft() for _ in range(count)])
        finally:
            self._running = None

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            results, told = await self._append(batch)
        except Fault as fault:
            _answer_all(batch, fault)
        except Exception as error:
            if len(batch) == 1:
                log.exception("message not written", kind=type(error).__name__)
                _answer_all(batch, Fault())
            else:
                # One of them is at fault: each alone, so that the others get through.
                for each in batch:
                    await self._write([each])
        else:
            for tell in told:
                tell()
            for each, result in results:
                _answer(each, result)

    async def _append(
        self, batch: list[_Waiting]
    ) -> tuple[list[tuple[_Waiting, Written | Fault]], list[Callable[[], None]]]:
        """Writes a batch. Returns what came of each, and what is to be told of it."""
        accounts: dict[UUID, list[_Waiting]] = {}
        for each in batch:
            accounts.setdefault(each.account_id, []).append(each)
        results: list[tuple[_Waiting, Written | Fault]] = []
        told: list[Callable[[], None]] = []
        async with self._line.transaction() as connection:
            # In the order of their ids, so that two processes never wait for each other in a
            # circle.
            for account_id, group in sorted(accounts.items()):
                await connection.execute(TENANT, (str(account_id),))
                drafts = [each.draft for each in group]
                outcomes = await append(connection, self.database.vault, account_id, drafts)
                fresh: list[Written] = []
                for each, outcome in zip(group, outcomes, strict=True):
                    if isinstance(outcome, Fault):
                        results.append((each, outcome))
                        continue
                    results.append((each, outcome[-1]))
                    fresh += [event for event in outcome if not event.repeated]
                if fresh:
                    told.append(await self._live.telling(self.database, account_id, fresh))
        return results, told


def _answer(waiting: _Waiting, result: Written | Fault) -> None:
    # In the loop's next turn: the next batch is on its way by then, and an answer that fails does
    # so for itself.
    asyncio.get_running_loop().call_soon(waiting.answer, result)


def _settle(written: asyncio.Future[Written], result: Written | Fault) -> None:
    if written.done():
        return
    if isinstance(result, Fault):
        written.set_exception(result)
    else:
        written.set_result(result)


def _answer_all(batch: list[_Waiting], fault: Fault) -> None:
    for each in batch:
        _answer(each, fault)
