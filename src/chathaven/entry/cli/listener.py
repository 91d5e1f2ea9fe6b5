"""The socket that the server listens on, taken before anything slow begins."""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
import time

from chathaven.entry.cli.refusal import Refusal

# Thousands of widgets may come back in the same second after a restart.
BACKLOG = 4096
# How long a peer may leave what we send without a sign: longer than most gaps of a phone's network,
# and not the quarter of an hour, or for ever, that the system waits by itself.
_SILENT_MILLISECONDS = 120_000
# The processes of a killed server let go of the port a moment after it.
_PATIENCE = 1.0


def listen(host: str, port: int) -> socket.socket:
    """Returns a bound, listening socket.

    Raises:
        Refusal: the address is in use, not ours, or needs more rights.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise Refusal(f"--host {host} is not an address of this machine") from None
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _bind(family, address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            raise _refusal(error, host, port) from error


def allow_many() -> None:
    """Lets this process hold as many connections as the system grants it.

    Each open stream is one file, and a usual shell starts with a soft limit of 1,024.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A system may refuse a limit that it calls unlimited; then it stays as it was.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _bind(family: int, address: tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux has it, others do not.
            # Each connection takes it over. A stream says something every half minute.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_MILLISECONDS)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _refusal(error: OSError, host: str, port: int) -> Refusal:
    if error.errno == errno.EADDRINUSE:
        return Refusal(f"Port {port} is in use by another program: stop it, or choose --port")
    if error.errno == errno.EACCES:
        return Refusal(f"Port {port} may not be taken by this user: choose --port 1024 or higher")
    return Refusal(f"Cannot listen on {host} port {port}: {error.strerror}")
