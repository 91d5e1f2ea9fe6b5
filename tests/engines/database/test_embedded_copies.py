"""A copy of a database's folder leaves the one alone that it is a copy of."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from chathaven.engines.database import embedded_process
from chathaven.engines.database.embedded import Embedded
from tests.ground import give_cluster

LONG = Path("long-" * 15) / ("longer-" * 8)


@pytest.mark.parametrize("below", [Path(), LONG])
def test_a_copy_takes_no_socket_away(tmp_path: Path, below: Path) -> None:
    """A path that is too long for a socket has it in a temporary folder, which the note names."""
    one, other = tmp_path / "one" / below / "postgres", tmp_path / "other" / below / "postgres"
    give_cluster(one)
    other.parent.mkdir(parents=True)
    subprocess.run(["/bin/cp", "-a", str(one), str(other)], check=True)
    with Embedded.start(one) as server:
        shutil.copy(one / "socket-folder", other / "socket-folder")
        held = sorted(server.socket_dir.iterdir())
        with Embedded.start(other) as copy:
            assert copy.socket_dir != server.socket_dir
        assert sorted(server.socket_dir.iterdir()) == held
        with psycopg.connect(server.app_dsn) as connection:
            connection.execute("SELECT 1")


def test_a_process_that_goes_while_it_is_looked_at_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", gone)
    assert not embedded_process._exists(os.getpid())
