"""Requests that are answered without a task: their body is handed to a function, and that answers.

The usual way makes a task of every request, and passes it through the layers of the framework. Of
a message, that took more than writing it. What the function does not take goes the usual way from
its beginning.
"""

from __future__ import annotations

from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from chathaven.engines.web.direct import Direct
from chathaven.entry.cli.connection import Connection

_HeldBack = tuple[RequestResponseCycle, ASGI3Application]


class DirectConnection(Connection):
    """A connection that knows one direct way."""

    def __init__(self, *args: Any, direct: Direct, **named: Any) -> None:
        super().__init__(*args, **named)
        self._direct = direct
        self._held: _HeldBack | None = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Holds what may go the direct way until its body is there."""
        if cycle.waiting_for_100_continue or not self._direct.fits(cycle.scope):
            super()._start_asgi_task(cycle, app)
            return
        self._held = cycle, app
        if not cycle.more_body:
            self._hand_over(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Lets the usual way read on, and refuse it, where the body is longer than any may be."""
        super().on_body(body)
        if self._held is not None and self.flow.read_paused:
            self._go_the_usual_way(*self._held)

    def on_message_complete(self) -> None:
        """Hands over what was held."""
        super().on_message_complete()
        if self._held is not None:
            self._hand_over(*self._held)

    def _hand_over(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        def answer(content: bytes | None) -> None:
            if cycle.disconnected:
                return
            if content is None:
                self._go_the_usual_way(cycle, app)
            else:
                self._write(cycle, content)

        self._held = None
        # Who does not take what they are answered waits on the usual way, and costs no memory.
        if self.flow.write_paused or not self._direct.take(
            [*cycle.scope["headers"]], bytes(cycle.body), answer
        ):
            self._go_the_usual_way(cycle, app)

    def _go_the_usual_way(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._held = None
        super()._start_asgi_task(cycle, app)

    def _write(self, cycle: RequestResponseCycle, content: bytes) -> None:
        """Writes a whole answer, and does what the usual way does at the end of one."""
        cycle.response_started = cycle.response_complete = True
        ends = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(self._direct.answer(cycle.default_headers, ends, content))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()
