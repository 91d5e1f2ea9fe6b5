"""Driving a real server from outside, as people's browsers and scripts do.

`Server` is a `chathaven serve` of a test's own, forked (`tests.forks`) and on a copy of a filled
database (`tests.ground`); `sign_up` and `visit` give somebody who is signed in there; `Reader`
follows an event stream and resumes it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests import forks
from tests.ground import give_cluster
from tests.ports import free_port
from tests.streams import Lines, Reader, StreamEvent

__all__ = [
    "Account",
    "Lines",
    "Reader",
    "Server",
    "StreamEvent",
    "VisitorClient",
    "free_port",
    "sign_up",
    "visit",
]

START_SECONDS = 60
STOP_SECONDS = 40
PASSWORD = "correct horse battery staple"
CHEAP = {"CHATHAVEN_RATE_LIMITS": "off", "CHATHAVEN_PASSWORD_MEMORY": "19"}
_numbers = count(1)


class Server:
    """A `chathaven serve` with a data folder and a port that it keeps across restarts.

    Rate limits are off and passwords take as little memory as they may, unless `settings` says
    otherwise: `Server(folder, CHATHAVEN_RATE_LIMITS="on")`. Nothing of the environment's own
    CHATHAVEN_* is passed on.
    """

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = arguments
        own = {k: v for k, v in os.environ.items() if not k.startswith("CHATHAVEN_")}
        self._environment = {**own, **CHEAP, **settings}
        self._process: forks.Fork | None = None

    @property
    def pid(self) -> int:
        """The process of the server.

        Raises:
            AssertionError: it does not run.
        """
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process was started, ready or not, and nobody has waited for its end."""
        return self._process is not None

    @property
    def environment(self) -> dict[str, str]:
        """What its process sees of the environment."""
        return dict(self._environment)

    def start(self) -> Server:
        """Starts it and waits until it takes requests.

        Raises:
            AssertionError: it ended, or was not ready after a minute; says its last words.
        """
        assert self._process is None, "the server is running already"
        if "CHATHAVEN_DATABASE_URL" not in self._environment:
            give_cluster(self.data / "postgres")
        line = ("serve", "--port", self.port, "--data", self.data, *self._arguments)
        with self.log.open("ab") as log:
            self._process = forks.start(line, self._environment, log.fileno(), log.fileno())
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self._process = None
                raise AssertionError(f"the server ended: {self.last_words()}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=30).status_code == 200:
                    return self
            time.sleep(0.02)
        self.kill()
        raise AssertionError(f"the server was not ready in time: {self.last_words()}")

    def stop(self) -> int:
        """Asks it to end in order (SIGTERM), and returns its exit status."""
        return self._end(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        """Waits until it ends by itself, and returns its exit status."""
        assert self._process is not None, "the server is not running"
        return self._process.wait(seconds)

    def kill(self) -> None:
        """Kills it at once (SIGKILL), its database with it; does nothing when it rests."""
        if self._process is not None:
            self._end(signal.SIGKILL)

    def restart(self) -> Server:
        """Kills it and starts it again on the same data and port."""
        self.kill()
        return self.start()

    def last_words(self) -> str:
        """Returns the end of what it said."""
        return self.log.read_text(errors="replace")[-2_000:] if self.log.exists() else ""

    def outbox(self) -> list[Path]:
        """Returns the letters it wrote, oldest first."""
        return sorted((self.data / "outbox").glob("*.eml"))

    def http(self, **options: Any) -> httpx.Client:
        """Returns a client of nobody in particular."""
        return httpx.Client(base_url=self.url, timeout=30, **options)

    def _end(self, number: signal.Signals) -> int:
        process = self._process
        assert process is not None, "the server is not running"
        process.send_signal(number)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
            raise AssertionError(f"the server did not end: {self.last_words()}") from None
        finally:
            self._process = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


@dataclass
class Account:
    """A company whose owner is signed in. `http` bears the owner's session."""

    server: Server
    http: httpx.Client
    company: str
    name: str
    email: str
    password: str
    account_id: str
    operator_id: str
    site_id: str
    site_key: str

    @property
    def me(self) -> dict[str, Any]:
        """What the server says of the owner."""
        return json_of(self.http.get("/v1/me"))

    def say(self, chat_id: str, text: str, id: str | None = None) -> dict[str, Any]:
        """Answers in a chat; returns what was acknowledged."""
        body = {"id": id or str(uuid4()), "text": text}
        return json_of(self.http.post(f"/v1/chats/{chat_id}/messages", json=body), 201)

    def events(self, chat_id: str) -> list[dict[str, Any]]:
        """Returns all events of a chat."""
        return all_items(self.http, f"/v1/chats/{chat_id}/events")

    def reader(self, last_id: int | None = None) -> Reader:
        """Returns a reader of the account's stream."""
        return Reader(self.http, "/v1/stream", last_id)


@dataclass
class VisitorClient:
    """A visitor with a token. `http` bears it."""

    server: Server
    http: httpx.Client
    token: str
    visitor_id: str

    @property
    def me(self) -> dict[str, Any]:
        """What the server says of the visitor and the chat."""
        return json_of(self.http.get("/v1/widget/me"))

    @property
    def chat_id(self) -> str:
        """The visitor's chat."""
        return str(self.me["chat"]["id"])

    def say(self, text: str, id: str | None = None) -> dict[str, Any]:
        """Writes a message; returns what was acknowledged."""
        body = {"id": id or str(uuid4()), "text": text}
        return json_of(self.http.post("/v1/widget/me/messages", json=body), 201)

    def events(self) -> list[dict[str, Any]]:
        """Returns all events of the visitor's chat."""
        return all_items(self.http, "/v1/widget/me/events")

    def reader(self, last_id: int | None = None) -> Reader:
        """Returns a reader of the visitor's stream."""
        return Reader(self.http, "/v1/widget/me/stream", last_id)


def sign_up(server: Server, **given: str) -> Account:
    """Makes a new account; `given` may name company, name, email and password."""
    number = next(_numbers)
    body = {
        "company": f"Company {number}",
        "name": f"Owner {number}",
        "email": f"owner-{number}-{uuid4().hex[:8]}@company.example",
        "password": PASSWORD,
        **given,
    }
    http = server.http()
    body["accepted_terms"] = json_of(http.get("/v1/legal/terms"))["version"]
    made = json_of(http.post("/v1/accounts", json=body), 201)
    return Account(
        server=server,
        http=http,
        company=body["company"],
        name=body["name"],
        email=body["email"],
        password=body["password"],
        account_id=made["account"]["id"],
        operator_id=made["operator"]["id"],
        site_id=made["site"]["id"],
        site_key=made["site"]["key"],
    )


def visit(server: Server, site_key: str, **given: Any) -> VisitorClient:
    """Comes as a new visitor to a site; `given` is added to the body."""
    http = server.http()
    body = {"language": "en", **given}
    made = json_of(http.post(f"/v1/widget/{site_key}/visitors", json=body), 201)
    http.headers["authorization"] = f"Bearer {made['token']}"
    return VisitorClient(server, http, made["token"], made["visitor"]["id"])


def json_of(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Returns the body of an answer.

    Raises:
        AssertionError: its status is another one.
    """
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


def all_items(http: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    """Returns a list whole, page by page."""
    items: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = json_of(http.get(path, params=params | ({"after": after} if after else {})))
        items += page["items"]
        after = page["next"]
        if after is None:
            return items
