"""Ports for servers of tests: on the loopback address, and nobody else's."""

from __future__ import annotations

import contextlib
import os
import random
import socket

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_given: set[int] = set()


def free_port() -> int:
    """Returns a port on the loopback address that nobody uses right now.

    It lies below those that the system gives to outgoing connections, for one of ours, made
    while the server is down, must not take the server's place. Each test process has a thousand
    of its own and gives none twice, so that nobody takes it before it is used, or while its
    server is down.
    """
    first = 20_000 + WORKER % 12 * 1_000
    while True:
        port = random.randrange(first, first + 1_000)
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
