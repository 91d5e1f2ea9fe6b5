"""Steps of the start that run in a process of their own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from chathaven.entry.cli.apart import apart


class Odd(Exception):
    """Does not come whole through a pickle."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def test_runs_elsewhere_to_its_end(tmp_path: Path) -> None:
    said = tmp_path / "said"

    def say() -> None:
        said.write_text(str(os.getpid()))

    apart(say)
    assert said.read_text().isdigit()
    assert int(said.read_text()) != os.getpid()


@pytest.mark.parametrize(
    ("error", "seen"),
    [(ValueError("in words"), ValueError("in words")), (Odd("a", "b"), RuntimeError("Odd: a b"))],
)
def test_raises_here_what_was_raised_there(error: Exception, seen: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(seen), match=str(seen)):
        apart(fail)


def test_ended_from_outside() -> None:
    with pytest.raises(ChildProcessError):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL))
