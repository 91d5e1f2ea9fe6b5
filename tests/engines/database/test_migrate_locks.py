"""A migration waits for nobody for long, so that nobody waits behind it; and it tries again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from chathaven.engines.database import migrate
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.given import GivenDatabaseError
from chathaven.engines.database.urls import DatabaseUrls

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
# What every migration writes at its end; a reader does not notice.
HOLD = "LOCK TABLE alembic_version IN SHARE MODE"


@pytest.fixture
def urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseUrls]:
    """A database that is one revision behind."""
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.2)
    with Embedded.start(tmp_path / "postgres") as server:
        made = DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn)
        scripts = ScriptDirectory.from_config(migrate.config())
        with migrate._connect(made.owner) as connection:
            before = scripts.get_revision(str(migrate.newest())).down_revision
            command.upgrade(migrate.config(connection), str(before))
            connection.commit()
        yield made


@pytest.fixture
def holder(urls: DatabaseUrls) -> Iterator[psycopg.Connection[Any]]:
    """Somebody who holds a table that the migration changes."""
    with psycopg.connect(urls.owner) as connection:
        connection.execute(HOLD)
        yield connection


def test_it_steps_back_and_tries_again(
    urls: DatabaseUrls, holder: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[tuple[object, ...] | None] = []

    def pause(_: float) -> None:
        with psycopg.connect(urls.app) as other:
            pauses.append(other.execute(WAITING).fetchone())
        if len(pauses) == 3:
            holder.rollback()

    monkeypatch.setattr(migrate, "sleep", pause)
    said: list[int] = []
    migrate.migrate(urls, waiting=lambda: said.append(len(pauses)))
    assert pauses == [(0,)] * 3, "nobody stands in line while it rests"
    assert said == [0], "whoever starts it is told once, at the beginning"
    assert migrate.current(urls.owner) == migrate.newest()
    with psycopg.connect(urls.app) as app:
        app.execute("SELECT FROM directory")


def test_it_ends_in_one_line_and_changes_nothing(
    urls: DatabaseUrls, holder: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = migrate.current(urls.owner)
    pauses: list[float] = []
    monkeypatch.setattr(migrate, "TRIES", 3)
    monkeypatch.setattr(migrate, "sleep", pauses.append)
    with pytest.raises(GivenDatabaseError, match="another connection holds a table") as caught:
        migrate.migrate(urls)
    assert "\n" not in str(caught.value)
    assert len(pauses) == 2
    assert migrate.current(urls.owner) == before
    holder.rollback()
    migrate.migrate(urls)
    assert migrate.current(urls.owner) == migrate.newest()


def test_one_who_migrates_beside_it_is_waited_for(urls: DatabaseUrls) -> None:
    """However long that takes: the limit is for tables, and not for our own turn."""
    with (
        ThreadPoolExecutor(1) as threads,
        psycopg.connect(urls.owner) as other,
        psycopg.connect(urls.app, autocommit=True) as looking,
    ):
        other.execute("SELECT pg_advisory_lock(%s)", (migrate.LOCK,))
        beside = threads.submit(migrate.migrate, urls)
        while looking.execute(WAITING).fetchone() == (0,):
            assert not beside.done(), beside.result()
        with pytest.raises(TimeoutError):
            beside.result(3 * migrate.LOCK_SECONDS)
        other.execute("SELECT pg_advisory_unlock(%s)", (migrate.LOCK,))
        beside.result(60)
    assert migrate.current(urls.owner) == migrate.newest()
