"""The answer that stays open: server-sent events from the hub."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response
from litestar.types import Receive, Scope, Send

from chathaven.engines.stream.hub import Hub
from chathaven.engines.stream.subscription import Subscription

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response[bytes]):
    """Opens a stream of `hub` for a subscription, with a first frame."""

    def __init__(self, hub: Hub, subscription: Subscription, hello: bytes) -> None:
        super().__init__(content=b"", media_type="text/event-stream")
        self._hub = hub
        self._subscription = subscription
        self._hello = hello

    def to_asgi_response(  # type: ignore[override]  # it takes what it needs
        self, app: Litestar | None, request: Request[Any, Any, Any], **_: Any
    ) -> _Open:
        """Returns the answer; Litestar calls it once the handler is done."""
        return _Open(self._hub, self._subscription, self._hello)


class _Open:
    __slots__ = ("_hello", "_hub", "_subscription")

    def __init__(self, hub: Hub, subscription: Subscription, hello: bytes) -> None:
        self._hub = hub
        self._subscription = subscription
        self._hello = hello

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": self._hello, "more_body": True})
        subscription = self._subscription
        self._hub.add(subscription)
        try:
            await subscription.run(receive, send)
        finally:
            self._hub.remove(subscription)
