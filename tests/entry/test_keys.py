"""`chathaven keys`: what there is, a tick, a copy, and the way back from a lost keyring."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests import forks
from tests.driving import Account, Server, VisitorClient, json_of, sign_up, visit
from tests.entry.installation import CHATHAVEN, environment
from tests.ground import private_folder

PASSPHRASE = "a passphrase for a test"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with private_folder() as folder, Server(folder) as running:
        yield running


def chathaven(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return forks.run([*words, "--data", server.data], environment())


def keys(server: Server, *words: str) -> str:
    """Runs `chathaven keys`, and returns what it says."""
    done = chathaven(server, "keys", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def speaking(server: Server) -> tuple[Account, VisitorClient]:
    account = sign_up(server)
    visitor = visit(server, account.site_key)
    json_of(visitor.http.patch("/v1/widget/me", json={"email": "ada@x.example"}))
    visitor.say("Hello")
    return account, visitor


def found(account: Account) -> list[str]:
    page = json_of(account.http.get("/v1/visitors", params={"email": "ada@x.example"}))
    return [each["id"] for each in page["items"]]


def test_a_tick_beside_the_running_server(server: Server) -> None:
    account, visitor = speaking(server)
    other = visit(server, account.site_key)
    other.say("I want to be forgotten")
    erasure = json_of(account.http.delete(f"/v1/visitors/{other.visitor_id}"), 202)["erasure"]
    until_live(account, erasure["id"])
    assert "1 account waits for a new key" in keys(server, "status")
    said = keys(server, "rotate")
    assert "1 account has a new key" in said
    status = keys(server, "status")
    assert "0 accounts wait" in status
    assert "wraps new keys" in status
    assert "dies with tick 2 from now" in status
    # The server has old keys in memory, and goes on.
    assert found(account) == [visitor.visitor_id]
    visitor.say("Still here")
    visit(server, account.site_key).say("New here")
    sign_up(server)
    assert "Destroyed: 1, 2" in keys(server, "rotate", "--now")
    assert final(account, erasure["id"]), "the one who ticks makes certificates final"
    assert found(account) == [visitor.visitor_id]
    assert [each["params"]["text"] for each in visitor.events() if "text" in each["params"]] == [
        "Hello",
        "Still here",
    ]
    assert "✓ Keys" in chathaven(server, "doctor").stdout


def until_live(account: Account, erasure_id: str) -> None:
    deadline = time.monotonic() + 90
    while json_of(account.http.get(f"/v1/erasures/{erasure_id}"))["status"] != "live":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def final(account: Account, erasure_id: str) -> bool:
    return str(json_of(account.http.get(f"/v1/erasures/{erasure_id}"))["status"]) == "final"


def test_a_lost_keyring_stops_the_start_and_comes_back_from_a_copy(
    server: Server, tmp_path: Path
) -> None:
    account, visitor = speaking(server)
    secret, copy = tmp_path / "passphrase", tmp_path / "keys"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    said = keys(server, "export", str(copy), "--passphrase-file", str(secret))
    assert "who is erased from now on too" in said
    keys(server, "rotate")
    server.stop()
    keyring = server.data / "keyring.json"
    keyring.rename(tmp_path / "lost.json")
    refused = chathaven(server, "serve", "--port", "0")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "CHATHAVEN_KEYRING" in refused.stderr
    assert "chathaven keys import" in refused.stderr
    assert not keyring.exists(), "no new one was made in its place"
    assert "✗ Keys" in chathaven(server, "doctor").stdout
    secret.write_text("another passphrase")
    wrong = chathaven(server, "keys", "import", str(copy), "--passphrase-file", str(secret))
    assert wrong.returncode == 1
    assert "passphrase" in wrong.stderr
    assert not keyring.exists()
    secret.write_text(PASSPHRASE)
    said = keys(server, "import", str(copy), "--passphrase-file", str(secret))
    assert "Every account's key opens." in said
    server.start()
    assert visitor.events()[-1]["params"]["text"] == "Hello"
    assert found(account) == [visitor.visitor_id]
    keys(server, "rotate", "--now")
    assert "✓ Keys" in chathaven(server, "doctor").stdout


def test_a_wrong_address_stops_the_start_in_one_line(server: Server) -> None:
    done = subprocess.run(
        [CHATHAVEN, "serve", "--port", "0", "--data", f"/tmp/chathaven-{uuid4().hex}"],
        env=environment(CHATHAVEN_KEYRING="pkcs11:token=none"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("chathaven: CHATHAVEN_KEYRING takes pkcs11:")
    assert done.stderr.count("\n") == 1
