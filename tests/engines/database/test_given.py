"""A given PostgreSQL: whom the application becomes, and what is said when it will not do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from chathaven.base.settings import Settings
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.given import GivenDatabaseError, prepare
from chathaven.engines.database.urls import DatabaseUrls


class Given:
    """A server to be given, with an address for each role."""

    def __init__(self, server: Embedded, folder: Path) -> None:
        self._socket = server.socket_dir
        self._passwords = json.loads((folder / "access.json").read_text())

    def url(self, role: str) -> str:
        password = quote(self._passwords[f"chathaven_{role}"])
        host = quote(str(self._socket), safe="")
        return f"postgresql://chathaven_{role}:{password}@/chathaven?host={host}&port=5432"

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.url("launcher"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    folder = tmp_path / "postgres"
    with Embedded.start(folder) as server:
        yield Given(server, folder)


def arranged(**urls: str) -> DatabaseUrls:
    environ = {f"CHATHAVEN_DATABASE_{name}": url for name, url in urls.items()}
    found = prepare(Settings.from_env(environ))
    assert found is not None
    return found


def who(dsn: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select current_user::text").fetchone()
        return row and row[0]


def test_nothing_given() -> None:
    assert prepare(Settings.from_env({})) is None


def test_two_roles_are_taken_as_they_are(given: Given) -> None:
    urls = arranged(URL=given.url("app"), OWNER_URL=given.url("owner"))
    assert who(urls.owner) == "chathaven_owner"
    assert who(urls.app) == "chathaven_app"


@pytest.mark.parametrize("name", ["", "nobody_knows_me"])
def test_a_role_that_is_not_known_is_said_in_one_line(given: Given, name: str) -> None:
    url = f"postgresql://{name}{'@' if name else ''}/chathaven?host=/nowhere"
    with pytest.raises(GivenDatabaseError, match=r"CHATHAVEN_DATABASE_URL.*knows"):
        arranged(URL=url, OWNER_URL=given.url("launcher"))


def test_what_the_address_asks_for_stays_when_it_steps_down(given: Given) -> None:
    url = given.url("launcher") + "&options=-c%20statement_timeout%3D12345"
    urls = arranged(URL=url)
    assert who(urls.app) == "chathaven_app"
    with psycopg.connect(urls.app) as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("12345ms",)


def test_one_powerful_role_steps_down(given: Given) -> None:
    urls = arranged(URL=given.url("launcher"))
    assert who(urls.owner) == "chathaven_launcher"
    assert who(urls.app) == "chathaven_app"


def test_the_missing_role_is_made(given: Given) -> None:
    given.run("drop owned by chathaven_app", "drop role chathaven_app")
    urls = arranged(URL=given.url("launcher"))
    assert who(urls.app) == "chathaven_app"


def test_a_role_without_rights_is_told_what_to_run(given: Given) -> None:
    given.run("drop owned by chathaven_app", "drop role chathaven_app")
    with pytest.raises(GivenDatabaseError) as caught:
        arranged(URL=given.url("owner"))
    text = str(caught.value)
    assert "create role chathaven_app; grant chathaven_app to chathaven_owner" in text
    assert "\n" not in text


def test_a_role_that_may_make_roles_is_enough(given: Given) -> None:
    given.run(
        "drop owned by chathaven_app",
        "drop role chathaven_app",
        "alter role chathaven_owner createrole",
    )
    assert who(arranged(URL=given.url("owner")).app) == "chathaven_app"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:hunter2@127.0.0.1:1/chathaven",
        "postgresql://app:hunter2@/chathaven?host=/nonexistent",
    ],
)
def test_unreachable_in_one_line_without_the_password(url: str) -> None:
    with pytest.raises(GivenDatabaseError) as caught:
        arranged(URL=url)
    text = str(caught.value)
    assert text.startswith("CHATHAVEN_DATABASE_URL leads to no database: ")
    assert "hunter2" not in text
    assert "\n" not in text
