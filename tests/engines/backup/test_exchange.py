"""Putting a restored installation in its place: killed anywhere, all of it or nothing."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chathaven.engines.backup.exchange import KEYRING, STAGED, Moves, exchange, settle, stage

NAMES = ["postgres", "ledger", "signing.json"]


def old_installation(folder: Path) -> Path:
    data = folder / "data"
    (data / "exports").mkdir(parents=True)
    for name in NAMES:
        (data / name).write_text(f"old {name}")
    (folder / KEYRING).write_text("old keyring")
    return data


def build(data: Path, keyring: Path) -> Moves:
    staged = stage(data)
    for name in NAMES:
        (staged / name).write_text(f"new {name}")
    (staged / KEYRING).write_text("new keyring")
    return Moves(NAMES, ["exports"], str(keyring))


def state(data: Path) -> dict[str, str]:
    files = [data / name for name in NAMES] + [data.parent / KEYRING]
    return {path.name: path.read_text() for path in files}


def whole(age: str) -> dict[str, str]:
    return {name: f"{age} {name}" for name in NAMES} | {KEYRING: f"{age} keyring"}


@pytest.fixture
def steps(tmp_path: Path) -> int:
    """How many changes of names an exchange makes."""
    data = old_installation(tmp_path / "counted")
    return exchange_killed(data, None)


def exchange_killed(data: Path, at: int | None) -> int:
    """Exchanges in a child that is killed before its change of names number `at`.

    Returns how many there were; 0 when it was killed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def counted(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **options: Any) -> Any:
                nonlocal count
                if count == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                count += 1
                return original(*arguments, **options)

            return call

        for name in ("rename", "unlink"):
            setattr(Path, name, counted(getattr(Path, name)))
        vars(shutil)["rmtree"] = counted(shutil.rmtree)
        try:
            exchange(data, build(data, data.parent / KEYRING), None)
            os.write(writing, count.to_bytes(4))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return int.from_bytes(said)


def test_takes_the_place_of_the_old(tmp_path: Path, steps: int) -> None:
    data = tmp_path / "counted" / "data"
    assert steps > 8
    assert state(data) == whole("new")
    assert sorted(path.name for path in data.iterdir()) == sorted(NAMES)


def test_killed_at_each_step(tmp_path: Path, steps: int) -> None:
    ended = set()
    for at in range(steps):
        data = old_installation(tmp_path / str(at))
        assert exchange_killed(data, at) == 0
        settle(data, None)
        found = state(data)
        assert found in (whole("old"), whole("new")), f"killed at step {at}: {found}"
        ended.add(found["postgres"])
        left = {path.name for path in data.iterdir()} - {"exports"}
        assert left == set(NAMES), f"killed at step {at}"
    assert ended == {"old postgres", "new postgres"}


def test_keeps_the_old_where_it_is_told_to(tmp_path: Path) -> None:
    data = old_installation(tmp_path)
    moves = build(data, data.parent / KEYRING)
    exchange(data, Moves(moves.names, moves.gone, moves.keyring, "kept"), None)
    assert state(data) == whole("new")
    assert {name: (data / "kept" / name).read_text() for name in [*NAMES, KEYRING]} == whole("old")
    assert settle(data, None) is None
    assert (data / "kept" / "exports").is_dir()


def test_what_was_only_begun_is_thrown_away(tmp_path: Path) -> None:
    data = old_installation(tmp_path)
    build(data, data.parent / KEYRING)
    said = settle(data, None)
    assert said is not None
    assert "nothing was changed" in said
    assert state(data) == whole("old")
    assert not (data / STAGED).exists()
    assert settle(data, None) is None
