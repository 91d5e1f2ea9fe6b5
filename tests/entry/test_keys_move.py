"""`chathaven keys move`: into a hardware module and back, with everything that people wrote."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chathaven.entry.cli.keys_move import refuse_company
from chathaven.entry.cli.refusal import Refusal
from tests import forks
from tests.driving import Server, json_of, sign_up, visit
from tests.engines.vault.tokens import Token
from tests.entry.installation import environment
from tests.ground import migrated_database, private_folder


class Moving:
    """An installation whose roots move about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server(folder)
        self.names: dict[str, str] = {}

    def chathaven(self, *words: str) -> subprocess.CompletedProcess[str]:
        return forks.run([*words, "--data", self.server.data], environment(**self.names))

    def refused(self, *words: str) -> str:
        done = self.chathaven(*words)
        assert done.returncode == 1, done.stdout
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    def done(self, *words: str) -> str:
        done = self.chathaven(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> Server:
        """Starts it with the settings of now."""
        self.server = Server(self.folder, **self.names)
        return self.server.start()


@pytest.fixture
def moving() -> Iterator[Moving]:
    with private_folder() as folder:
        made = Moving(folder)
        made.server.start()
        yield made
        made.server.kill()


def texts(server: Server, visitor: Any) -> list[str]:
    visitor.http.base_url = server.url
    return [each["params"]["text"] for each in visitor.events() if "text" in each["params"]]


def test_into_a_module_and_back(moving: Moving, token: Token, tmp_path: Path) -> None:
    visitor = visit(moving.server, sign_up(moving.server).site_key)
    visitor.say("Before the move")
    words = ("keys", "move", token.address, "--pin-file", str(token.pin_file))
    assert "already running" in moving.refused(*words)
    moving.server.stop()
    keyring = moving.server.data / "keyring.json"
    bare = json.loads(keyring.read_text())["epochs"]["1"]
    assert "live in" in moving.refused("keys", "move", str(keyring))
    said = moving.done(*words)
    assert f"CHATHAVEN_KEYRING={token.address}" in said
    assert f"{keyring} holds none any more" in said
    assert not keyring.exists()
    assert all(bare.encode() not in path.read_bytes() for path in moving.server.data.glob("*.json"))
    # With the old setting it does not start, and makes no new keyring.
    assert "does not hold the root" in moving.refused("serve", "--port", "0")
    assert not keyring.exists()
    moving.names = {
        "CHATHAVEN_KEYRING": token.address,
        "CHATHAVEN_KEYRING_PIN_FILE": str(token.pin_file),
    }
    server = moving.start()
    assert texts(server, visitor) == ["Before the move"]
    visitor.say("In the module")
    assert "hardware module" in moving.done("keys", "status")
    assert "✓ Keys" in moving.chathaven("doctor").stdout
    server.stop()
    # A place that holds somebody's roots is left alone.
    strange = tmp_path / "strange.json"
    strange.write_bytes(
        b'{"format":"chathaven-keyring-1","current":1,"epochs":{"1":"%s"}}' % (b"A" * 43 + b"=")
    )
    strange.chmod(0o600)
    before = strange.read_bytes()
    assert "holds roots already" in moving.refused("keys", "move", str(strange))
    assert strange.read_bytes() == before
    # One that was begun is ended by the same words, and nothing starts before.
    back = tmp_path / "back.json"
    (server.data / "keys-moving").write_text(f"{back}\n")
    for other in (("serve", "--port", "0"), ("keys", "rotate"), ("keys", "status")):
        assert f"chathaven keys move {back}" in moving.refused(*other)
    assert f"A move to {back} was begun" in moving.refused("keys", "move", str(strange))
    moving.done("keys", "move", str(back))
    assert json.loads(back.read_text())["format"] == "chathaven-keyring-1"
    assert token.keyring().roots.held() == set()
    assert not (server.data / "keys-moving").exists()
    moving.names = {"CHATHAVEN_KEYRING": str(back)}
    server = moving.start()
    assert texts(server, visitor) == ["Before the move", "In the module"]
    json_of(server.http().get("/v1/installation"))


def test_a_server_on_another_machine_is_noticed() -> None:
    """It has a data folder of its own, and so another lock; the database is the same."""
    with migrated_database() as urls:
        refuse_company(urls)
        with psycopg.connect(urls.app), pytest.raises(Refusal, match="stop every one"):
            refuse_company(urls)
        refuse_company(urls)


def test_what_has_no_keys_or_names_no_place_is_told_so(moving: Moving, tmp_path: Path) -> None:
    moving.server.stop()
    assert "There are no keys yet" in moving.refused("keys", "move", str(tmp_path / "new.json"))
    assert "CHATHAVEN_KEYRING" in moving.refused("keys", "move", "vault:somewhere")
    assert not (moving.server.data / "keys-moving").exists()
