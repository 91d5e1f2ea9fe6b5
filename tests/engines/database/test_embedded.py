"""The embedded PostgreSQL: real servers, real kills."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from chathaven.engines.database import embedded as module
from chathaven.engines.database.embedded import Embedded, EmbeddedError, running
from chathaven.engines.database.embedded_account import Account
from chathaven.engines.database.embedded_cluster import Cluster

AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="only root can become another account")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was filled once; each test starts its own server on it."""
    place = tmp_path_factory.mktemp("db") / "postgres"
    Embedded.start(place).stop()
    return place


@pytest.fixture
def server(folder: Path) -> Iterator[Embedded]:
    with Embedded.start(folder) as started:
        yield started


def ask(dsn: str, statement: str) -> tuple[object, ...]:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return row


def setting(server: Embedded, name: str) -> object:
    return ask(server.app_dsn, f"select current_setting('{name}')")[0]


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while psutil.pid_exists(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return
        assert time.monotonic() < deadline, f"process {pid} still lives"
        time.sleep(0.01)


def test_roles_have_no_power(server: Embedded) -> None:
    powers = "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
    role = f"select current_user::text, {powers} from pg_roles where rolname = current_user"
    nothing = (False,) * 5
    assert ask(server.owner_dsn, role) == ("chathaven_owner", *nothing)
    assert ask(server.app_dsn, role) == ("chathaven_app", *nothing)
    owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'chathaven'"
    assert ask(server.app_dsn, owner) == ("chathaven_owner",)


def test_app_makes_no_tables(server: Embedded) -> None:
    with (
        psycopg.connect(server.app_dsn) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("create table mine (id int)")


def test_app_enters_no_other_database(server: Embedded) -> None:
    elsewhere = server.app_dsn.replace("dbname=chathaven", "dbname=postgres")
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf"):
        psycopg.connect(elsewhere)


def test_wrong_password_is_refused(server: Embedded) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.app_dsn, password="wrong")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("log_statement", "none"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_error_verbosity", "terse"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
    ],
)
def test_settings(shared: Embedded, name: str, value: str) -> None:
    assert setting(shared, name) == value


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded.start(tmp_path_factory.mktemp("shared") / "postgres") as started:
        yield started


def test_nobody_else_comes_near(server: Embedded, folder: Path) -> None:
    for private in (folder / "cluster", server.socket_dir):
        assert private.stat().st_mode & 0o777 == 0o700
    for secret in ("access.json", "postgres.log"):
        assert (folder / secret).stat().st_mode & 0o777 == 0o600
    assert psutil.Process(server.pid).net_connections("inet") == []


def test_values_never_reach_the_log(server: Embedded, folder: Path) -> None:
    canary = "anna.example@canary.test"
    with psycopg.connect(server.owner_dsn, autocommit=True) as connection:
        connection.execute("create temp table people (email text primary key)")
        connection.execute("insert into people values (%s)", [canary])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into people values (%s)", [canary])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("select %s::uuid", [canary])
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute(f'select "{canary}" from people'.encode())
    assert canary not in (folder / "postgres.log").read_text()


def test_committed_rows_outlive_a_restart(folder: Path) -> None:
    with Embedded.start(folder) as first, psycopg.connect(first.owner_dsn) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (42)")
    assert not psutil.pid_exists(first.pid)
    with Embedded.start(folder) as second:
        assert ask(second.owner_dsn, "select n from kept") == (42,)


def test_one_folder_one_server(server: Embedded, folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="Another Chathaven"):
        Embedded.start(folder)
    assert server.is_alive()


def test_running_uses_the_one_that_runs(server: Embedded, folder: Path) -> None:
    with running(folder) as way:
        assert way == (server.owner_dsn, server.app_dsn, server.launcher_dsn)
    assert server.is_alive()


