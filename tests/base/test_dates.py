"""Days and times in the languages of the widget."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chathaven.base.dates import day, readable
from chathaven.base.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months(language: str) -> None:
    days = [day(datetime(2026, month, 9, tzinfo=UTC), language) for month in range(1, 13)]
    assert len(set(days)) == 12
    assert all(each.startswith("9") and each.endswith("2026") for each in days)


@pytest.mark.parametrize(
    ("language", "written"),
    [("de", "9. März 2026"), ("en", "9 March 2026"), ("es", "9 de marzo de 2026")],
)
def test_days_are_written_as_the_language_does(language: str, written: str) -> None:
    assert day(datetime(2026, 3, 9, 12, tzinfo=UTC), language) == written


@pytest.mark.parametrize(
    ("exact", "written"),
    [
        ("2026-03-09T09:05:00Z", "9 March 2026, 09:05 UTC"),
        ("2026-03-09T09:05:59.123456+00:00", "9 March 2026, 09:05 UTC"),
        ("2026-03-09", "9 March 2026"),
        ("2026-03-39", None),
        ("2026-03-09T09:05:00+05:00", None),
        ("revoked", None),
        ("20260309", None),
    ],
)
def test_exact_times_become_readable(exact: str, written: str | None) -> None:
    assert readable(exact, "en") == written
