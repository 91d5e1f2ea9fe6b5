"""One connection of the server: uvicorn's, with an end to its patience.

uvicorn waits for the rest of a request for as long as the other end likes, and takes a head of any
length; a few thousand half requests would hold every connection that there is.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_ANSWER = b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Connection(HttpToolsProtocol):
    """Hangs up where a request does not come to its end. Answers, and so streams, take their time.

    All times are in seconds, and counted anew for each request.
    """

    first_seconds = 75.0
    """For the first byte of a connection, which browsers open before they need it."""
    head_seconds = 20.0
    """For the whole head."""
    idle_seconds = 40.0
    """Without a byte of the body. A form that is read as it comes gives up sooner, and says so."""
    body_seconds = 660.0
    """For the whole body; longer than the longest form (`engines.web.upload`)."""
    most_bytes = 64 * 1024
    """That are no part of a body: the head, or what stands between and behind chunks."""

    _timer: TimerHandle | None = None
    _due = 0.0
    """When the whole head, or the whole body, has to be there (of the loop's clock)."""
    _in_head = False
    _in_body = False
    _odd = 0
    """Bytes that came since the last one of a body."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begins to wait."""
        super().connection_made(transport)
        self._wait(self.first_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes what came, and waits for what is missing."""
        self._odd += len(data)
        super().data_received(data)
        if not (self._in_head or self._in_body):
            self._wait(None)
        elif self._odd > self.most_bytes:
            self._hang_up(b"431 Request Header Fields Too Large")
        elif self._in_head:
            self._wait(self._due - self.loop.time())
        else:
            self._wait(min(self.idle_seconds, self._due - self.loop.time()))

    def on_message_begin(self) -> None:
        """Hears that a head begins."""
        super().on_message_begin()
        self._in_head = True
        self._due = self.loop.time() + self.head_seconds

    def on_headers_complete(self) -> None:
        """Hears that a body begins, which may be empty."""
        super().on_headers_complete()
        self._in_head, self._in_body, self._odd = False, True, 0
        self._due = self.loop.time() + self.body_seconds

    def on_body(self, body: bytes) -> None:
        """Hears a piece of the body."""
        super().on_body(body)
        self._odd = 0

    def on_message_complete(self) -> None:
        """Hears that nothing of the request is missing."""
        super().on_message_complete()
        self._in_body, self._odd = False, 0

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and not self.transport.is_closing():
            self._timer = self.loop.call_later(max(0.0, seconds), self._too_late)

    def _too_late(self) -> None:
        self._timer = None
        # What we do not read for now cannot come, and whoever is still being answered sent enough.
        if self.flow.read_paused or (self._in_head and self._is_answering()):
            self._due = max(self._due, self.loop.time() + self.idle_seconds)
            self._wait(self.idle_seconds)
            return
        self._hang_up(b"408 Request Timeout")

    def _is_answering(self) -> bool:
        # There is none before the first request, whatever its type says.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _hang_up(self, why: bytes) -> None:
        if self.transport.is_closing():
            return
        # In the middle of an answer it would read as a part of that.
        if self._in_head and not self._is_answering():
            self.transport.write(_ANSWER % why)
        self.transport.close()
