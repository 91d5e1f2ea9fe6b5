"""An installation that is run for other companies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from tests.product.served import Company, Served, serve

HOST: dict[str, Any] = {
    "hosting": "others",
    "company": "Nordlicht GmbH",
    "address": "Weg 1, 10115 Berlin, Germany",
    "email": "privacy@nordlicht.example",
    "data_protection_officer": {"name": "Grace Hopper", "email": "dpo@nordlicht.example"},
    "location": "Germany",
    "law": "Germany",
    "signatory": {"name": "Mary Somerville", "title": "Managing director"},
}


def hoster(id: str = "hoster", **changes: Any) -> dict[str, Any]:
    """Returns an entry of the register."""
    return {
        "id": id,
        "name": f"{id.title()} AG",
        "address": "Street 2, 8000 Zurich, Switzerland",
        "contact": f"privacy@{id}.example",
        "location": "Germany",
        "purpose": "machines",
        "data_categories": ["everything, encrypted"],
        "effective_from": "2020-01-01",
    } | changes


def write(folder: Path, **changes: Any) -> None:
    """Writes the file of an installation."""
    (folder / "installation.json").write_text(json.dumps(HOST | changes))


@pytest.fixture
async def hosted(urls: DatabaseUrls, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Served]:
    """An installation that is run for other companies."""
    write(tmp_path)
    async with serve(urls, tmp_path, keyring.path) as running:
        yield running


@pytest.fixture
async def customer(hosted: Served) -> Company:
    """A company with an account there."""
    return await hosted.sign_up()
