"""What goes on beside requests outlives its own bugs, or says that it has ended."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from chathaven.entry import tidy as module
from chathaven.entry.ground import Process, _tell_of_end


class Failing:
    """Fails with a bug the first time, and waits for ever from the second on."""

    def __init__(self) -> None:
        self.again = asyncio.Event()
        self._times = 0

    async def __call__(self, *_: object) -> None:
        self._times += 1
        if self._times == 1:
            raise RuntimeError("a bug")
        self.again.set()
        await asyncio.Event().wait()


async def outlives(work: Any, failing: Failing) -> list[str]:
    """Returns what the log says until the second time."""
    with capture_logs() as said:
        task = asyncio.create_task(work)
        await asyncio.wait_for(failing.again.wait(), 20)
    task.cancel()
    return [line["event"] for line in said if line["log_level"] == "error"]


async def test_jobs_go_on_after_a_bug_of_the_queue() -> None:
    """Without them nobody would be erased any more, and nothing would say so."""
    failing = Failing()
    process: Any = SimpleNamespace(ground=SimpleNamespace(queue=SimpleNamespace(work=failing)))
    said = await outlives(Process.work(process), failing)
    assert said == ["queue failed; trying again"]


async def test_tidying_goes_on_after_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Failing()
    monkeypatch.setattr(module, "EVERY_SECONDS", 0)
    monkeypatch.setattr(module, "JITTER_SECONDS", 0)
    monkeypatch.setattr(module, "tidy_once", failing)
    ground: Any = None
    assert await outlives(module.tidy(ground), failing) == ["tidying failed"]


async def test_what_ends_all_the_same_is_told_of() -> None:
    async def ends() -> None:
        raise RuntimeError("a bug")

    task = asyncio.create_task(ends())
    await asyncio.wait({task})
    with capture_logs() as said:
        _tell_of_end(task)
    assert [line["event"] for line in said] == ["a part of the process has ended"]
