"""Fixtures of the product's tests: the application, and a company in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.engines.vault.keyring import Keyring
from tests.product.served import Company, Served, serve


@pytest.fixture
async def served(urls: DatabaseUrls, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Served]:
    """The whole application on the shared database."""
    async with serve(urls, tmp_path, keyring.path) as running:
        yield running


@pytest.fixture
async def company(served: Served) -> Company:
    """A company that has just signed up."""
    return await served.sign_up()


@pytest.fixture
def ground(served: Served) -> Ground:
    """The engines under the application."""
    found: Ground = served.process.ground
    return found
