"""A backup of a PostgreSQL of one's own, restored into an empty database beside the old one."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from chathaven.engines.database.embedded import Embedded
from tests.driving import Server, json_of, sign_up, visit
from tests.entry.backups import PASSPHRASE, chathaven, is_done, until

pytestmark = pytest.mark.slow


def url_of(folder: Path, server: Embedded, database: str) -> str:
    """Returns the address of a database for a role that may do everything in it."""
    password = json.loads((folder / "access.json").read_text())["chathaven_launcher"]
    host = quote(str(server.socket_dir), safe="")
    return f"postgresql://chathaven_launcher:{quote(password)}@/{database}?host={host}&port=5432"


def test_goes_into_an_empty_database_and_leaves_the_old_one(folder: Path) -> None:
    secret, backup, keys = (folder / name for name in ("passphrase", "one.backup", "newest.keys"))
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    with Embedded.start(folder / "external") as external:
        old, new = (url_of(folder / "external", external, n) for n in ("chathaven", "restored"))
        here: dict[str, str] = {"CHATHAVEN_DATABASE_URL": old}
        with Server(folder, **here) as server:
            account = sign_up(server)
            stays, erased = (visit(server, account.site_key) for _ in range(2))
            for visitor in (stays, erased):
                visitor.say("said before")
            gone = stays.say("deleted later")["id"]
            made = chathaven("backup", "--data", server.data, "--no-keys", backup, **here)
            assert made.returncode == 0, made.stderr
            asked = json_of(account.http.delete(f"/v1/visitors/{erased.visitor_id}"), 202)
            until(lambda: is_done(account, asked["erasure"]["id"]))
            assert stays.http.delete(f"/v1/widget/me/messages/{gone}").status_code == 204
            assert server.stop() == 0, server.last_words()
        words = ("--data", server.data, "--passphrase-file", secret)
        exported = chathaven("keys", "export", keys, *words, **here)
        assert exported.returncode == 0, exported.stderr
        restore = ("restore", backup, "--yes", "--keys", keys, *words)
        refused = chathaven(*restore, **here)
        assert refused.returncode == 1
        assert "The database is not empty" in refused.stderr
        assert counted(old) == {"visitors": 1, "erasures": 1}, "the old one is as it was"
        with psycopg.connect(old, autocommit=True) as connection:
            connection.execute("CREATE DATABASE restored")
        there = {"CHATHAVEN_DATABASE_URL": new}
        done = chathaven(*restore, **there)
        assert done.returncode == 0, done.stderr
        assert "Of them 1 people and 0 accounts were in the backup" in done.stdout
        assert "Messages deleted: 1." in done.stdout
        assert counted(new) == {"visitors": 1, "erasures": 0}
        assert counted(old) == {"visitors": 1, "erasures": 1}, "the old one is as it was"
        with Server(folder, **there) as server:
            stays.http.base_url = server.url
            said = [each["params"].get("text") for each in stays.events()]
            assert said == ["said before", None]
            erased.http.base_url = server.url
            assert erased.http.get("/v1/widget/me").status_code == 401
            assert stays.say("and goes on")["seq"] == 3
        for http in (account.http, stays.http, erased.http):
            http.close()


def counted(url: str) -> dict[str, int]:
    """Returns how many rows some tables have."""
    with psycopg.connect(url) as connection:
        found = {}
        for table in ("visitors", "erasures"):
            row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            assert row is not None
            found[table] = int(row[0])
        return found
