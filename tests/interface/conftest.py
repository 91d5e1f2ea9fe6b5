"""Fixtures of the interface's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Api
from tests.driving import Server
from tests.interface.described import Route, read_document, routes
from tests.interface.team import Company, settle


@pytest.fixture(scope="session")
def document(server: Server) -> dict[str, Any]:
    """The OpenAPI document."""
    return read_document(server.url)


@pytest.fixture(scope="session")
def all_routes(document: dict[str, Any]) -> list[Route]:
    """Every route there is."""
    return routes(document)


@pytest.fixture
def ours(server: Server, api: Api) -> Company:
    """The company that tries things."""
    return settle(server, api)


@pytest.fixture(scope="module")
def theirs(server: Server) -> Iterator[Company]:
    """The company that they are tried on. Nothing may come of it, so that one is enough."""
    api = Api(server)
    yield settle(server, api)
    api.close()
