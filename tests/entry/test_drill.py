"""The restore drill, and what it says when a restore does bring somebody back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chathaven.engines.vault.signing import Signing
from tests.driving import Server
from tests.entry.backups import chathaven
from tests.entry.installation import environment

FORGETFUL = """
import sys
from pathlib import Path
from chathaven.base.settings import Settings
from chathaven.engines.backup import ledgers, people
from chathaven.engines.ledger_changes import Changes
from chathaven.entry.cli import drill, restore_keys
# A restore that removes nobody: it replays no ledger, and takes no missing key for a sign.
people.find = lambda _connection, _ledgers: people.Found([], [])
people.without_key = lambda _connection: []
Changes.knows = lambda self, *kinds: False
settings = Settings.from_env({}, data=Path(sys.argv[1]))
sys.exit(drill.drill(settings, Path(sys.argv[3]), sys.argv[2]))
"""


def claims(report: Path) -> dict[str, bool]:
    return {each["claim"]: each["holds"] for each in json.loads(report.read_text())["claims"]}


@pytest.mark.slow
def test_passes_beside_a_running_server_and_signs_it(folder: Path) -> None:
    report = folder / "drill.json"
    with Server(folder) as server:
        before = {path.name for path in server.data.iterdir()}
        done = chathaven("drill", "--data", server.data, "--url", server.url, "--report", report)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "PASSED: a restore brings nobody back." in done.stdout
        assert {path.name for path in server.data.iterdir()} - {"ledger"} == before - {"ledger"}
        document = json.loads(report.read_text())
        checker = Signing.open(server.data / "signing.json").checker
        assert checker.check(document) == document["signature"]["key_id"]
        assert document["passed"] is True
        assert len(claims(report)) == 9
        assert all(claims(report).values())
        # A drill that cannot fail would show nothing.
        failed = subprocess.run(
            [sys.executable, "-c", FORGETFUL, str(server.data), server.url, str(report)],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert failed.returncode == 1, failed.stdout + failed.stderr
        assert "FAILED" in failed.stdout
        assert claims(report)["After the restore nothing of them is there"] is False
        assert claims(report)["The one who was erased later is in the backup"] is True
        came_back = "The file of the one who was erased is in the backup, and does not come back"
        assert claims(report)[came_back] is False
        said_again = "A message that was deleted later is in the backup, and does not come back"
        assert claims(report)[said_again] is False


def test_says_when_there_is_no_server_to_drill(folder: Path) -> None:
    done = chathaven(
        "drill", "--data", folder / "data", "--url", "http://127.0.0.1:9", "--report", folder / "r"
    )
    assert done.returncode == 3
    assert "could not be carried out" in done.stderr
    assert not (folder / "r").exists()
