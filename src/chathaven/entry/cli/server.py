"""One web process: uvicorn, with an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import uvicorn

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.journal import configure
from chathaven.entry.cli.direct import DirectConnection
from chathaven.entry.cli.ending import at_the_latest
from chathaven.entry.cli.listener import BACKLOG, allow_many
from chathaven.entry.web import create_app

# Everything together stays within the 35 s that a supervisor is told to wait.
_DRAIN_LIMIT = 2.0
_REQUESTS_LIMIT = 30
_EXIT_LIMIT = 34.0
# New objects, less those that went by themselves, until the collector looks for circles.
_COLLECT_AFTER = 10_000


class Server(uvicorn.Server):
    """Drains before it closes, and does not raise the signal again when it is done."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Callable[[], Awaitable[None]],
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Opens for requests, and says so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Turns readiness off and sends streams away, lets requests finish, then closes."""
        with at_the_latest(_EXIT_LIMIT):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drain(), _DRAIN_LIMIT)
            await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listens to SIGTERM and SIGINT; what follows the server still has work to do.

        A process that was told to ignore SIGINT keeps ignoring it.
        """
        heard = [
            n for n in (signal.SIGTERM, signal.SIGINT) if signal.getsignal(n) != signal.SIG_IGN
        ]
        before = {number: signal.signal(number, self.handle_exit) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def run(
    settings: Settings,
    urls: DatabaseUrls,
    listener: socket.socket,
    on_ready: Callable[[], None],
    watch: Callable[[Callable[[], None]], None] = lambda _: None,
) -> bool:
    """Serves until a signal; True when it started and ended in order.

    `watch` is given, before the server runs, the function by which others ask it to end.
    """
    allow_many()
    app = create_app(settings, urls)
    configure(settings.log)
    # What is there now stays: the collector need not look at it again and again. Nor after each
    # few requests, of which hundreds may be under way: that took a tenth of the time of each.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    gc.enable()

    async def drain() -> None:
        await app.state.behind.process.drain()

    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=partial(DirectConnection, direct=app.state.direct),  # type: ignore[arg-type]  # a class, as good as
        ws="none",
        lifespan="on",
        backlog=BACKLOG,
        # Addresses of pages tell who reads what: they are not written down.
        access_log=False,
        log_config=None,
        server_header=False,
        # Proxies keep a connection for about a minute; whoever closes first should not be us.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_REQUESTS_LIMIT,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=[str(network) for network in settings.proxies],
    )
    server = Server(config, drain, on_ready)

    def end() -> None:
        server.should_exit = True

    watch(end)
    server.run(sockets=[listener])
    return server.started
