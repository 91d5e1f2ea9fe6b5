"""The classes of the data map that pass, and for how long each is kept.

Which class a row belongs to, and from when its time counts, is declared with its table
(`Holding.retention`, `Holding.since`). Nothing here names a slice's table: what is added later is
kept and goes by its declaration.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from chathaven.engines.database.data_map import Retention
from chathaven.engines.database.tables import Table, all_tables
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.mail.letters import STAY_DAYS
from chathaven.product.accounts.settings import AccountSettings, RetentionPeriods, read_account


class Unit(StrEnum):
    """What a period counts in."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


class Class(NamedTuple):
    """A class. `setting` is the field of `privacy.retention` with its period, or None: fixed."""

    retention: Retention
    name: str
    unit: Unit
    default: int
    most: int
    setting: str | None = None

    @property
    def code(self) -> str:
        """R1 to R8, and R11."""
        return self.retention.value.split()[0]

    def period(self, periods: RetentionPeriods) -> int:
        """Returns how long it is kept, in its unit."""
        return int(getattr(periods, self.setting)) if self.setting else self.default

    def before(self, periods: RetentionPeriods, moment: datetime) -> datetime:
        """Returns the time before which something of the class has had its time."""
        count = self.period(periods)
        if self.unit is Unit.MONTHS:
            return months_before(moment, count)
        return moment - timedelta(**{self.unit.value: count})


VISIT = Class(Retention.VISIT, "visit", Unit.HOURS, 24, 720, "visit_hours")
CONVERSATION = Class(
    Retention.CONVERSATION, "conversation", Unit.MONTHS, 12, 36, "conversation_months"
)
LETTERS = Class(Retention.LETTERS, "letters", Unit.DAYS, STAY_DAYS, STAY_DAYS)
"""Those in DATA/outbox, where there is no mail server."""
CLASSES = (
    VISIT,
    CONVERSATION,
    Class(Retention.CONSENT, "consent", Unit.MONTHS, 36, 120, "consent_months"),
    Class(Retention.SECURITY, "security", Unit.DAYS, 180, 365, "security_days"),
    Class(Retention.AUDIT, "audit", Unit.MONTHS, 36, 120, "audit_months"),
    LETTERS,
    Class(Retention.EXPORT, "export", Unit.DAYS, 7, 30, "export_days"),
)
"""A profile goes with its conversation, a receipt with its person, whose proof of consent stays; a
job that failed for good is kept for a week by the queue itself; and what is kept as long as the
account goes with it."""


def tables_of(retention: Retention) -> list[type[Table]]:
    """Returns the tenants' tables of a class whose rows go one by one when their time is over."""
    return [
        table
        for table in all_tables()
        if table.is_tenants()
        and table.holding.retention is retention
        and table.holding.since is not None
    ]


async def read_periods(tx: Transaction) -> RetentionPeriods:
    """Returns how long the transaction's account keeps things."""
    settings = msgspec.convert((await read_account(tx)).settings, AccountSettings)
    return settings.privacy.retention


def months_before(moment: datetime, months: int) -> datetime:
    """Returns the same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")
