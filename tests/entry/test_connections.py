"""A server holds as many streams as the system grants, and none for ever."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from chathaven.entry.cli.listener import listen

SCRIPT = """
import resource
from chathaven.entry.cli.listener import allow_many
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
allow_many()
print(resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most))
"""


def test_the_soft_limit_of_open_files_is_raised_to_the_hard_one() -> None:
    # In a process of its own: a limit belongs to the whole process.
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "True"


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has it")
def test_a_peer_that_takes_nothing_is_given_up() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        taken, _ = listener.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
