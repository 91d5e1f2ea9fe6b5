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
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.cli.refusal import Refusal

_EXIT_LIMIT = 34.5
# A process that fails at once is started again no more often than this.
_PAUSE = 1.0
# So many ends in a row, and none became ready between: another start will not help.
_MOST_FAILURES = 5


class Processes:
    """Keeps `count` web processes running until it is told to stop."""

    def __init__(
        self, count: int, settings: Settings, urls: DatabaseUrls, listener: socket.socket
    ) -> None:
        # Spawned and not forked: a fork would take our locks and threads with it.
        self._context = multiprocessing.get_context("spawn")
        self._arguments = (settings, urls, listener)
        self._count = count
        self._stopping = False
        self._failures = 0

    def stop(self, *_: object) -> None:
        """Tells it to stop; also fit as a handler of signals."""
        self._stopping = True

    def run(self, on_ready: Callable[[], None]) -> bool:
        """Serves until it is told to stop; True when all ended in order.

        Raises:
            Refusal: one process after another ended before it was ready.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        running = [self._start() for _ in range(self._count)]
        told = False
        while not self._stopping and self._failures < _MOST_FAILURES:
            wait([each.process.sentinel for each in running], timeout=0.2)
            ended = [each for each in running if not each.process.is_alive()]
            # Asked after the ends: who was ready and then ended has not failed to start.
            if sum([each.became_ready() for each in running]):
                self._failures = 0
            if not told and all(each.is_ready for each in running):
                told = True
                on_ready()
            for each in ended:
                running.remove(each)
                running += self._again(each)
        well = _end([each.process for each in running])
        if self._failures >= _MOST_FAILURES and not self._stopping:
            raise Refusal(
                f"{self._failures} web processes in a row ended before they were ready, so no other "
                "is started; what they said of the reason stands above"
            )
        return well

    def _start(self) -> _Running:
        ready = self._context.Semaphore(0)
        process = self._context.Process(
            target=_serve, args=(*self._arguments, ready), name="chathaven-web"
        )
        process.start()
        return _Running(process, ready)

    def _again(self, ended: _Running) -> list[_Running]:
        """Starts one for one that ended; none when it is of no use (any more)."""
        self._failures += not ended.is_ready
        if self._stopping or self._failures >= _MOST_FAILURES:
            return []
        print("chathaven: a web process ended unexpectedly; starting another", file=sys.stderr)
        time.sleep(_PAUSE)
        return [self._start()]


@dataclass
class _Running:
    """A process, and whether it has taken requests yet."""

    process: BaseProcess
    ready: Semaphore
    is_ready: bool = False

    def became_ready(self) -> bool:
        """Whether it said so since this was last asked."""
        became = not self.is_ready and self.ready.acquire(block=False)
        self.is_ready = self.is_ready or became
        return became


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

    try:
        well = run(settings, urls, listener, ready.release)
    except SettingError as error:
        # One line for whoever started it, as where there is one process.
        sys.exit(f"chathaven: {error}")
    sys.exit(0 if well else 1)


def _follow_parent() -> None:
    """Ends this process at once when its parent was killed: the database goes with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
