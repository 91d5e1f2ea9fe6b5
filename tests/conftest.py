"""Fixtures that all tests share. Each process of pytest-xdist has a database of its own."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import httpx._transports.default as transports
import pytest
from hypothesis import HealthCheck, settings

from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ledger import Ledger
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from tests.driving import Account, Server, VisitorClient, sign_up, visit
from tests.ground import migrated_database, new_tenant, private_folder

settings.register_profile(
    "chathaven",
    # Two processors are shared by everything that runs, so one slow example says nothing.
    deadline=None,
    # The same examples each time: what is red was changed. `CHATHAVEN_EXPLORE=on` looks for more.
    derandomize=os.environ.get("CHATHAVEN_EXPLORE") != "on",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("chathaven")
# Every client reads all certificates of the world, 20 ms of processor time, and asks none of them.
vars(transports)["create_ssl_context"] = functools.cache(httpx.create_ssl_context)
# A line for each of a hundred thousand requests, kept and handed on by every test process.
logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def urls() -> Iterator[DatabaseUrls]:
    """A PostgreSQL with the whole schema. Tests that share it use accounts of their own."""
    with migrated_database() as made:
        yield made


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """The roots that wrap the keys of the shared database."""
    return Keyring.open(tmp_path_factory.mktemp("keys") / "keyring.json")


@pytest.fixture
async def database(urls: DatabaseUrls, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Database]:
    """The application's way to the shared database, with nothing in memory yet."""
    made = Database(urls.app, Vault(keyring), pool=4)
    made.ledger = Ledger(tmp_path / "ledger")
    yield made
    await made.close()


@pytest.fixture
async def tenant(database: Database) -> UUID:
    """The id of a fresh account with its keys."""
    return await new_tenant(database)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real server that tests share, each with accounts of its own. Rate limits are off."""
    with private_folder() as folder, Server(folder) as running:
        yield running


class Api:
    """Signs people up at the shared server, and lets them go at the end of the test."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._opened: list[httpx.Client] = []

    def sign_up(self, **given: str) -> Account:
        """Makes a new account whose owner is signed in; see `driving.sign_up`."""
        account = sign_up(self.server, **given)
        self._opened.append(account.http)
        return account

    def visitor(self, site_key: str, **given: Any) -> VisitorClient:
        """Comes as a new visitor; see `driving.visit`."""
        visitor = visit(self.server, site_key, **given)
        self._opened.append(visitor.http)
        return visitor

    def close(self) -> None:
        """Closes every connection it opened."""
        for http in self._opened:
            http.close()


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    """People of the shared server."""
    made = Api(server)
    yield made
    made.close()
