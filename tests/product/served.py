"""The whole application on the shared database, spoken to over HTTP without a socket."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.ground import build
from chathaven.entry.web import create_app
from chathaven.product.accounts.legal import TermsInForce

PUBLIC_URL = "http://127.0.0.1:8000"
PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_numbers = itertools.count(1)
_at_rest: dict[str, Litestar] = {}
"""Applications that nobody uses just now, by their address: making one takes longer than most
tests, and it has nothing of its own but the process behind it."""


def fresh_address() -> str:
    """Returns an address that no limit has counted yet."""
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def fresh_email(name: str = "ada") -> str:
    """Returns an e-mail address that nobody has."""
    return f"{name}.{next(_numbers)}@example.com"


@dataclass
class Served:
    """A running application. Each client is a browser with its own cookies and address."""

    app: Litestar
    data: Path
    public_url: str = PUBLIC_URL
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def process(self) -> Any:
        """The engines under it."""
        return self.app.state.behind.process

    @property
    def terms(self) -> TermsInForce:
        """The terms that hold at it."""
        return self.process.documents.terms  # type: ignore[no-any-return] # the app's state is Any

    def client(self, address: str | None = None, **headers: str) -> httpx.AsyncClient:
        """Opens a browser."""
        transport = httpx.ASGITransport(
            app=self.app,  # type: ignore[arg-type] # httpx types ASGI more loosely
            client=(address or fresh_address(), 40_000),
        )
        made = httpx.AsyncClient(
            transport=transport,
            base_url=self.public_url,
            headers={"user-agent": FIREFOX} | headers,
        )
        self.clients.append(made)
        return made

    def sign_up_body(self, **changes: str) -> dict[str, str]:
        """Returns the body of a sign-up that is taken."""
        return {
            "company": "Lovelace & Co",
            "name": "Ada Lovelace",
            "email": fresh_email(),
            "password": PASSWORD,
            "accepted_terms": self.terms.version,
        } | changes

    async def sign_up(self, **changes: str) -> Company:
        """Signs a company up, and returns it with its owner's browser."""
        client = self.client()
        body = self.sign_up_body(**changes)
        answer = await client.post("/v1/accounts", json=body)
        assert answer.status_code == 201, answer.text
        return Company(self, client, body["email"], answer.json())

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """Opens another browser, signed in."""
        client = self.client()
        answer = await client.post("/v1/sessions", json={"email": email, "password": password})
        assert answer.status_code == 201, answer.text
        return client


@dataclass
class Company:
    """An account with its owner's browser."""

    served: Served
    owner: httpx.AsyncClient
    email: str
    made: dict[str, Any]

    @property
    def id(self) -> str:
        """The account's id."""
        return str(self.made["account"]["id"])

    @property
    def owner_id(self) -> str:
        """The owner's id."""
        return str(self.made["operator"]["id"])


@asynccontextmanager
async def serve(
    urls: DatabaseUrls, data: Path, keyring: Path, public_url: str = PUBLIC_URL
) -> AsyncIterator[Served]:
    """Runs the application; jobs run when a test says so."""
    settings = Settings(data=data, public_url=public_url, keyring=keyring, password_memory=19)
    app = _at_rest.pop(public_url, None)
    if app is None:
        app = create_app(settings, urls, runs_jobs=False)
    else:
        app.state.behind.put(build(settings, urls, runs_jobs=False))
    served = Served(app, data, public_url)
    # Not the application's own lifespan: it wants to end in the task in which it began.
    await served.process.start()
    try:
        yield served
    finally:
        for client in served.clients:
            await client.aclose()
        await served.process.stop()
        _at_rest[public_url] = app
