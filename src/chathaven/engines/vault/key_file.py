"""A file of secrets: made once, readable by its owner alone, on disk before it is used."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from chathaven.base.disk import sync


class TooOpen(Exception):
    """Others may read the file; the text says how it stands."""


def write_once(path: Path, body: bytes) -> None:
    """Writes a new file (mode 0600), or leaves the one that is there.

    Two processes that start together end with the same file.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own each time (mode 0600): a crash may have left one of the same process id.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name is taken, so that the first of two starters wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync(path.parent)


def read_private(path: Path) -> bytes:
    """Returns what a file of secrets holds.

    Raises:
        TooOpen: others may read it.
        OSError: it cannot be read.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise TooOpen(f"{path} may be read by others (mode {mode:04o}); it takes mode 0600.")
    return path.read_bytes()
