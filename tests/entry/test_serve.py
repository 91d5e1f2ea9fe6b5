"""`chathaven serve` as people run it: ready, busy, ended, killed, started again."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
import pytest

from chathaven.engines.database.embedded import Embedded
from tests.entry.installation import CHATHAVEN, Serving, environment


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was filled once."""
    folder = tmp_path_factory.mktemp("serve") / "data"
    with Serving(folder) as first:
        assert first.end() == 0
    return folder


def doctor(data: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CHATHAVEN), "doctor", "--data", str(data)],
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def ready(url: str) -> int:
    return httpx.get(f"{url}/health/ready", timeout=30).status_code


def test_from_nothing_to_ready(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Serving(data) as serving:
        assert ready(serving.url) == 200
        response = httpx.get(serving.url, timeout=30)
        assert response.status_code == 200
        assert "server" not in response.headers
        assert "Chathaven is ready." in serving.text
        assert f"written to {data / 'outbox'}" in serving.text
        assert "Traceback" not in serving.text
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "keyring.json").stat().st_mode & 0o777 == 0o600


def test_doctor_is_content_while_it_runs_and_when_it_rests(data: Path) -> None:
    with Serving(data):
        running = doctor(data)
        assert running.returncode == 0, running.stdout
    resting = doctor(data)
    assert resting.returncode == 0, resting.stdout
    for result in (running, resting):
        assert "✗" not in result.stdout
        for subject in ("Keyring", "Role", "Schema", "Tenants", "Clock", "Mail"):
            assert f"✓ {subject}" in result.stdout


def test_doctor_names_what_is_too_open(data: Path) -> None:
    keyring = data / "keyring.json"
    keyring.chmod(0o644)
    try:
        result = doctor(data)
    finally:
        keyring.chmod(0o600)
    assert result.returncode == 1
    assert f"✗ Keyring      {keyring} (mode 0644)" in result.stdout
    assert f"chmod 600 {keyring}" in result.stdout


def test_one_folder_one_server(data: Path) -> None:
    with Serving(data) as first:
        with Serving(data) as second:
            assert second.process.wait(60) == 1
        line = f"chathaven: Another Chathaven is already running on {data}"
        assert second.lines == [line]
        assert ready(first.url) == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(data: Path, number: signal.Signals) -> None:
    with Serving(data) as serving:
        family = psutil.Process(serving.process.pid).children(recursive=True)
        begun = time.monotonic()
        assert serving.end(number) == 0
        assert time.monotonic() - begun < 20
        assert "Traceback" not in serving.text
    assert not [process for process in family if process.is_running()]


def test_a_request_on_its_way_is_answered(data: Path) -> None:
    """The server is told to end while a request is half sent."""
    with Serving(data) as serving:
        address = httpx.URL(serving.url)
        body = json.dumps({"email": "nobody@example.com", "password": "x" * 12}).encode()
        head = (
            f"POST /v1/sessions HTTP/1.1\r\nHost: {address.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((address.host, address.port or 80)) as connection:
            connection.settimeout(20)
            connection.sendall(head.encode() + body[:10])
            until_taken(serving, connection)
            serving.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(body[10:])
            assert connection.recv(4096).startswith(b"HTTP/1.1 4")
        assert serving.process.wait(40) == 0


def until_taken(serving: Serving, connection: socket.socket) -> None:
    """Waits until the server holds the other end, and has had a moment to read."""
    server, port = psutil.Process(serving.process.pid), connection.getsockname()[1]
    deadline = time.monotonic() + 30
    while not any(port in each.raddr[1:] for each in server.net_connections()):
        assert time.monotonic() < deadline, "nobody takes the connection"
        time.sleep(0.02)
    time.sleep(0.2)


def test_killed_and_started_again_at_once(data: Path) -> None:
    with Serving(data) as serving:
        family = psutil.Process(serving.process.pid).children(recursive=True)
        serving.end(signal.SIGKILL)
    with Serving(data) as again:
        assert ready(again.url) == 200
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_the_database_lost(data: Path) -> None:
    with Serving(data) as serving:
        pid = int((data / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        psutil.Process(pid).kill()
        assert serving.process.wait(40) == 1
        assert "chathaven: The database ended unexpectedly" in serving.text
    with Serving(data) as again:
        assert ready(again.url) == 200


def test_without_limits_it_says_so_loudly(data: Path) -> None:
    with Serving(data, CHATHAVEN_RATE_LIMITS="off") as serving:
        assert "RATE LIMITS ARE OFF" in serving.text


def test_a_given_database(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with Embedded.start(folder) as server:
        password = json.loads((folder / "access.json").read_text())["chathaven_launcher"]
        host = quote(str(server.socket_dir), safe="")
        url = f"postgresql://chathaven_launcher:{quote(password)}@/chathaven?host={host}&port=5432"
        data = tmp_path / "data"
        with Serving(data, CHATHAVEN_DATABASE_URL=url) as serving:
            assert ready(serving.url) == 200
            assert "PostgreSQL, as given" in serving.text
            looked = doctor(data, CHATHAVEN_DATABASE_URL=url)
            assert looked.returncode == 0, looked.stdout
            assert "chathaven_app owns nothing and bypasses nothing" in looked.stdout
        assert not (data / "postgres").exists()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    assert program, "this test needs redis-server: apt install redis-server"
    path = tmp_path / "redis.sock"
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, "redis-server did not start"
        time.sleep(0.02)
    yield f"unix://{path}"
    server.terminate()
    server.wait(10)


@pytest.mark.slow
def test_several_processes(data: Path, redis: str) -> None:
    with Serving(data, "--workers", "2", CHATHAVEN_REDIS_URL=redis) as serving:
        assert ready(serving.url) == 200
        me = psutil.Process(serving.process.pid)
        web = [child for child in me.children() if "spawn_main" in " ".join(child.cmdline())]
        assert len(web) == 2
        web[0].kill()
        deadline = time.monotonic() + 60
        while "starting another" not in serving.text:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert ready(serving.url) == 200
        assert doctor(data, CHATHAVEN_REDIS_URL=redis).returncode == 0
        family = me.children(recursive=True)
        assert serving.end() == 0, serving.text
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


@pytest.mark.slow
def test_several_processes_go_with_a_killed_parent(data: Path, redis: str) -> None:
    with Serving(data, "--workers", "2", CHATHAVEN_REDIS_URL=redis) as serving:
        family = psutil.Process(serving.process.pid).children(recursive=True)
        serving.end(signal.SIGKILL)
    with contextlib.suppress(psutil.NoSuchProcess):
        _, alive = psutil.wait_procs(family, timeout=30)
        assert not alive
