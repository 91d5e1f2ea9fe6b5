"""Every table's class decides: what passes says from when, or goes with something that does."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chathaven.base.ids import new_id
from chathaven.engines.database.data_map import Category, Retention, Whose
from chathaven.engines.database.tables import Table
from chathaven.product.accounts.settings import RetentionPeriods
from chathaven.product.retention.classes import CLASSES, months_before, tables_of
from chathaven.product.retention.daily import last_minute_of
from tests.ground import map_tables

map_tables()
TABLES = [
    mapper.class_
    for mapper in Table.registry.mappers
    if issubclass(mapper.class_, Table) and mapper.class_.is_tenants()
]
GO_WITH = {
    "account_exports": "its own job deletes row and file together at the end of its days",
    "audit_heads": "one row of an account: where the chain has come to",
    "notices": "published words that receipts name, about nobody",
    "receipt_heads": "one row of an account: where the chain has come to",
    "receipt_links": "hashes about nobody, by which what is left of the chain is checked",
}
"""Tables of a class that passes, without a time of their own, and why that is well."""


def test_what_passes_says_from_when() -> None:
    silent = {
        table.__tablename__
        for table in TABLES
        if table.holding.retention is not Retention.ACCOUNT
        and table.holding.since is None
        # A row about a visitor goes with the visitor.
        and not (table.holding.whose is Whose.VISITOR and table.holding.person is not None)
    }
    assert silent == set(GO_WITH)


def test_from_when_is_a_time_of_the_table() -> None:
    for table in TABLES:
        if table.holding.since is not None:
            assert table.entries[table.holding.since].category is Category.TIME


def test_every_class_that_rows_pass_by_is_run() -> None:
    run = {each.retention for each in CLASSES}
    declared = {table.holding.retention for table in TABLES if table.holding.since is not None}
    assert declared <= run


def test_every_table_whose_rows_pass_is_run() -> None:
    run = [table.__tablename__ for each in CLASSES for table in tables_of(each.retention)]
    declared = [table.__tablename__ for table in TABLES if table.holding.since is not None]
    assert sorted(run) == sorted(declared)
    assert len(run) > 10


def test_defaults_are_within_their_bounds() -> None:
    periods = RetentionPeriods()
    for each in CLASSES:
        assert each.period(periods) == each.default <= each.most


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-11-23", 12, "2025-11-23"),
        ("2024-02-29", 12, "2023-02-28"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, before: str) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert months_before(moment, months).date().isoformat() == before


def test_accounts_take_their_turns_over_the_day() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    minutes = {last_minute_of(new_id(), moment) for _ in range(200)}
    assert len(minutes) > 150
    assert all(0 <= (moment - each).total_seconds() < 86_400 for each in minutes)
    same = UUID(int=7)
    assert last_minute_of(same, moment) == last_minute_of(same, moment)
