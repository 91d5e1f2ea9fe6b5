"""`chathaven serve`: database, schema, web and jobs, in one command."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from chathaven.base.settings import Settings
from chathaven.engines.backup.exchange import settle
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.given import prepare
from chathaven.engines.database.revision import is_newest
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.cli.apart import apart
from chathaven.entry.cli.installation import only_one
from chathaven.entry.cli.keyring_fits import refuse_strange_keyring
from chathaven.entry.cli.listener import listen
from chathaven.entry.cli.refusal import Refusal
from chathaven.entry.cli.welcome import welcome

_LOOK_AFTER = 1.0


def serve(environ: Mapping[str, str], host: str, port: int, data: Path | None, workers: int) -> int:
    """Serves until SIGTERM or Ctrl-C; returns the exit status.

    Raises:
        SettingError: a setting holds what it cannot take, or leads to no place for files.
        EmbeddedError: the embedded database does not start.
        Refusal: the port or the data folder cannot be had, or the server failed.
    """
    # Until everything is loaded the collector would only look for what is not there.
    gc.disable()
    # Until the server listens to signals itself, a signal unwinds what was begun.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    # Read before the socket is taken, and again once the port is known: a wrong setting is
    # told first.
    settings = Settings.from_env(environ, data=data, host=host, port=port)
    if workers > 1 and settings.redis_url is None:
        raise Refusal(
            f"--workers {workers} needs CHATHAVEN_REDIS_URL, through which the processes hear "
            "each other"
        )
    with only_one(settings.data), listen(host, port) as listener:
        if said := settle(settings.data, settings.database_os_user):
            print(said, flush=True)
        port = listener.getsockname()[1]
        settings = Settings.from_env(environ, data=data, host=host, port=port)
        loading = threading.Thread(target=import_module, args=["chathaven.entry.web"])
        # Loading takes as long as making a database, which leaves a processor idle.
        loading.start()
        try:
            with _database(settings) as (urls, embedded):
                # Before anything else is loaded: two threads that load parts of one library, each
                # waiting for the other, are given half of it.
                loading.join()
                _migrate(urls)
                if embedded is not None:
                    _forget_workers(urls)
                refuse_strange_keyring(settings, urls)
                _check_files(settings)
                return _run(settings, urls, embedded, listener, workers)
        finally:
            # A thread that still loads while the interpreter ends fails loudly, for no reason.
            loading.join()


def _leave(*_: object) -> None:
    sys.exit(0)


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[DatabaseUrls, Embedded | None]]:
    given = prepare(settings)
    if given is not None:
        yield given, None
        return
    folder = settings.data / "postgres"
    with Embedded.start(folder, os_user=settings.database_os_user) as embedded:
        yield DatabaseUrls(owner=embedded.owner_dsn, app=embedded.app_dsn), embedded


def _migrate(urls: DatabaseUrls) -> None:
    if not is_newest(urls.owner):
        # Apart, so that what migrations load (16 MB) does not stay for as long as we serve.
        apart(lambda: _upgrade(urls))


def _upgrade(urls: DatabaseUrls) -> None:
    from chathaven.engines.database.migrate import migrate
    from chathaven.entry.cli.migrate import say_that_it_waits

    migrate(urls, waiting=say_that_it_waits)


def _forget_workers(urls: DatabaseUrls) -> None:
    # Loaded by now, as below.
    from chathaven.engines.jobs.queue import forget_workers_of_before

    forget_workers_of_before(urls.app)


def _check_files(settings: Settings) -> None:
    # Loaded by now, beside the start of the database; at the top of this file it would come first.
    from chathaven.engines.files.objects import Objects

    Objects.open(settings).check()


def _run(
    settings: Settings,
    urls: DatabaseUrls,
    embedded: Embedded | None,
    listener: socket.socket,
    workers: int,
) -> int:
    host, port = listener.getsockname()[:2]
    lost = threading.Event()

    def ready() -> None:
        print(welcome(settings, host, port, embedded is not None), flush=True)

    if workers == 1:
        from chathaven.entry.cli import server

        well = server.run(settings, urls, listener, ready, lambda end: _guard(embedded, lost, end))
    else:
        from chathaven.entry.cli.processes import Processes

        processes = Processes(workers, settings, urls, listener)
        _guard(embedded, lost, processes.stop)
        well = processes.run(ready)
    if lost.is_set():
        raise Refusal(
            "The database ended unexpectedly; nothing that was acknowledged is lost. Start again, "
            f"and see {settings.data / 'postgres' / 'postgres.log'} for the reason"
        )
    return 0 if well else 1


def _guard(embedded: Embedded | None, lost: threading.Event, stop: Callable[[], None]) -> None:
    """Watches the embedded database from a thread, and ends the server when it is gone."""
    if embedded is None:
        return

    def watch() -> None:
        while embedded.is_alive():
            lost.wait(_LOOK_AFTER)
        lost.set()
        stop()

    threading.Thread(target=watch, daemon=True, name="database-guard").start()
