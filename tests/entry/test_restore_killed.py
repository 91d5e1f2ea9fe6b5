"""A restore that is killed leaves the old installation or the new one, and says which."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from chathaven.engines.database.embedded import running
from tests.entry.backups import Past, chathaven, objects_of
from tests.entry.installation import environment
from tests.entry.test_backup import rows_about

KILLED = """
import os, signal, sys
from pathlib import Path
from chathaven.base.settings import Settings
from chathaven.entry.cli import restore as module
where, name, data, backup = sys.argv[1:]
target = sys.modules[where] if where in sys.modules else __import__(where, fromlist=["_"])
setattr(target, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
os.umask(0o077)
module.restore(
    Settings.from_env({}, data=Path(data)), module.Options(Path(backup), yes=True)
)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "name", "age"),
    [
        ("chathaven.entry.cli.restore", "set_right", "old"),
        ("chathaven.engines.files.objects", "_sync", "old"),
        ("chathaven.engines.backup.exchange", "_roll_forward", "new"),
    ],
)
def test_killed_at_any_step_it_is_the_old_or_the_new(
    past: Past, folder: Path, where: str, name: str, age: str
) -> None:
    data = past.copy(folder / "here")
    command = [sys.executable, "-c", KILLED, where, name, str(data), str(past.backup)]
    killed = subprocess.run(command, env=environment(), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = chathaven("restore", "--data", data, "--finish")
    assert done.returncode == 0, done.stderr
    words = {"old": "nothing was changed", "new": "is now complete"}
    assert words[age] in done.stdout
    texts = set(rows_about(data, past.erased.visitor_id))
    assert texts <= {"audit_lines"}
    with running(data / "postgres") as way, psycopg.connect(way.launcher) as connection:
        row = connection.execute("select count(*) from events where type = 'visitor-message'")
        # Two people with three messages each, pictures among them, and two with one; one more was
        # written after the backup.
        assert row.fetchone() == ({"old": 9, "new": 8}[age],)
    assert objects_of(data) == objects_of(past.folder / "data")
