"""Builds the engines and what the product keeps in memory, and starts and stops them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from chathaven.base.settings import Settings
from chathaven.engines.database.shrink import shrink
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.files.objects import Objects
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Lost, Queue
from chathaven.engines.ledger import Ledger
from chathaven.engines.mail.post import Post
from chathaven.engines.stream.bus import Bus
from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.hub import Hub
from chathaven.engines.vault.daily import tick_daily
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.engines.vault.tick import Tick
from chathaven.engines.web.limits import Limits
from chathaven.entry import slices
from chathaven.entry.ears import KEYS, Ears
from chathaven.entry.tidy import tidy
from chathaven.product.access.gate import SESSION_PREFIX, TOKEN_PREFIX, VISITOR_PREFIX, Gate
from chathaven.product.accounts import features
from chathaven.product.audit.anchors import Anchors
from chathaven.product.chats.live import Live
from chathaven.product.chats.names import NameCache
from chathaven.product.chats.presence import Presence
from chathaven.product.chats.publish import Publisher
from chathaven.product.chats.relay import Relay
from chathaven.product.chats.revoked import end_revoked
from chathaven.product.chats.stream_api import backlog
from chathaven.product.chats.tell_presence import PresenceTeller
from chathaven.product.consents.notices import NoticeCache
from chathaven.product.legal import installation
from chathaven.product.legal.documents import Documents
from chathaven.product.legal.jobs import add_jobs as add_legal_jobs
from chathaven.product.legal.subprocessors import remember, switch
from chathaven.product.messages.attach import Attacher
from chathaven.product.messages.missed import Missed, tell_of_missed_chats
from chathaven.product.messages.send import Writer
from chathaven.product.operators.jobs import add_jobs
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.operators.sign_in import recognise_session
from chathaven.product.operators.tokens import recognise_token
from chathaven.product.privacy.jobs import add_jobs as add_privacy_jobs
from chathaven.product.privacy.places import add_stores
from chathaven.product.records.breach_letters import add_jobs as add_breach_jobs
from chathaven.product.records.daily import keep_records
from chathaven.product.records.keep import Keeper
from chathaven.product.records.mailing_send import add_jobs as add_mailing_jobs
from chathaven.product.retention import run as retention
from chathaven.product.retention.daily import keep_times
from chathaven.product.rights.jobs import add_jobs as add_rights_jobs
from chathaven.product.sites.find import SiteCache
from chathaven.product.visitors.recognise import VisitorRecogniser

# The data map is complete only when every slice is there, whichever command builds a process.
__all__ = ["Process", "build", "slices"]

RETURN_WITHIN_MS = 3_000
"""Streams of a server that drains come back within this time, spread evenly."""
JOBS_MAY_TAKE = 11
"""Seconds that jobs under way are given to finish; the queue itself gives them one less."""
NOBODY = UUID(int=0)
log = structlog.get_logger()


@dataclass
class Process:
    """Everything that one process holds."""

    ground: Ground
    gate: Gate
    live: Live
    writer: Writer
    attacher: Attacher
    missed: Missed
    sites: SiteCache
    notices: NoticeCache
    documents: Documents
    teller: PresenceTeller
    relay: Relay
    keeper: Keeper
    anchors: Anchors
    ears: Ears
    runs_jobs: bool
    _tasks: list[asyncio.Task[None]]

    async def start(self) -> None:
        """Begins to hear other processes and to work on jobs."""
        await remember(self.ground.database, self.ground.queue, self.documents)
        self.ground.bus.start()
        self.teller.start()
        there = self.ground
        self._begin(
            tidy(there),
            shrink(there.database.engine),
            end_revoked(there.database, there.hub, self.ears.credential_ended),
        )
        if self.runs_jobs:
            self._begin(
                self.work(),
                keep_times(there),
                tick_daily(there.database, there.vault, there.settings.key_grace),
                keep_records(there.database, self.keeper, self.anchors),
            )

    def _begin(self, *works: Coroutine[None, None, None]) -> None:
        for work in works:
            task = asyncio.create_task(work)
            task.add_done_callback(_tell_of_end)
            self._tasks.append(task)

    async def work(self) -> None:
        """Runs jobs, through every absence of the database."""
        while True:
            try:
                await self.ground.queue.work()
            except (Lost, OSError):
                log.warning("queue lost the database; trying again")
            except Exception as error:  # A bug here must not end all jobs for good.
                log.exception("queue failed; trying again", kind=type(error).__name__)
            await asyncio.sleep(1)

    async def drain(self) -> None:
        """Tells streams to come back and lets what is being committed finish."""
        self.ground.hub.drain(
            lambda: event_frame(
                "bye", b'{"retry_after_ms":%d}' % random.randint(0, RETURN_WITHIN_MS)
            )
        )
        await self.writer.drained()

    async def stop(self) -> None:
        """Stops everything."""
        await self.writer.drained()
        # Asked once, the queue's worker lets jobs finish; without a database it waits for ever.
        for seconds in (JOBS_MAY_TAKE if await self.ground.database.ready() else 1, 1):
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=seconds)
        await self.teller.close()
        await self.missed.close()
        await self.ground.hub.close()
        await self.ground.bus.close()
        await self.writer.close()
        await self.ground.database.close()


def _tell_of_end(task: asyncio.Task[None]) -> None:
    """Says that what was to go on for ever has ended by itself: nobody waits for it."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a part of the process has ended", exc_info=error)


