"""A Chathaven of its own for a benchmark: the real command, a fresh folder, a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import psutil

COMMAND = Path(sys.executable).parent / "chathaven"
_START_LIMIT = 60.0
_STOP_LIMIT = 40.0


class Installation:
    """A running `chathaven serve`. `started_at` is when it was called (`time.perf_counter`)."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.log = data.with_suffix(".log")
        self.started_at = 0.0

    def __enter__(self) -> Installation:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CHATHAVEN_")
        }
        with self.log.open("ab") as log:
            self.started_at = time.perf_counter()
            self._process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(self.port), "--data", self.data],
                env=environment | {"CHATHAVEN_RATE_LIMITS": "off"},
                stdout=log,
                stderr=log,
            )
        try:
            self._await_listening()
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await_listening(self) -> None:
        # The socket is there before anything else; what is sent waits in its queue.
        deadline = time.monotonic() + _START_LIMIT
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"chathaven serve ended: {self.log.read_text()[-500:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.002)
            else:
                return
        raise RuntimeError("chathaven serve does not listen")

    @property
    def pid(self) -> int:
        """The process of the server itself."""
        return self._process.pid

    def pss(self) -> dict[str, int]:
        """Returns the proportional set size in bytes: `server`, and `postgres` with all of its."""
        whole = {"server": memory(self.pid)["Pss"], "postgres": 0}
        for child in psutil.Process(self.pid).children(recursive=True):
            whole["postgres"] += memory(child.pid)["Pss"]
        return whole


def memory(pid: int) -> dict[str, int]:
    """Returns the memory of a process in bytes: `Rss`, `Pss` and what else the kernel tells."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) * 1024
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
