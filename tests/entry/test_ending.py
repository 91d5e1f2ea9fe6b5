"""A process that was told to end has ended soon, whatever it still waits for."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry import ground
from chathaven.entry.cli import ending, worker


async def test_a_worker_ends_while_its_database_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    statuses: list[int] = []

    def end(status: int) -> None:
        statuses.append(status)
        loop.call_soon_threadsafe(ended.set)

    async def start() -> None:
        # Heard before the next step: the worker listens already.
        os.kill(os.getpid(), signal.SIGTERM)

    async def stop() -> None:
        await asyncio.wait_for(ended.wait(), 20)

    process: Any = SimpleNamespace(start=start, stop=stop)
    monkeypatch.setattr(ground, "build", lambda *_, **__: process)
    monkeypatch.setattr(worker, "configure", lambda _: None)
    monkeypatch.setattr(worker, "_EXIT_LIMIT", 0.1)
    monkeypatch.setattr(ending, "os", SimpleNamespace(_exit=end))
    await worker._work(Settings.from_env({}, data=tmp_path), DatabaseUrls("", ""))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)
    assert statuses == [1]
