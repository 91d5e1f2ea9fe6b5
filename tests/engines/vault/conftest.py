"""An empty installation for each test of the shred tick, on one server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chathaven.engines.database.urls import DatabaseUrls
from tests.engines.vault.ticking import Place
from tests.engines.vault.tokens import module, token
from tests.ground import migrated_database

__all__ = ["module", "token"]
"""Fixtures of their own file, for tests elsewhere take them too."""

_FILLED = ("account_keys", "person_keys", "installation_keys", "root_epochs", "visitors")


@pytest.fixture(scope="module")
def own_urls() -> Iterator[DatabaseUrls]:
    """A database that no other module's keyring has wrapped keys in."""
    with migrated_database() as urls:
        yield urls


@pytest.fixture
def place(own_urls: DatabaseUrls, tmp_path: Path) -> Place:
    """The installation, with nothing in it yet."""
    with psycopg.connect(own_urls.owner) as owner:
        owner.execute(f"TRUNCATE {', '.join(_FILLED)}".encode())
    return Place(own_urls, tmp_path / "keyring.json")
