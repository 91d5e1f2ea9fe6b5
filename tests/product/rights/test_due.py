"""The clock of a request, over ten years of days."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.base.ids import new_id
from chathaven.product.rights.due import (
    EXTENDED,
    WARN_AT,
    days_left,
    due,
    escalation,
    escalation_due,
    months_after,
    warning_due,
    warnings,
)
from chathaven.product.rights.model import RightsRequest
from chathaven.product.rights.states import State

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2033, 12, 31)
UNION = [
    "Europe/Lisbon",
    "Atlantic/Azores",
    "Atlantic/Canary",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Europe/Helsinki",
    "Europe/Athens",
    "America/Martinique",
    "Indian/Reunion",
]
MOMENTS = st.datetimes(
    datetime.combine(FIRST_DAY, time()), datetime.combine(LAST_DAY, time()), timezones=st.just(UTC)
)


def asked(received_at: datetime) -> RightsRequest:
    last_day = due(received_at)
    return RightsRequest(
        account_id=new_id(),
        id=new_id(),
        kind="access",
        state=State.RECEIVED.value,
        via="form",
        received_at=received_at,
        first_due_at=last_day,
        due_at=last_day,
    )


def test_the_same_day_next_month_or_its_last_one_on_every_day_of_ten_years() -> None:
    day = FIRST_DAY
    while day <= LAST_DAY:
        found = months_after(day, 1)
        year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
        last = calendar.monthrange(year, month)[1]
        assert (found.year, found.month) == (year, month)
        assert found.day == (min(day.day, last))
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2025-01-31", "2025-02-28"),
        ("2024-01-31", "2024-02-29"),
        ("2024-02-29", "2024-03-29"),
        ("2023-12-31", "2024-01-31"),
        ("2026-03-31", "2026-04-30"),
        ("2026-05-15", "2026-06-15"),
    ],
)
def test_ends_of_months_and_leap_days(received: str, expected: str) -> None:
    assert months_after(date.fromisoformat(received), 1) == date.fromisoformat(expected)
    moment = datetime.fromisoformat(f"{received}T12:00:00Z")
    assert due(moment).date() == date.fromisoformat(expected)


def test_two_months_more_are_three_of_the_first_day_and_not_of_a_shortened_one() -> None:
    received = datetime(2025, 1, 31, 12, tzinfo=UTC)
    assert due(received).date() == date(2025, 2, 28)
    assert due(received, EXTENDED).date() == date(2025, 4, 30)


@given(MOMENTS, st.sampled_from(UNION))
def test_it_is_never_later_than_the_law_anywhere_in_the_union(moment: datetime, place: str) -> None:
    """Whatever the clocks do there in spring and autumn; and never more than two days earlier."""
    local = months_after(moment.astimezone(ZoneInfo(place)).date(), 1)
    assert timedelta() <= local - due(moment).date() <= timedelta(days=2)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=70)))
def test_every_warning_is_given_once_and_in_order(moment: datetime, step: timedelta) -> None:
    """However rarely the clock is looked at: what was passed over meanwhile is told as the last."""
    request = asked(moment)
    told: list[int] = []
    at = moment
    while at < request.due_at + timedelta(days=3):
        found = warning_due(request, at)
        if found is not None:
            told.append(found)
            request.warned = found
        at += max(step, timedelta(hours=7))
    found = warning_due(request, request.due_at + timedelta(days=3))
    told += [found] if found is not None else []
    assert told == sorted(set(told), reverse=True)
    assert told[-1] == min(WARN_AT)


@given(MOMENTS)
def test_looks_are_due_when_there_is_something_to_tell(moment: datetime) -> None:
    request = asked(moment)
    looks = warnings(request)
    assert set(looks) > {request.due_at - timedelta(days=days) for days in (14, 7, 1)}
    for look in looks:
        told = warning_due(request, look)
        escalates = escalation_due(request, look)
        assert told is not None or escalates
        request.warned = told if told is not None else request.warned
        request.escalated_at = look if escalates else request.escalated_at
    assert request.warned == min(WARN_AT)
    assert request.escalated_at is not None


def test_owners_hear_after_25_days_and_of_an_extended_one_five_days_before() -> None:
    received = datetime(2026, 5, 10, 12, tzinfo=UTC)
    request = asked(received)
    assert escalation(request).date() == date(2026, 6, 4)
    assert not escalation_due(request, escalation(request) - timedelta(seconds=1))
    assert escalation_due(request, escalation(request))
    request.extended_at, request.due_at = received, due(received, EXTENDED)
    assert escalation(request).date() == date(2026, 8, 5)


def test_nobody_is_warned_of_what_is_closed_or_stands_still() -> None:
    request = asked(datetime(2026, 5, 10, tzinfo=UTC))
    late = request.due_at + timedelta(days=2)
    assert (days_left(request.due_at, late), warning_due(request, late)) == (-2, 1)
    request.stopped_at = request.received_at
    assert warning_due(request, late) is None
    assert not escalation_due(request, late)
    request.stopped_at, request.state = None, State.DONE.value
    assert warning_due(request, late) is None
    assert not escalation_due(request, late)
