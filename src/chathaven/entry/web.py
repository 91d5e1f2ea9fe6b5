"""The web application: one process's HTTP side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
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
from chathaven.engines.web.headers import Headers
from chathaven.engines.web.problems import on_crash, on_fault, on_http_exception
from chathaven.engines.web.static import Static
from chathaven.entry.document import Document, DocumentRouter
from chathaven.entry.ground import Process, build
from chathaven.entry.health import HEALTH
from chathaven.entry.legal_pages import LEGAL_PAGES
from chathaven.entry.pages import PAGES, STATIC
from chathaven.entry.rights_pages import RIGHTS_PAGES
from chathaven.entry.slices import HANDLERS
from chathaven.entry.verify_pages import VERIFY_PAGES
from chathaven.product.access.gate import Connection
from chathaven.product.audit.opened import Readings
from chathaven.product.chats.origins import check_visitors_page

MOST_BYTES = 64 * 1024
"""The largest body of a request."""


def _actor(scope: Scope) -> Any:
    return scope["user"]


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def create_app(settings: Settings, urls: DatabaseUrls, *, runs_jobs: bool = True) -> Litestar:
    """Returns the application; its engines start and stop with it."""
    process = build(settings, urls, runs_jobs=runs_jobs)
    static = Static(STATIC)
    given = {
        "ground": process.ground,
        "live": process.live,
        "writer": process.writer,
        "attacher": process.attacher,
        "sites": process.sites,
        "notices": process.notices,
        "gate": process.gate,
        "readings": Readings(),
        "anchors": process.anchors,
        "keeper": process.keeper,
        "static": static,
        "documents": process.documents,
        "terms": process.documents.terms,
        "contact": process.documents.contact,
    }
    dependencies = {name: _give(value) for name, value in given.items()} | {
        "actor": Provide(_actor, sync_to_thread=False),
        "address": Provide(_address, sync_to_thread=False),
    }
    app = Litestar(
        # On the application itself: the routes of a router inside it would all be made twice.
        route_handlers=[*HANDLERS, *PAGES, *LEGAL_PAGES, *VERIFY_PAGES, *RIGHTS_PAGES, *HEALTH],
        middleware=[_door(process)],
        dependencies=dependencies,
        lifespan=[_life(process)],
        exception_handlers={
            Fault: on_fault,
            HTTPException: on_http_exception,
            Exception: on_crash,
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
            render_plugins=[Document(process.gate.cookie)],
        ),
        request_max_body_size=MOST_BYTES,
        logging_config=None,
    )
    app.asgi_handler = Headers(app.asgi_handler, settings)
    app.state.process = process
    app.state.ground = process
    return app


def _door(process: Process) -> Callable[[ASGIApp], ASGIApp]:
    """Returns the gate as a layer around every route.

    Not as one of the framework's guards: for each call of a guard it makes a copy of the route's
    handler, which took a tenth of the time of sending a message.
    """

    def around(app: ASGIApp) -> ASGIApp:
        async def pass_through(scope: Scope, receive: Receive, send: Send) -> None:
            connection: Connection = ASGIConnection(scope)
            await process.gate.guard(connection, cast("BaseRouteHandler", scope["route_handler"]))
            who = scope.get("user")
            if isinstance(who, Visitor):
                await check_visitors_page(process.gate, process.sites, connection, who)
            await app(scope, receive, send)

        return pass_through

    return around


def _give(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def _life(process: Process) -> Any:
    @asynccontextmanager
    async def life(_app: Litestar) -> AsyncIterator[None]:
        await process.start()
        try:
            yield
        finally:
            await process.stop()

    return life
