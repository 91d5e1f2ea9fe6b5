"""A hub of each test's own, and the log it reads from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chathaven.engines.stream.hub import Hub
from tests.engines.stream.reading import Log, settled


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def hub(log: Log) -> AsyncIterator[Hub]:
    before = asyncio.all_tasks()
    made = Hub(log.backlog)
    yield made
    await made.close()
    await settled()
    mine = {*before, asyncio.current_task()}
    assert {each for each in asyncio.all_tasks() if each not in mine} == set(), "a task leaked"
