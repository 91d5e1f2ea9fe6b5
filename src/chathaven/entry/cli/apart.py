"""Work in a process of its own, whose memory goes with it."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def apart(work: Callable[[], None]) -> None:
    """Runs `work` in a fork of this process, and waits for it.

    What it loads and needs is given back at its end. Only while this process has no other
    thread, for a fork has none of them.

    Raises:
        Exception: what `work` raised there.
        ChildProcessError: the process was ended from outside.
    """
    ours, theirs = os.pipe()
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        status = 1
        try:
            _follow(parent)
            status = _done(work, theirs)
        finally:
            # Nothing of the parent's is ended here: no lock, no socket, no database.
            os._exit(status)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        said = told.read()
    _, status = os.waitpid(pid, 0)
    if said:
        raise pickle.loads(said)  # noqa: S301  our own child's words
    if status:
        raise ChildProcessError("a step of the start was ended from outside")


def _follow(parent: int) -> None:
    """Ends this process with its parent: it holds the same locks and the same socket."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _done(work: Callable[[], None], to: int) -> int:
    try:
        work()
    except Exception as error:  # noqa: BLE001  whatever it is, the parent raises it
        with os.fdopen(to, "wb") as told:
            told.write(_pickled(error))
        return 1
    return 0


def _pickled(error: Exception) -> bytes:
    try:
        said = pickle.dumps(error)
        pickle.loads(said)  # noqa: S301  our own
    except Exception:  # noqa: BLE001  not every error comes whole through a pickle
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return said
