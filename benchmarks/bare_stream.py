"""The floor for an idle stream: the same server with an application of three lines."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def running() -> Iterator[tuple[int, int]]:
    """Gives the port and the process of a server whose every answer stays open."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_serve, args=(listener,))
        process.start()
        try:
            socket.create_connection(listener.getsockname(), timeout=5).close()
            time.sleep(2)
            yield listener.getsockname()[1], process.pid or 0
        finally:
            process.kill()
            process.join()


def _serve(listener: socket.socket) -> None:
    config = uvicorn.Config(
        _application, loop="uvloop", http="httptools", lifespan="off", log_config=None
    )
    uvicorn.Server(config).run(sockets=[listener])


async def _application(_scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"event: hello\n\n", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
