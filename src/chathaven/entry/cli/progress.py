"""How far a long command is: one line that is written over, on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_BETWEEN = 0.1


class Progress:
    """Shows what is being done, and its part of the whole."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Shows a state, ten times a second at most."""
        moment = time.monotonic()
        if not self._shown or moment - self._last < _BETWEEN:
            return
        self._last = moment
        part = f"{100 * done // total:3d} %  " if total else ""
        print(f"\r\x1b[K  {part}{what}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def size_of(count: int) -> str:
    """Returns a number of bytes as people say it: `3.2 MB`."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
