"""A lean HTTP/1.1 client: the processor that it does not use is the server's.

It knows what our server sends: answers with a length, and streams of events in chunks.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

HOST = "127.0.0.1"
_LENGTH = b"\r\ncontent-length: "
_COOKIE = b"\r\nset-cookie: "


def request(
    method: str, path: str, body: bytes | None = None, token: str = "", **headers: str
) -> bytes:
    """Returns a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


class Caller(asyncio.Protocol):
    """One connection that stays open; one request at a time. `on_answer` gets status and body.

    `cookie` is what the server set last.
    """

    def __init__(self, on_answer: Callable[[int, bytes], None]) -> None:
        self._on_answer = on_answer
        self.cookie = ""
        self._held = b""
        self._transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way out."""
        self._transport = cast("asyncio.Transport", transport)
        self.send = self._transport.write

    def data_received(self, data: bytes) -> None:
        """Gives an answer on, once it is whole."""
        if self._held:
            data = self._held + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._held = data
            return
        at = data.find(_LENGTH, 0, end) + len(_LENGTH)
        # 204 has no length.
        length = int(data[at : data.find(b"\r\n", at)]) if at >= len(_LENGTH) else 0
        if len(data) < end + 4 + length:
            self._held = data
            return
        self._held = b""
        cookie = data.find(_COOKIE, 0, end)
        if cookie > 0:
            self.cookie = data[cookie + len(_COOKIE) : end].partition(b";")[0].decode()
        self._on_answer(int(data[9:12]), data[end + 4 :])

    def connection_lost(self, exc: Exception | None) -> None:
        """Notes it; who waits for an answer sees it as a status of 0."""
        if not self.lost:
            self.lost = True
            self._on_answer(0, b"")

    def close(self) -> None:
        """Hangs up."""
        self.lost = True
        if self._transport is not None:
            self._transport.close()


class Client:
    """A connection for calls made one after another."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._caller: Caller | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    async def call(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> dict[str, Any]:
        """Returns the answer. A cookie that was set is sent back, as a browser does.

        Raises:
            RuntimeError: it is not a success.
        """
        loop = asyncio.get_running_loop()
        if self._caller is None:
            _, self._caller = await loop.create_connection(
                lambda: Caller(self._take), HOST, self._port
            )
        self._answer = loop.create_future()
        content = None if body is None else json.dumps(body).encode()
        headers = {"cookie": self._caller.cookie} if self._caller.cookie else {}
        self._caller.send(request(method, path, content, token, **headers))
        status, text = await self._answer
        if not 200 <= status < 300:
            raise RuntimeError(f"{method} {path} answered {status}: {text[:300]!r}")
        return cast("dict[str, Any]", json.loads(text)) if text else {}

    def close(self) -> None:
        """Hangs up."""
        if self._caller is not None:
            self._caller.close()

    def _take(self, status: int, body: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))
