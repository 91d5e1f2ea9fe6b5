"""The clock of a request (GDPR Art. 12(3)): one month, two more when the person was told why.

Days are counted where in the Union it is still the day before, so that the day shown is never
later than the law's, wherever the company sits. Where the last day is a holiday the law gives
the next working day; the earlier one is shown. Times here are the beginnings of days, in UTC.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta

from chathaven.product.rights.model import RightsRequest
from chathaven.product.rights.states import FINAL

WESTERNMOST = timedelta(hours=-4)
"""Martinique and Guadeloupe, the whole year."""
FIRST, EXTENDED = 1, 3
"""Months for the answer, without and with an extension."""
WARN_AT = (14, 7, 3, 1)
"""Days left at which those who work on requests are warned."""
ESCALATE_AFTER = 25
"""Days after receipt at which the owners are told; of an extended one, days of its last month."""


def months_after(day: date, months: int) -> date:
    """Returns the same day so many months later, or the last of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def due(received_at: datetime, months: int = FIRST) -> datetime:
    """Returns the beginning of the last day for the answer."""
    return _start(months_after(day_of(received_at), months))


def day_of(moment: datetime) -> date:
    """Returns the day of a moment, as deadlines count it."""
    return (moment.astimezone(UTC) + WESTERNMOST).date()


def days_left(due_at: datetime, moment: datetime) -> int:
    """Returns how many days are left; 0 on the last day, and less when it is overdue."""
    # The day of UTC begins before that of the westernmost place: never a day too many.
    return (due_at.astimezone(UTC).date() - moment.astimezone(UTC).date()).days


def warnings(request: RightsRequest) -> list[datetime]:
    """Returns when a request has to be looked at: at each warning, and when owners are told."""
    moments = [request.due_at - timedelta(days=days) for days in WARN_AT]
    return sorted({*moments, escalation(request)})


def escalation(request: RightsRequest) -> datetime:
    """Returns when the owners are told that a request is still open."""
    if request.extended_at is not None or request.due_at != request.first_due_at:
        return request.due_at - timedelta(days=30 - ESCALATE_AFTER)
    return _start(day_of(request.received_at)) + timedelta(days=ESCALATE_AFTER)


def warning_due(request: RightsRequest, moment: datetime) -> int | None:
    """Returns the warning to be given now: the least number of days that was reached and not told.

    None where nothing is new, the request is closed, or its clock stands still.
    """
    if request.state in FINAL or request.stopped_at is not None:
        return None
    left = days_left(request.due_at, moment)
    reached = [days for days in WARN_AT if left <= days]
    if not reached:
        return None
    least = min(reached)
    return least if request.warned is None or least < request.warned else None


def escalation_due(request: RightsRequest, moment: datetime) -> bool:
    """Whether the owners are to be told now."""
    return (
        request.state not in FINAL
        and request.stopped_at is None
        and request.escalated_at is None
        and moment >= escalation(request)
    )


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
