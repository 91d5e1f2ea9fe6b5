"""The one place that asks what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class _Clock:
    ahead = timedelta()


def now() -> datetime:
    """Returns the time, in UTC."""
    return datetime.now(UTC) + _Clock.ahead


@contextmanager
def ahead(by: timedelta) -> Iterator[None]:
    """Lets this process's clock go ahead while the block runs: tests of deadlines do not sleep.

    The database's own clock goes on as ever.
    """
    before = _Clock.ahead
    _Clock.ahead = before + by
    try:
        yield
    finally:
        _Clock.ahead = before