def test_running_starts_one_that_rests(folder: Path) -> None:
    with running(folder) as (_, app, _launcher):
        assert ask(app, "select current_user::text") == ("chathaven_app",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(app)


CHILD = """
import sys, time, pathlib
from chathaven.engines.database.embedded import Embedded
server = Embedded.start(pathlib.Path(sys.argv[1]))
print(server.pid, flush=True)
time.sleep(600)
"""


def test_dies_with_a_killed_parent_and_starts_again(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    # At once, while the old server may still be ending.
    with Embedded.start(folder) as server:
        assert server.pid != pid
        assert ask(server.app_dsn, "select 1") == (1,)
    wait_until_gone(pid)


def test_a_server_left_running_is_stopped(folder: Path) -> None:
    left = module._launch(Cluster(folder, Account.choose(None)), "../socket")
    module._await_ready(Cluster(folder, Account.choose(None)), left)
    with Embedded.start(folder) as server:
        assert server.pid != left.pid
        assert left.wait(30) == 0
        assert ask(server.app_dsn, "select 1") == (1,)


def test_a_number_that_belongs_to_another_is_left_alone(folder: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        stale = folder / "cluster" / "postmaster.pid"
        stale.write_text(f"{other.pid}\n{folder / 'cluster'}\n1\n5432\n../socket\n\n\nready\n")
        if AS_ROOT:
            Account.choose(None).give(stale)
        with Embedded.start(folder) as server:
            assert server.is_alive()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_survives_a_crash_of_the_whole_server(folder: Path) -> None:
    first = Embedded.start(folder)
    with psycopg.connect(first.owner_dsn, autocommit=True) as connection:
        connection.execute("create table crashed as select 7 as n")
        parent = psutil.Process(first.pid)
        family = [parent, *parent.children()]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    # The parent, too: what was killed may still be giving its memory back.
    for process in family:
        wait_until_gone(process.pid)
    assert not first.is_alive()
    first.stop()
    with Embedded.start(folder) as second:
        assert ask(second.owner_dsn, "select n from crashed") == (7,)


def test_an_interrupted_first_start_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    (folder / "cluster.new").mkdir(parents=True)
    (folder / "cluster.new" / "PG_VERSION").write_text("18\n")
    with Embedded.start(folder) as server:
        assert ask(server.app_dsn, "select 1") == (1,)


def test_a_link_in_the_cluster_is_not_followed(folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    rules = folder / "cluster" / "pg_hba.conf"
    rules.unlink()
    rules.symlink_to(victim)
    with Embedded.start(folder) as server:
        assert ask(server.app_dsn, "select 1") == (1,)
    assert victim.read_text() == "precious"
    assert not rules.is_symlink()


def test_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 15) / ("longer-" * 8) / "postgres"
    with Embedded.start(folder) as server:
        assert not server.socket_dir.is_relative_to(folder)
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert ask(server.app_dsn, "select 1") == (1,)
        with running(folder) as (_, app, _launcher):
            assert app == server.app_dsn
    assert not server.socket_dir.exists()


def test_lost_passwords_are_said_plainly(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    Embedded.start(folder).stop()
    (folder / "access.json").unlink()
    with pytest.raises(EmbeddedError, match=r"access\.json cannot be read"):
        Embedded.start(folder)


def test_passwords_differ(folder: Path) -> None:
    passwords = json.loads((folder / "access.json").read_text())
    assert len({*passwords.values()}) == 3
    assert all(len(password) >= 40 for password in passwords.values())


@only_root
def test_a_closed_way_is_no_obstacle_and_stays_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    above = [home, *home.parents]
    before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in above]
    with Embedded.start(home / "data" / "postgres") as server:
        assert psutil.Process(server.pid).username() == "nobody"
        assert ask(server.app_dsn, "select 1") == (1,)
    after = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in above]
    assert after == before


@only_root
def test_the_error_names_the_closed_folder() -> None:
    account = Account.choose("nobody")
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        home = Path(place).resolve() / "home"
        programs = home / "programs"
        programs.mkdir(parents=True)
        home.chmod(0o700)
        assert account.barrier(home) == home
        assert account.barrier(programs) == home
        assert account.barrier(home.parent) is None
        text = str(account.closed(home, "PostgreSQL's programs are", "install elsewhere"))
    assert f"nobody, as which the database runs, may not enter {home}" in text
    assert "owner root, mode 0700" in text


@only_root
@pytest.mark.parametrize(
    ("name", "words"), [("no-such-user", "no account no-such-user"), ("root", "not run as root")]
)
def test_an_account_that_will_not_do(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(EmbeddedError, match=words):
        Embedded.start(tmp_path / "postgres", os_user=name)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(EmbeddedError, match="cannot be used"):
        Embedded.start(tmp_path / "data" / "postgres")


def test_an_end_in_the_middle_of_a_transaction(folder: Path) -> None:
    server = Embedded.start(folder)
    connection = psycopg.connect(server.owner_dsn)
    connection.execute("create table half (n int)")
    begun = time.monotonic()
    server.stop()
    # A stop that waits for whoever is connected would take 20 s, and then be a hard one.
    assert time.monotonic() - begun < 15
    assert not server.is_alive()
    with contextlib.suppress(psycopg.Error):
        connection.close()
