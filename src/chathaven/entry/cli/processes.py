"""Several web processes on one socket, watched by their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls

_EXIT_LIMIT = 34.5
# A process that fails at once is started again no more often than this.
_PAUSE = 1.0


class Processes:
    """Keeps `count` web processes running until it is told to stop."""

    def __init__(
        self, count: int, settings: Settings, urls: DatabaseUrls, listener: socket.socket
    ) -> None:
        # Spawned and not forked: a fork would take our locks and threads with it.
        self._context = multiprocessing.get_context("spawn")
        self._ready = self._context.Semaphore(0)
        self._arguments = (settings, urls, listener, self._ready)
        self._count = count
        self._stopping = False

    def stop(self, *_: object) -> None:
        """Tells it to stop; also fit as a handler of signals."""
        self._stopping = True

    def run(self, on_ready: Callable[[], None]) -> bool:
        """Serves until it is told to stop; True when all ended in order."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        running = [self._start() for _ in range(self._count)]
        missing = self._count
        while not self._stopping:
            wait([process.sentinel for process in running], timeout=0.2)
            while missing and self._ready.acquire(block=False):
                missing -= 1
                if not missing:
                    on_ready()
            running = [process if process.is_alive() else self._again() for process in running]
        return _end(running)

    def _start(self) -> BaseProcess:
        process = self._context.Process(target=_serve, args=self._arguments, name="chathaven-web")
        process.start()
        return process

    def _again(self) -> BaseProcess:
        if not self._stopping:
            print("chathaven: a web process ended unexpectedly; starting another", file=sys.stderr)
            time.sleep(_PAUSE)
        return self._start()


def _end(running: list[BaseProcess]) -> bool:
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _EXIT_LIMIT
    for process in running:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
    # One that had only just been started ends by the signal itself, and had nothing to finish.
    return all(process.exitcode in (0, -signal.SIGTERM) for process in running)


def _serve(
    settings: Settings, urls: DatabaseUrls, listener: socket.socket, ready: Semaphore
) -> None:
    """One web process, in the process itself."""
    # Ctrl-C reaches every process of the terminal; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()
    from chathaven.entry.cli.server import run

    sys.exit(0 if run(settings, urls, listener, ready.release) else 1)


def _follow_parent() -> None:
    """Ends this process at once when its parent was killed: the database goes with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
