"""`chathaven worker`: jobs only, beside web processes elsewhere."""

from __future__ import annotations

import asyncio
import signal

import uvloop

from chathaven.base.settings import Settings
from chathaven.engines.database.migrate import migrate
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.journal import configure
from chathaven.entry import ground
from chathaven.entry.cli.ending import at_the_latest
from chathaven.entry.cli.installation import database
from chathaven.entry.cli.keyring_fits import refuse_strange_keyring
from chathaven.entry.cli.migrate import say_that_it_waits

# Within the 35 s that a supervisor is told to wait, as a server.
_EXIT_LIMIT = 34.0


def worker(settings: Settings) -> int:
    """Runs jobs until SIGTERM or Ctrl-C; returns the exit status.

    Raises:
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: the data folder cannot be used.
        SettingError: the keyring cannot be used.
    """
    with database(settings) as urls:
        migrate(urls, waiting=say_that_it_waits)
        refuse_strange_keyring(settings, urls)
        uvloop.run(_work(settings, urls))
    return 0


async def _work(settings: Settings, urls: DatabaseUrls) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    process = ground.build(settings, urls, runs_jobs=True)
    configure(settings.log)
    await process.start()
    print("Working on jobs. Press Ctrl+C to stop.", flush=True)
    await told.wait()
    with at_the_latest(_EXIT_LIMIT):
        await process.stop()
