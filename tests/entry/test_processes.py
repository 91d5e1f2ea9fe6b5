"""Several web processes and their parent: who fails to start, who ends later, and who is told."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.cli import processes as module
from chathaven.entry.cli.processes import Processes
from chathaven.entry.cli.refusal import Refusal

STARTS = "starts"


def count_start(settings: Settings) -> int:
    """Counts one more start in the folder of data; returns how many there were."""
    with (settings.data / STARTS).open("a") as file:
        file.write(".")
        return file.tell()


def fails(settings: Settings, _urls: DatabaseUrls, _listener: socket.socket, _: Semaphore) -> None:
    """A web process that never becomes ready."""
    count_start(settings)
    os._exit(1)


def recovers(
    settings: Settings, _urls: DatabaseUrls, _listener: socket.socket, ready: Semaphore
) -> None:
    """One that fails a few times, is ready once and ends, and then fails for good."""
    if count_start(settings) == module._MOST_FAILURES:
        ready.release()
    os._exit(1)


def ends_soon(
    settings: Settings, _urls: DatabaseUrls, _listener: socket.socket, ready: Semaphore
) -> None:
    """One that becomes ready and ends; the last of more than enough stays."""
    ready.release()
    if count_start(settings) > module._MOST_FAILURES + 1:
        signal.pause()
    os._exit(1)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as made:
        yield made


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No pause between starts; and what `run` does with signals is undone."""
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def made(count: int, data: Path, listener: socket.socket) -> Processes:
    settings = Settings(data=data, public_url="http://127.0.0.1:1", keyring=data / "keyring.json")
    return Processes(count, settings, DatabaseUrls(owner="", app=""), listener)


def test_one_that_never_becomes_ready_is_given_up(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_serve", fails)
    told: list[str] = []
    with pytest.raises(Refusal, match="in a row ended before they were ready"):
        made(2, tmp_path, listener).run(lambda: told.append("ready"))
    assert told == []
    # Two were started, and another for each that failed but the last.
    assert len((tmp_path / STARTS).read_text()) <= module._MOST_FAILURES + 1


def test_a_setting_that_cannot_be_taken_is_said_in_one_line(
    tmp_path: Path,
    listener: socket.socket,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By each that fails for it, and no traceback beside it."""
    monkeypatch.setattr(module, "_MOST_FAILURES", 2)
    (tmp_path / "installation.json").write_text('{"company": 5}')
    with pytest.raises(Refusal):
        made(1, tmp_path, listener).run(lambda: None)
    said = capfd.readouterr().err
    fault = f"chathaven: {tmp_path / 'installation.json'}: company takes text or null\n"
    assert said.count(fault) == module._MOST_FAILURES
    assert "Traceback" not in said


def test_one_that_was_ready_between_counts_anew(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_serve", recovers)
    told: list[str] = []
    with pytest.raises(Refusal):
        made(1, tmp_path, listener).run(lambda: told.append("ready"))
    assert told == ["ready"]
    assert len((tmp_path / STARTS).read_text()) == 2 * module._MOST_FAILURES


def test_those_that_end_after_they_were_ready_are_started_for_ever(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_serve", ends_soon)
    several = made(1, tmp_path, listener)

    def stop_when_one_stays() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            here = tmp_path / STARTS
            if here.exists() and len(here.read_text()) > module._MOST_FAILURES + 1:
                break
            time.sleep(0.02)
        several.stop()

    watching = threading.Thread(target=stop_when_one_stays)
    watching.start()
    several.run(lambda: None)
    watching.join()
    assert len((tmp_path / STARTS).read_text()) == module._MOST_FAILURES + 2
