"""The process of the embedded server: found on its folder, told to stop, waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from chathaven.engines.database import embedded_conf as conf
from chathaven.engines.database.embedded_account import EmbeddedError
from chathaven.engines.database.embedded_cluster import Cluster

_FAST_STOP_LIMIT = 20.0
_HARD_STOP_LIMIT = 5.0


def pid_file(cluster: Cluster) -> list[str]:
    """Returns the lines of the file in which a server says who and where it is."""
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def found_pid(cluster: Cluster) -> int | None:
    """Returns the process of the server on this cluster, if there really is one.

    The number in the file may belong to another program after a crash.
    """
    lines = pid_file(cluster)
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


def stop_left_over(cluster: Cluster) -> None:
    """Stops a server that a killed Chathaven left: we hold the lock, so it is nobody's.

    Files that name a process of somebody else are removed: PostgreSQL would take that process
    for its own when it belongs to the same user, as after a restart in a container, or when
    nobody has collected it yet.
    """
    pid = found_pid(cluster)
    if pid is not None:
        stop(pid, None)
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


def stop(pid: int, process: subprocess.Popen[bytes] | None) -> None:
    """Stops a server: fast, then hard, then by force.

    Raises:
        EmbeddedError: even that did not end it.
    """
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
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except OSError:
        # It went that moment; or there is no such folder on this system.
        return not Path("/proc/self").exists()
    # A process that ended and that nobody has collected yet is shown as Z.
    return status.rpartition(")")[2].split()[0] != "Z"
