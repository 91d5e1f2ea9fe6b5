"""The command line: real processes, and what they say."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from chathaven.engines.database.embedded import Embedded
from tests.entry.installation import CHATHAVEN, environment
from tests.ground import private_folder


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CHATHAVEN), *arguments],
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """Returns the one line of a refusal."""
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("chathaven: ")
    return result.stderr


def test_help_names_every_command() -> None:
    said = run("--help").stdout
    assert all(name in said for name in ("serve", "worker", "migrate", "doctor"))


def test_without_a_command_it_names_them_all() -> None:
    result = run()
    assert result.returncode == 2
    assert all(name in result.stderr for name in ("serve", "worker", "migrate", "doctor"))


@pytest.mark.parametrize("line", ["keys status", "keys rotate", "audit check", "backup copy"])
def test_a_slip_in_the_folders_name_makes_no_installation(tmp_path: Path, line: str) -> None:
    data = tmp_path / "dtaa"
    words = [str(tmp_path / each) if each == "copy" else each for each in line.split()]
    said = refused(run(*words, "--data", str(data)))
    assert f"There is no installation in {data}" in said
    assert not data.exists()


def test_a_database_with_nothing_in_it_is_said_to_be_one() -> None:
    with private_folder() as folder:
        with Embedded.start(folder / "postgres"):
            pass
        said = refused(run("keys", "status", "--data", str(folder)))
    assert "The database holds nothing of Chathaven yet" in said


@pytest.mark.parametrize(
    "arguments",
    ["dance", "serve --port http", "serve --port 65536", "serve --workers 0"],
)
def test_a_misread_line(arguments: str) -> None:
    result = run(*arguments.split())
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_wrong_setting(tmp_path: Path) -> None:
    said = refused(run("serve", "--data", str(tmp_path), CHATHAVEN_LOG="loud"))
    assert said == "chathaven: CHATHAVEN_LOG takes debug, info, warning or error\n"


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(run("serve", "--data", str(tmp_path / "data"), "--port", port))
    assert f"Port {port} is in use by another program" in said


def test_a_foreign_host(tmp_path: Path) -> None:
    said = refused(run("serve", "--data", str(tmp_path), "--host", "192.0.2.1", "--port", "0"))
    assert "Cannot listen on 192.0.2.1" in said


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = refused(run("serve", "--data", str(tmp_path / "file" / "data"), "--port", "0"))
    assert "cannot be made: Not a directory" in said


def test_several_processes_need_a_bus(tmp_path: Path) -> None:
    said = refused(run("serve", "--data", str(tmp_path), "--port", "0", "--workers", "2"))
    assert "needs CHATHAVEN_REDIS_URL" in said


def test_a_place_for_files_that_cannot_be_had(tmp_path: Path) -> None:
    url = "file:///dev/null/hunter2"
    given = {"CHATHAVEN_FILES_URL": url}
    said = refused(run("serve", "--data", str(tmp_path / "data"), "--port", "0", **given))
    assert said.startswith("chathaven: CHATHAVEN_FILES_URL names a place where files cannot be")
    assert "hunter2" not in said


def test_an_unreachable_database(tmp_path: Path) -> None:
    url = "postgresql://app:hunter2@127.0.0.1:1/chathaven"
    said = refused(run("migrate", "--data", str(tmp_path), CHATHAVEN_DATABASE_URL=url))
    assert "CHATHAVEN_DATABASE_URL leads to no database" in said
    assert "hunter2" not in said


def test_doctor_before_the_first_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    result = run("doctor", "--data", str(data), CHATHAVEN_REDIS="redis://127.0.0.1")
    assert result.returncode == 1
    assert f"✗ Data         {data} does not exist. Start chathaven serve once" in result.stdout
    assert "✗ Settings     CHATHAVEN_REDIS: not a setting" in result.stdout
    assert "✓ Python" in result.stdout
    assert not data.exists()
