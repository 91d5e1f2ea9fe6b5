"""The data map: the live schema holds nothing that is not declared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, Text, create_engine
from sqlalchemy.orm import Mapped, mapped_column

from chathaven.base.clock import now
from chathaven.engines import journal
from chathaven.engines.database import columns
from chathaven.engines.database.data_map import (
    PERSONAL,
    Basis,
    Category,
    Declared,
    Holding,
    Purpose,
    Retention,
    Treatment,
    Undeclared,
    Whose,
)
from chathaven.engines.database.tables import Table, all_entries
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.jobs.queue import Queue
from chathaven.product.chats.append import Draft, _Chat, _number
from chathaven.product.chats.event_fields import EVENT_FIELDS, check_params
from chathaven.product.chats.model import EventType
from tests.ground import map_tables
from tools.data_map import TARGET, render

map_tables()

# Not mapped by us, with the reason why each column is no personal data.
OTHERS = {
    "alembic_version": {"version_num": "the revision of the schema"},
    "procrastinate_jobs": {
        "id": "a number of the queue's",
        "queue_name": "a word of the code's",
        "task_name": "a word of the code's",
        "priority": "a number of the code's",
        "lock": "a word of the code's",
        "queueing_lock": "a word of the code's",
        "args": "two ids; Queue.add refuses a job that takes anything else",
        "status": "a word of the queue's",
        "scheduled_at": "a time",
        "attempts": "a count",
        "abort_requested": "yes or no",
        "worker_id": "a number of the queue's",
    },
    "procrastinate_periodic_defers": {
        "id": "a number of the queue's",
        "task_name": "a word of the code's",
        "defer_timestamp": "a time",
        "job_id": "a number of the queue's",
        "periodic_id": "a word of the code's",
    },
    "procrastinate_events": {
        "id": "a number of the queue's",
        "job_id": "a number of the queue's",
        "type": "a word of the queue's",
        "at": "a time",
    },
    "procrastinate_workers": {"id": "a number of the queue's", "last_heartbeat": "a time"},
}


def live_columns(owner_dsn: str) -> set[tuple[str, str]]:
    with psycopg.connect(owner_dsn) as owner:
        rows = owner.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        return {(table, column) for table, column in rows}


def test_every_live_column_is_declared(urls: DatabaseUrls) -> None:
    declared = {(each.table, each.column) for each in all_entries()}
    reasoned = {(table, column) for table, held in OTHERS.items() for column in held}
    live = live_columns(urls.owner)
    assert live - declared - reasoned == set(), "a column that nobody declares"
    assert declared - live == set(), "a declaration without a column"
    assert reasoned - live == set(), "a reason for a column that is not there"
    assert declared & reasoned == set()


def test_a_column_added_behind_the_code_is_found(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.owner) as owner:
        owner.execute("ALTER TABLE sites ADD COLUMN note text")
        rows = owner.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'sites'"
        ).fetchall()
        owner.rollback()
    declared = {each.column for each in all_entries() if each.table == "sites"}
    assert {name for (name,) in rows} - declared == {"note"}


def test_types_keys_and_indexes_are_as_mapped(urls: DatabaseUrls) -> None:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(urls.owner), poolclass=NullPool
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: kind != "table" or name not in OTHERS,
            },
        )
        assert compare_metadata(context, Table.metadata) == []


def test_personal_data_is_never_open() -> None:
    entries = all_entries()
    assert {each.table for each in entries} >= {"events", "visitors", "operators", "accounts"}
    assert [
        f"{each.table}.{each.column}"
        for each in entries
        if each.category in PERSONAL and each.treatment not in {Treatment.SEALED, Treatment.INDEXED}
    ] == []
    kinds = {"BYTEA"}
    for each in entries:
        if each.treatment is not Treatment.OPEN:
            column = Table.metadata.tables[each.table].columns[each.column]
            assert str(column.type.compile(dialect=_dialect())) in kinds, each


def _dialect() -> Any:
    return create_engine("postgresql+psycopg://").dialect


def test_the_person_of_a_sealed_row_is_one_of_its_columns() -> None:
    for each in all_entries():
        if each.person is not None:
            assert each.person in Table.metadata.tables[each.table].columns, each.table


def test_the_log_refuses_every_personal_name() -> None:
    of_events = {
        name
        for fields in EVENT_FIELDS.values()
        for name, category in fields.items()
        if category in PERSONAL
    }
    refused = journal.personal_names()
    assert refused >= {"name", "email", "phone", "params", "company", "technical", *of_events}
    assert not refused & {"id", "account_id", "seq", "type", "created_at", "code", "status"}


# Declarations that must not come to be

HOLDING = Holding(Whose.VISITOR, Purpose.ANSWERING, Basis.CONTRACT, Retention.PROFILE, person="id")
NOBODYS = Holding(Whose.NOBODY, Purpose.ANSWERING, Basis.NOT_PERSONAL, Retention.ACCOUNT)


@pytest.fixture
def unchanged() -> Iterator[None]:
    """Checks that a refused class leaves nothing in the map or the schema."""
    before = all_entries(), set(Table.metadata.tables)
    yield
    assert (all_entries(), set(Table.metadata.tables)) == before


_numbers = count()


def _table(**body: Any) -> type:
    annotations = {"id": Mapped[UUID], **body.pop("types", {})}
    return type(
        # SQLAlchemy remembers a class until it is collected, so each has a name of its own.
        f"Refused{next(_numbers)}",
        (Table,),
        {
            "__tablename__": "refused",
            "__annotations__": annotations,
            "__module__": __name__,
            "id": columns.identifier(primary_key=True),
            **body,
        },
    )


@pytest.mark.usefixtures("unchanged")
def test_a_column_that_says_nothing_is_refused() -> None:
    with pytest.raises(Undeclared, match=r"refused\.note does not declare"):
        _table(holding=HOLDING, note=mapped_column(Text()))


@pytest.mark.usefixtures("unchanged")
def test_a_column_that_is_only_annotated_is_refused() -> None:
    with pytest.raises(Undeclared, match=r"refused\.note does not declare"):
        _table(holding=HOLDING, types={"note": Mapped[str]})


@pytest.mark.usefixtures("unchanged")
def test_personal_data_left_open_is_refused() -> None:
    for category in PERSONAL:
        says = Declared(category=category, treatment=Treatment.OPEN)
        with pytest.raises(Undeclared, match="personal data"):
            _table(holding=HOLDING, note=mapped_column(Text(), info={"declared": says}))


@pytest.mark.usefixtures("unchanged")
def test_a_sealed_column_without_a_person_is_refused() -> None:
    with pytest.raises(Undeclared, match="names no person"):
        _table(holding=NOBODYS, note=columns.sealed(Category.CONTENT))


@pytest.mark.usefixtures("unchanged")
def test_a_table_without_a_holding_is_refused() -> None:
    with pytest.raises(Undeclared, match="in common"):
        _table()


@pytest.mark.usefixtures("unchanged")
def test_an_index_of_what_is_not_sealed_is_refused() -> None:
    with pytest.raises(Undeclared, match="not sealed"):
        _table(holding=HOLDING, note_index=columns.index_of("note"))


# Jobs and events


async def _takes_text(account_id: UUID, text: str) -> None:
    raise AssertionError(account_id, text)


async def _takes_ids(account_id: UUID, id: UUID) -> None:
    raise AssertionError(account_id, id)


def test_a_job_takes_ids_only(urls: DatabaseUrls) -> None:
    queue = Queue(urls.app)
    queue.add("ids", _takes_ids)
    with pytest.raises(Undeclared, match="text"):
        queue.add("text", _takes_text)


def test_every_type_of_event_declares_its_fields() -> None:
    assert set(EVENT_FIELDS) == set(EventType)
    for kind, fields in EVENT_FIELDS.items():
        check_params(kind, dict.fromkeys(fields))
        with pytest.raises(Undeclared, match="secret_note"):
            check_params(kind, {"secret_note": 1})


def test_an_event_with_an_undeclared_field_is_not_numbered() -> None:
    someone = UUID(int=1)
    chat = _Chat(someone, someone, "open", 0, 0, 0, 0, 0, 0)
    draft = Draft(
        someone, someone, EventType.CHAT_CLOSED, "operator", someone, {"reason": "he was rude"}
    )
    with pytest.raises(Undeclared) as caught:
        _number(draft, chat, 1, now())
    assert chat.last_seq == 0
    assert "rude" not in str(caught.value)


def test_the_page_is_up_to_date() -> None:
    assert TARGET.read_text() == render(all_entries()), "run: python tools/data_map.py"
