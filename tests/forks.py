"""Starts `chathaven` quickly: from a process that has everything loaded, and forks for each start.

Loading takes a start longer than all that it then does, and the suite starts hundreds. A fork
runs the same command with its own line, environment, log and end; the real executable is what
tests/entry/test_serve.py and test_commands.py start.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from chathaven.entry.cli import main as command

LOADED = ("serve", "server", "backup", "restore", "keys", "doctor")
_LONGEST = 200_000
_NOTHING = b" "


class Fork:
    """A command that runs: as much of `subprocess.Popen` as tests need."""

    def __init__(self, pid: int, told: socket.socket) -> None:
        self.pid = pid
        self._told = told
        self._status: int | None = None

    def poll(self) -> int | None:
        """Returns the exit status, or None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float) -> int:
        """Waits for the end; returns the exit status, below zero when a signal ended it.

        Raises:
            subprocess.TimeoutExpired: it still runs after so many seconds.
        """
        if self._status is None:
            self._told.settimeout(max(timeout, 0.000_1))
            try:
                said = self._told.recv(16)
            except TimeoutError:
                raise subprocess.TimeoutExpired("chathaven", timeout) from None
            assert said, "the process that forks is gone"
            self._status = int(said)
            self._told.close()
        return self._status

    def send_signal(self, number: int) -> None:
        """Sends it a signal, while it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kills it."""
        self.send_signal(signal.SIGKILL)


def start(
    arguments: Sequence[object], environment: Mapping[str, str], said: int, complained: int
) -> Fork:
    """Runs `chathaven` with a line and an environment.

    What it says goes to the two open files, as stdout and stderr.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    order = {
        "arguments": [*map(str, arguments)],
        "environment": {**environment},
        "at": str(Path.cwd()),
    }
    with theirs:
        fds = [said, complained, theirs.fileno()]
        socket.send_fds(_forker(), [json.dumps(order).encode()], fds)
    return Fork(int(ours.recv(16)), ours)


def run(
    arguments: Sequence[object], environment: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs `chathaven` to its end, with nobody at the terminal, and returns what it said.

    Raises:
        subprocess.TimeoutExpired: it still runs after so many seconds.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        process = start(arguments, environment, said.fileno(), complained.fileno())
        status = process.wait(timeout)
        for file in (said, complained):
            file.seek(0)
        return subprocess.CompletedProcess(
            [*map(str, arguments)], status, said.read(), complained.read()
        )


@functools.cache
def _forker() -> socket.socket:
    """Starts the process that forks; it ends with us."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(process.wait, 10)
    atexit.register(ours.close)
    return ours


# The process that forks


class Forker:
    """Forks for each order that comes, and tells of each end."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._running: dict[int, socket.socket] = {}

    def work(self) -> int | None:
        """Returns None once nobody orders any more, and in each child its exit status."""
        waker, woken = socket.socketpair()
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._orders, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is woken:
                        woken.recv(4096)
                        self._collect()
                        continue
                    text, fds, _, _ = socket.recv_fds(self._orders, _LONGEST, 3)
                    if not text:
                        # Whoever ordered has ended, and may have been killed: nobody stays behind.
                        for pid in self._running:
                            os.kill(pid, signal.SIGKILL)
                        return None
                    if order := self._fork(json.loads(text), fds):
                        # In the child: nothing of ours stays open in it.
                        for mine in (waker, woken, self._orders, *self._running.values()):
                            mine.close()
                        return order()

    def _collect(self) -> None:
        for pid in list(self._running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                with self._running.pop(pid) as told, contextlib.suppress(OSError):
                    told.send(str(os.waitstatus_to_exitcode(status)).encode())

    def _fork(self, order: dict[str, object], fds: list[int]) -> functools.partial[int] | None:
        *outputs, told = fds
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(told)
            for number, output in enumerate(outputs, start=1):
                os.dup2(output, number)
                os.close(output)
            return functools.partial(_obey, order)
        for output in outputs:
            os.close(output)
        self._running[pid] = socket.socket(fileno=told)
        self._running[pid].send(str(pid).encode())
        return None


def _obey(order: dict[str, object]) -> int:
    arguments, environment = order["arguments"], order["environment"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(order["at"]))
    # What was made of the environment of before.
    tempfile.tempdir = None
    sys.argv = ["chathaven", *arguments]
    return command.main(arguments)


def _load() -> None:
    command._without_colours()
    gc.disable()
    for name in LOADED:
        import_module(f"chathaven.entry.cli.{name}")
    # What is there now no child looks at again: it stays shared between all.
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    _load()
    sys.exit(Forker(socket.socket(fileno=int(sys.argv[1]))).work())