def build(
    settings: Settings,
    urls: DatabaseUrls,
    *,
    runs_jobs: bool = True,
    keyring: Keyring | None = None,
) -> Process:
    """Builds a process; nothing runs before `start`. `keyring` is taken instead of the settings'."""
    vault = Vault(keyring or Keyring.of(settings))
    signing = Signing.open(settings.data / FILE_NAME)
    documents = Documents(settings, installation.read(settings.data), signing)
    database = Database(urls.app, vault)
    database.ledger = Ledger(settings.data / "ledger")
    PASSWORDS.take(settings.password_memory)
    names = NameCache()
    hub = Hub(backlog(database, names))
    bus = Bus(settings.redis_url)
    host = urlsplit(settings.public_url).hostname or "localhost"
    ground = Ground(
        settings=settings,
        database=database,
        vault=vault,
        signing=signing,
        ledger=database.ledger,
        hub=hub,
        bus=bus,
        limits=Limits(database, on=settings.rate_limits),
        queue=Queue(urls.app),
        post=Post(
            settings.smtp_url, settings.data / "outbox", f"chathaven@{host}", settings.smtp_tls
        ),
        objects=Objects.open(settings),
    )
    gate = Gate(
        settings.public_url,
        {
            SESSION_PREFIX: recognise_session(database),
            TOKEN_PREFIX: recognise_token(database),
            VISITOR_PREFIX: VisitorRecogniser(database),
        },
    )
    notices = NoticeCache(database)
    live = Live(names, Publisher(hub, bus), Presence(hub, bus))
    teller = PresenceTeller(database, live, bus)
    relay = Relay(database, hub)
    sites = SiteCache(database)
    ears = Ears(
        hub=hub,
        vault=vault,
        gate=gate,
        live=live,
        sites=sites,
        notices=notices,
        teller=teller,
        relay=relay,
    )
    process = Process(
        ground=ground,
        gate=gate,
        live=live,
        writer=Writer(database, live, ground.limits, notices),
        attacher=Attacher(database, live, ground.objects),
        missed=tell_of_missed_chats(ground, live),
        notices=notices,
        documents=documents,
        sites=sites,
        teller=teller,
        relay=relay,
        keeper=Keeper(settings, documents),
        anchors=Anchors(settings.data, signing),
        ears=ears,
        runs_jobs=runs_jobs,
        _tasks=[],
    )
    ground.after_settings.append(process.keeper.follow)
    features.off_by[:] = [switch(documents.installation)]
    ground.queue.add(retention.JOB, retention.step_job(ground, process.anchors), about=None)
    bus.heard = ears.heard
    bus.poll = relay.poll
    hub.presence_changed = teller.changed

    async def ticked(_tick: Tick) -> None:
        bus.changed(NOBODY, KEYS, NOBODY)

    vault.ticked.append(ticked)
    add_jobs(ground)
    add_legal_jobs(ground)
    add_breach_jobs(ground)
    add_mailing_jobs(ground)
    add_stores(ground, names)
    add_privacy_jobs(ground, live)
    add_rights_jobs(ground, live)
    return process
