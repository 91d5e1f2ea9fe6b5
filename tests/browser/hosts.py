"""A stranger's website: a small page on another origin, with the widget on it and a policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Host:
    """A website on the loopback address, under the name `localhost`: another site than ours."""

    body: str = ""
    policy: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        return f"http://localhost:{self.port}"


@contextmanager
def hosting(body: str, policy: str | None = None) -> Iterator[Host]:
    """Serves a page for the length of a block."""
    host = Host(body, policy)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            page = (
                '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>'
                '<link rel="icon" href="data:,"></head>'
                f"<body><h1>A shop</h1>{host.body}</body></html>"
            )
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            if host.policy is not None:
                self.send_header("content-security-policy", host.policy)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def snippet(server_url: str, site_key: str, **more: str) -> str:
    """What the documentation tells to put on a page."""
    settings = ", ".join([f'site: "{site_key}"', *(f"{k}: {v}" for k, v in more.items())])
    return (
        f"<script>window.chathavenConfig = {{ {settings} }}</script>"
        f'<script async src="{server_url}/widget.js"></script>'
    )
