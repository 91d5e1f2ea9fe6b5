"""Headers that every answer carries, added where answers leave: one place, no way around it.

A wrapper of `send` and not a middleware: it adds no coroutine to a stream that stays open, and
to a message one list.
"""

from __future__ import annotations

from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from chathaven.base.settings import Settings
from chathaven.engines.web.problems import allowed

API = "/v1/"
_YEAR = 31_536_000
_ALWAYS = ((b"x-content-type-options", b"nosniff"),)
# What an interface answers is data: should a browser ever show it, nothing in it runs.
_OF_API = (
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # What a handler does not call cacheable is for the one who asked, and is not kept.
    (b"cache-control", b"no-store"),
)
_OF_PAGES = ((b"referrer-policy", b"strict-origin-when-cross-origin"),)


class Headers:
    """The application, with the headers that browsers and caches need (C-09, C-21)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        always: tuple[tuple[bytes, bytes], ...] = _ALWAYS
        if settings.public_url.startswith("https:"):
            always += ((b"strict-transport-security", b"max-age=%d" % _YEAR),)
        self._app = app
        self.api = always + _OF_API
        self._pages = always + _OF_PAGES

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        """Passes a request on; the answer's first message gets the headers."""
        if scope["type"] != ScopeType.HTTP:
            return self._app(scope, receive, send)
        is_api = scope["path"].startswith(API)
        added = self.api if is_api else self._pages
        if scope["method"] == "HEAD" and not is_api:
            # The server leaves the body out. A stream has no end, so the interface takes no HEAD.
            scope = cast("HTTPScope", {**scope, "method": "GET"})

        def send_with(message: Message) -> Any:
            if message["type"] == "http.response.start":
                there = message["headers"]
                # What a handler says of its own answer stands: browsers would take both policies,
                # or of two the last.
                said = {name.lower() for name, _ in there}
                headers = [*there, *(each for each in added if each[0] not in said)]
                if scope["method"] == "OPTIONS":
                    headers = _with_allow(headers, scope)
                message["headers"] = headers
            return send(message)

        return self._app(scope, receive, send_with)


def _with_allow(headers: list[tuple[bytes, bytes]], scope: HTTPScope) -> list[tuple[bytes, bytes]]:
    """Names all methods: the framework forgets those that were registered by themselves."""
    methods = ", ".join(allowed(scope["litestar_app"], scope["path"])).encode()
    return [(name, methods if name.lower() == b"allow" else value) for name, value in headers]
