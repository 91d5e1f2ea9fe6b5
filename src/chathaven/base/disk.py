"""What is on disk and not only on its way there."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Returns once a file's bytes, or the names in a folder, outlive a loss of power.

    Raises:
        OSError: the disk fails, or there is nothing of that name.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
