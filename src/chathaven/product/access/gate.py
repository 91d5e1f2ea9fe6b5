"""The one door: who is asking, and may they. Closed where a route says nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler

from chathaven.base.actor import Actor, Operator, Visitor
from chathaven.base.errors import Forbidden, Unauthenticated
from chathaven.base.ids import Secret
from chathaven.base.timed_cache import TimedCache

PUBLIC = "public"
"""Everybody may."""
VISITOR = "visitor"
"""A visitor with a token may."""
SIGNED_IN = "signed-in"
"""Every operator may."""

SESSION_PREFIX = "chs"
TOKEN_PREFIX = "cht"
VISITOR_PREFIX = "chv"
INVITATION_PREFIX = "chi"
RIGHTS_PREFIX = "chr"

Connection = ASGIConnection[Any, Any, Any, Any]
Recognise = Callable[[Secret], Awaitable[Actor | None]]
CACHE_SECONDS = 5
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def may(who: str) -> dict[str, Any]:
    """Returns what a route says of who may use it: PUBLIC, VISITOR, SIGNED_IN or a permission."""
    return {"may": who}


def files(*media_types: str) -> dict[str, Any]:
    """Returns what a route says that answers with a file of one of several kinds."""
    return {"files": media_types}


def form() -> dict[str, Any]:
    """Returns what a route says that takes a form with an id and a file."""
    return {"form": True}


class Gate:
    """Recognises credentials, and remembers them for a few seconds."""

    def __init__(self, public_url: str, recognisers: dict[str, Recognise]) -> None:
        self._origin = public_url
        self._recognisers = recognisers
        self._known: TimedCache[bytes, Actor] = TimedCache(100_000, CACHE_SECONDS)
        self._forgotten = 0
        secure = public_url.startswith("https:")
        self.cookie = "__Host-chathaven" if secure else "chathaven"
        self.secure = secure

    async def guard(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Lets a request through to its route, or refuses it.

        Raises:
            Unauthenticated: nobody known is asking.
            Forbidden: it comes from a foreign page, or the operator may not do this.
        """
        if connection.scope.get("method") == "OPTIONS":
            # The framework answers it with the methods that the address takes, and no more.
            return
        who = handler.opt.get("may")
        if who is None:
            raise ImproperlyConfiguredException(f"{handler} does not say who may use it.")
        if who == PUBLIC:
            self._own_page(connection)
            return
        actor = await self._actor(connection)
        if who == VISITOR:
            allowed = isinstance(actor, Visitor)
        else:
            allowed = isinstance(actor, Operator)
        if not allowed:
            raise Unauthenticated()
        if isinstance(actor, Operator) and who != SIGNED_IN and who not in actor.permissions:
            raise Forbidden()
        connection.scope["user"] = actor

    def forget(self, account_id: UUID) -> None:
        """Forgets whom it recognised in an account, after something about them changed."""
        self._forgotten += 1
        for digest in [key for key, who in self._known.items() if who.account_id == account_id]:
            self._known.forget(digest)

    def known(self, authorization: bytes) -> Actor | None:
        """Returns who holds a bearer secret that was recognised a moment ago.

        Of nobody, and of the holder of a cookie's secret, this says nothing: ask `guard`.
        """
        kind, _, text = authorization.partition(b" ")
        return self._known.get(sha256(text.strip()).digest()) if kind == b"Bearer" else None

    async def recognise(self, text: str, prefixes: tuple[str, ...]) -> Actor | None:
        """Returns who holds a secret of one of these kinds."""
        for prefix in prefixes:
            secret = Secret.parse(text, prefix)
            if secret is None:
                continue
            known = self._known.get(secret.digest)
            if known is None:
                before = self._forgotten
                known = await self._recognisers[prefix](secret)
                # Not kept when something was forgotten meanwhile: it may be what was read.
                if known is not None and before == self._forgotten:
                    self._known[secret.digest] = known
            return known
        return None

    async def _actor(self, connection: Connection) -> Actor:
        bearer = connection.headers.get("authorization")
        if bearer is not None:
            kind, _, text = bearer.partition(" ")
            prefixes = (VISITOR_PREFIX, TOKEN_PREFIX) if kind.lower() == "bearer" else ()
            actor = await self.recognise(text.strip(), prefixes)
        else:
            self._own_page(connection)
            cookie = connection.cookies.get(self.cookie, "")
            actor = await self.recognise(cookie, (SESSION_PREFIX,))
        if actor is None:
            raise Unauthenticated()
        return actor

    def _own_page(self, connection: Connection) -> None:
        """Refuses what a foreign page sends with the browser's own cookies (C-08)."""
        if connection.scope.get("method") in _SAFE or self.is_widget(connection):
            return
        origin = connection.headers.get("origin")
        foreign = origin is not None and not self.is_own_origin(connection, origin)
        if foreign or connection.headers.get("sec-fetch-site") == "cross-site":
            raise Forbidden("This was sent from another site.", code="cross_site")

    def is_widget(self, connection: Connection) -> bool:
        """Whether this is the visitors' interface, which no cookie opens."""
        return connection.scope["path"].startswith("/v1/widget/")

    def is_own_origin(self, connection: Connection, origin: str) -> bool:
        """Whether an origin is ours: the public address, or the host that was asked."""
        return origin == self._origin or urlsplit(origin).netloc == connection.headers.get("host")
