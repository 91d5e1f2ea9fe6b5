"""A server holds as many streams as the system grants, whatever the shell began with."""

from __future__ import annotations

import subprocess
import sys

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
