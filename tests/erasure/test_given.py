"""The proof where somebody else runs PostgreSQL: what SQL shows, and what the report admits.

With `CHATHAVEN_ERASURE=full` the same on a database as hard to search as it gets (a compressed
log, decoded with `pg_waldump`) and as plain as it gets (TOAST without compression).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from chathaven.base.settings import Settings
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.embedded_cluster import programs
from chathaven.engines.scan.folders import Search
from chathaven.entry.proof.places import SQL
from chathaven.entry.proof.prove import prove
from chathaven.entry.proof.report import in_words
from tests.driving import Server
from tests.erasure.stage import GOES, Stage, by_design, of, personal
from tests.ground import private_folder

pytestmark = pytest.mark.slow
FULL = os.environ.get("CHATHAVEN_ERASURE") == "full"
OPEN_FIELDS = {"notices.text", "sites.name", "sites.appearance"}


def url_of(folder: Path, database: Embedded, role: str) -> str:
    password = json.loads((folder / "postgres" / "access.json").read_text())[role]
    host = quote(str(database.socket_dir), safe="")
    return f"postgresql://{role}:{quote(password)}@/chathaven?host={host}&port=5432"


@pytest.fixture
def given() -> Iterator[tuple[Path, Embedded]]:
    """A PostgreSQL of somebody else's."""
    with private_folder() as folder, Embedded.start(folder / "postgres") as database:
        yield folder, database


def test_it_says_what_it_could_not_look_at(given: tuple[Path, Embedded], temporary: Path) -> None:
    folder, database = given
    names = {
        "CHATHAVEN_DATABASE_URL": url_of(folder, database, "chathaven_app"),
        "CHATHAVEN_DATABASE_OWNER_URL": url_of(folder, database, "chathaven_owner"),
    }
    with Server(folder, TMPDIR=str(temporary), **names) as server:
        settings = Settings.from_env(names, data=server.data)
        # An administrator may name the folder that the other server keeps.
        proof = prove(settings, server.url, lambda _: None, also=(folder / "postgres",))
    words = "\n".join(in_words(proof))
    assert proof.holds, words
    assert any("another server keeps" in each for each in proof.not_searched)
    unread = {line for found in proof.searches for store in found.stores for line in store.unread}
    assert any("rows of other accounts" in line for line in unread), unread
    tables = next(each for each in proof.searches[0].stores if each.store == SQL)
    assert {hit.field for hit in tables.by_design} >= OPEN_FIELDS
    assert f"{folder / 'postgres'}" in words


def plain_toast(dsn: str) -> None:
    """Lets every text and byte column be kept out of line as it is, without compression."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        columns = connection.execute(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind = 'r' AND a.attnum > 0"
            " AND c.relnamespace = 'public'::regnamespace AND t.typlen = -1 AND a.attstorage = 'x'"
        ).fetchall()
        for table, column in columns:
            connection.execute(
                sql.SQL("ALTER TABLE {} ALTER {} SET STORAGE EXTERNAL").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
            )
        assert len(columns) > 30


def decoded_log(folder: Path, into: Path) -> None:
    """Writes every page that the log holds, uncompressed, as files."""
    log = folder / "postgres" / "cluster" / "pg_wal"
    first, *_, last = sorted(path.name for path in log.iterdir() if len(path.name) == 24)
    # The last files may be prepared for later, and hold nothing yet: what is read is enough.
    subprocess.run(
        [
            *(str(programs() / "pg_waldump"), "--quiet", f"--save-fullpage={into}"),
            *("--path", str(log), first, last),
        ],
        capture_output=True,
        check=False,
    )


@pytest.mark.skipif(not FULL, reason="takes long: CHATHAVEN_ERASURE=full")
def test_plain_toast_and_a_compressed_log(given: tuple[Path, Embedded], temporary: Path) -> None:
    folder, database = given
    names = {"CHATHAVEN_DATABASE_URL": url_of(folder, database, "chathaven_launcher")}
    with psycopg.connect(database.launcher_dsn, autocommit=True) as connection:
        connection.execute("ALTER ROLE chathaven_launcher SET wal_compression = 'pglz'")
    with Server(folder, TMPDIR=str(temporary), **names) as server:
        plain_toast(database.launcher_dsn)
        # Each page is written to the log whole when it is first changed after this.
        with psycopg.connect(database.launcher_dsn, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        stage = Stage(server, **names)
        stage.goes.erase()
        with psycopg.connect(database.launcher_dsn, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        site = f"/v1/sites/{stage.company.site.id}"
        stage.company.door.json("PATCH", site, {"appearance": {"color": "#123456"}})
        pages = folder / "pages"
        decoded_log(folder, pages)
        search = Search(stage.patterns)
        search.folder(folder / "postgres", lambda _: "the database's files")
        search.folder(pages, lambda _: "the log, decoded")
        assert personal(search.stores) == of(search.stores, GOES) == []
        assert by_design(search.stores, "the database's files") >= OPEN_FIELDS
        assert search.store("the log, decoded").pieces > 50
        assert by_design(search.stores, "the log, decoded"), "the search sees into pages of the log"
        stage.close()
