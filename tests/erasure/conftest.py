"""Servers of the tests' own, with temporary folders in which nobody else works."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driving import Server
from tests.ground import private_folder


@pytest.fixture(scope="session")
def temporary() -> Iterator[Path]:
    """Where these tests and their servers put temporary files: what is searched for leaks."""
    with private_folder() as folder:
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        yield folder
        tempfile.tempdir = before


@pytest.fixture(scope="package")
def running(temporary: Path) -> Iterator[Server]:
    """A server that the tests of this folder share. None of them stops it."""
    with private_folder() as folder, Server(folder, TMPDIR=str(temporary)) as server:
        yield server


@pytest.fixture
def own(temporary: Path) -> Iterator[Server]:
    """A server of the test's own, which it may kill."""
    with private_folder() as folder:
        server = Server(folder, TMPDIR=str(temporary))
        try:
            yield server.start()
        finally:
            server.kill()
