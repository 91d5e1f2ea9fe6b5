"""The quick look at the schema agrees with Alembic."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from chathaven.engines.database import migrate, revision
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.given import GivenDatabaseError
from chathaven.engines.database.urls import DatabaseUrls


def test_it_agrees_with_alembic(urls: DatabaseUrls) -> None:
    assert revision.newest() == migrate.newest()
    assert revision.current(urls.app) == migrate.current(urls.app)
    assert revision.is_newest(urls.owner)


def test_an_empty_database_has_none(tmp_path: Path) -> None:
    with Embedded.start(tmp_path / "postgres") as server:
        assert revision.current(server.owner_dsn) is None
        assert not revision.is_newest(server.owner_dsn)
        with psycopg.connect(server.owner_dsn) as connection:
            connection.execute("create table alembic_version (version_num text)")
            connection.execute("insert into alembic_version values ('0000')")
        assert revision.current(server.owner_dsn) == "0000"
        assert not revision.is_newest(server.owner_dsn)


def test_two_heads_are_not_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "VERSIONS", tmp_path)
    assert revision.newest() is None
    (tmp_path / "one.py").write_text('revision = "1"\ndown_revision = None\n')
    assert revision.newest() == "1"
    (tmp_path / "two.py").write_text('revision: str = "2"\ndown_revision: str | None = "1"\n')
    assert revision.newest() == "2"
    (tmp_path / "three.py").write_text('revision = "3"\ndown_revision = "1"\n')
    assert revision.newest() is None


def test_a_revision_comes_with_its_rights_and_none_that_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with Embedded.start(tmp_path / "postgres") as server:
        urls = DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn)
        with monkeypatch.context() as planted:
            planted.setattr(migrate, "_grant", killed)
            with pytest.raises(KeyboardInterrupt):
                migrate.migrate(urls)
        assert migrate.current(urls.owner) is None
        migrate.migrate(urls)
        with psycopg.connect(urls.app) as app:
            app.execute("SELECT FROM directory")
        with psycopg.connect(urls.owner) as owner:
            owner.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(GivenDatabaseError, match=r"9999.*newer version"):
            migrate.migrate(urls)


def test_the_scripts_are_found_below_a_folder_with_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "100%s"
    odd.symlink_to(migrate.FOLDER)
    monkeypatch.setattr(migrate, "FOLDER", odd)
    assert migrate.newest() == revision.newest()
