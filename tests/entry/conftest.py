"""What tests of backups share: one installation with a past, and folders for more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.vault.tokens import module, token
from tests.entry.backups import Past, live
from tests.ground import map_tables, private_folder

__all__ = ["module", "token"]
"""Fixtures of the tests of keys, which commands are tried with too."""


@pytest.fixture(scope="session")
def past() -> Iterator[Past]:
    """An installation that was backed up, and in which somebody was erased after that."""
    map_tables()
    with private_folder() as folder:
        made = live(folder)
        yield made
        made.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's account may enter."""
    with private_folder() as made:
        yield made
