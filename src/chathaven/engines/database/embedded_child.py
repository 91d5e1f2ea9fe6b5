"""Becomes the database server: gives up root, ties its life to the parent, runs the program.

Run as a script of its own, never imported by the server, so that nothing happens between
`fork` and `exec` in a process that may have threads. It must start with what only root may
do, in a folder that only root may reach, and is then replaced by the program.

    python -I -S embedded_child.py PARENT_PID UID GID PROGRAM ARGUMENT…

UID -1 keeps the user that we are.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Never returns; leaves with status 1 when the parent is already gone."""
    parent, uid, gid = (int(text) for text in sys.argv[1:4])
    program = sys.argv[4]
    os.umask(0o077)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user, which would clear it. SIGINT is PostgreSQL's fast stop.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program, sys.argv[4:])  # noqa: S606  no shell is wanted here


main()
