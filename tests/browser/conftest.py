"""A real Chromium for the tests: one per worker, a watched context per person and test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import People
from tests.driving import Server
from tests.ground import private_folder

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Two processors are shared by the server, its database, the browser and other tests.
PATIENCE_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test of this folder."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keeps pictures of what a failing test saw."""
    report = yield
    people = getattr(item, "funcargs", {}).get("people")
    if report.when == "call" and report.failed and isinstance(people, People):
        people.picture(RESULTS, re.sub(r"\W+", "-", item.name).strip("-"))
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this worker."""
    path = os.environ.get("CHATHAVEN_CHROMIUM") or shutil.which("chromium")
    if not path:
        found = subprocess.run(
            [str(ROOT / "tools" / "chromium")], capture_output=True, text=True, check=False
        )
        path = found.stdout.strip()
    assert path, "the browser tests need Chromium: name one in CHATHAVEN_CHROMIUM"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def people(browser: Browser, server: Server) -> Iterator[People]:
    """Whoever takes part; at the end no page may have said anything on its console."""
    gathered = People(browser, server)
    yield gathered
    gathered.leave()


@pytest.fixture
def own() -> Iterator[Server]:
    """A server of the test's own, that it may kill."""
    with private_folder() as folder, Server(folder) as running:
        yield running


@pytest.fixture
def own_people(own: Server, people: People) -> People:
    """Whoever takes part at the test's own server."""
    people.server = own
    return people
