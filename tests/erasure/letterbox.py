"""As much of an SMTP server as a proof of erasure takes, on the loopback address."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast


class _Talk(socketserver.StreamRequestHandler):
    """One connection; takes every letter."""

    def handle(self) -> None:
        """Answers line by line (RFC 5321)."""
        box = cast("Letterbox", self.server)
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    body += text
                box.letters.append(body)
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 taken\r\n")


class Letterbox(socketserver.ThreadingTCPServer):
    """Keeps the letters that it was given, whole, in the order of their coming."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[bytes] = []

    @property
    def url(self) -> str:
        """What CHATHAVEN_SMTP_URL takes."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """Opens one, and closes it."""
    with Letterbox() as box:
        listening = threading.Thread(target=box.serve_forever, args=(0.05,), daemon=True)
        listening.start()
        try:
            yield box
        finally:
            box.shutdown()
            listening.join(10)
