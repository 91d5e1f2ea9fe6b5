"""A file that has its name only when all of it is on disk."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from chathaven.base.disk import sync
from chathaven.engines.backup.refused import BackupError


@contextmanager
def fresh_file(path: Path) -> Iterator[IO[bytes]]:
    """Gives a file (mode 0600) that takes its name when it is whole and on disk.

    What is left of one whose process was killed is removed.

    Raises:
        BackupError: the folder is not there or cannot be written to.
    """
    remove_left(path.parent, path.name)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise BackupError(f"{path.parent} cannot be written to: {error.strerror}") from None
    draft = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.rename(path)
        sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def remove_left(folder: Path, name: str) -> None:
    """Removes what is left of a file whose process was killed before it had its name."""
    for path in folder.glob(".*.part"):
        if path.name.startswith(f".{name}."):
            with contextlib.suppress(OSError), path.open("rb") as left:
                # One that is still being written is locked.
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
