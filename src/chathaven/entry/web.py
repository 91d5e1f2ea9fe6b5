"""The web application: one process's HTTP side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, cast

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.types import ASGIApp, Receive, Scope, Send

from chathaven import __version__
from chathaven.base.actor import Visitor
from chathaven.base.errors import Fault
from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.web.direct import Answer, Direct, Take
from chathaven.engines.web.headers import Headers
from chathaven.engines.web.limits import caller
from chathaven.engines.web.problems import on_crash, on_fault, on_http_exception
from chathaven.engines.web.static import Static
from chathaven.entry.document import Document, DocumentRouter
from chathaven.entry.ground import Process, build
from chathaven.entry.health import HEALTH
from chathaven.entry.legal_pages import LEGAL_PAGES
from chathaven.entry.pages import PAGES, STATIC
from chathaven.entry.problem_page import for_readers
from chathaven.entry.rights_pages import RIGHTS_PAGES
from chathaven.entry.slices import HANDLERS
from chathaven.entry.verify_pages import VERIFY_PAGES
from chathaven.product.access.gate import Connection
from chathaven.product.audit.opened import Readings
from chathaven.product.chats.origins import check_visitors_page
from chathaven.product.messages.direct import PATH, send_directly

MOST_BYTES = 64 * 1024
"""The largest body of a request."""


def _actor(scope: Scope) -> Any:
    return scope["user"]


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return caller(str(client[0])) if client else ""


class Behind:
    """What is behind the routes: `app.state.behind`.

    Tests put a process of their own there, one after another, for making the routes anew takes
    longer than most of them.
    """

    def __init__(self, process: Process) -> None:
        self.static = Static(STATIC)
        self.put(process)

    def put(self, process: Process) -> None:
        """Lets the routes work with this process from now on."""
        self.process = process
        self.readings = Readings()


_GIVEN: dict[str, Callable[[Behind], object]] = {
    "ground": lambda behind: behind.process.ground,
    "live": lambda behind: behind.process.live,
    "writer": lambda behind: behind.process.writer,
    "attacher": lambda behind: behind.process.attacher,
    "sites": lambda behind: behind.process.sites,
    "notices": lambda behind: behind.process.notices,
    "gate": lambda behind: behind.process.gate,
    "readings": lambda behind: behind.readings,
    "anchors": lambda behind: behind.process.anchors,
    "keeper": lambda behind: behind.process.keeper,
    "static": lambda behind: behind.static,
    "documents": lambda behind: behind.process.documents,
    "terms": lambda behind: behind.process.documents.terms,
    "contact": lambda behind: behind.process.documents.contact,
}


def create_app(settings: Settings, urls: DatabaseUrls, *, runs_jobs: bool = True) -> Litestar:
    """Returns the application; its engines start and stop with it."""
    behind = Behind(build(settings, urls, runs_jobs=runs_jobs))
    dependencies = {name: _give(behind, take) for name, take in _GIVEN.items()} | {
        "actor": Provide(_actor, sync_to_thread=False),
        "address": Provide(_address, sync_to_thread=False),
    }
    app = Litestar(
        # On the application itself: the routes of a router inside it would all be made twice.
        route_handlers=[*HANDLERS, *PAGES, *LEGAL_PAGES, *VERIFY_PAGES, *RIGHTS_PAGES, *HEALTH],
        middleware=[_door(behind)],
        dependencies=dependencies,
        lifespan=[_life(behind)],
        exception_handlers={
            Fault: for_readers(on_fault),
            HTTPException: for_readers(on_http_exception),
            Exception: for_readers(on_crash),
        },
        cors_config=CORSConfig(
            allow_origins=["*"],
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["authorization", "content-type", "last-event-id"],
            max_age=600,
        ),
        openapi_config=OpenAPIConfig(
            title="Chathaven",
            version=__version__,
            # The document itself is the root, so that every other address below /v1 is ours.
            openapi_router=DocumentRouter("/v1/openapi.json"),
            render_plugins=[Document(behind.process.gate.cookie)],
        ),
        request_max_body_size=MOST_BYTES,
        logging_config=None,
    )
    headers = Headers(app.asgi_handler, settings)
    app.asgi_handler = headers
    app.state.behind = behind
    app.state.direct = Direct(PATH, HTTPStatus.CREATED, [*headers.api], _taker(behind))
    return app


def _taker(behind: Behind) -> Take:
    def take(headers: list[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        process = behind.process
        return send_directly(process.gate, process.writer, headers, body, answer)

    return take


def _door(behind: Behind) -> Callable[[ASGIApp], ASGIApp]:
    """Returns the gate as a layer around every route.

    Not as one of the framework's guards: for each call of a guard it makes a copy of the route's
    handler, which took a tenth of the time of sending a message.
    """

    def around(app: ASGIApp) -> ASGIApp:
        async def pass_through(scope: Scope, receive: Receive, send: Send) -> None:
            process = behind.process
            connection: Connection = ASGIConnection(scope)
            await process.gate.guard(connection, cast("BaseRouteHandler", scope["route_handler"]))
            who = scope.get("user")
            if isinstance(who, Visitor):
                await check_visitors_page(process.gate, process.sites, connection, who)
            await app(scope, receive, send)

        return pass_through

    return around


def _give(behind: Behind, take: Callable[[Behind], object]) -> Provide:
    return Provide(lambda: take(behind), sync_to_thread=False)


def _life(behind: Behind) -> Any:
    @asynccontextmanager
    async def life(_app: Litestar) -> AsyncIterator[None]:
        await behind.process.start()
        try:
            yield
        finally:
            await behind.process.stop()

    return life
