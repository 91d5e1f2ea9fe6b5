"""No secret of a database's address stands on a command line, where everybody reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import pq
from psycopg.conninfo import make_conninfo

from chathaven.engines.backup import dump
from chathaven.engines.backup.command_line import WITHOUT_A_VARIABLE, public_part
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.database.urls import DatabaseUrls

SHOWS = """#!/bin/sh
tr '\\0' '\\n' < /proc/$$/cmdline
echo "password $PGPASSWORD"
cat "$PGSERVICEFILE"
"""


def test_every_secret_that_the_driver_knows_is_one_here() -> None:
    """What libpq itself does not show in a dialog, and takes from no variable."""
    hidden = {
        option.keyword.decode()
        for option in pq.Conninfo.get_defaults()
        if option.dispchar == b"*" and option.envvar is None
    }
    assert hidden
    assert hidden <= set(WITHOUT_A_VARIABLE)


def test_none_is_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(SHOWS)
    program.chmod(0o700)
    monkeypatch.setattr(dump, "programs", lambda: tmp_path)
    dsn = "postgresql://app:s3cret@db.example/chathaven?sslpassword=t0psecret&sslmode=require"
    with dump._program("pg_dump", ["--verbose"], dsn) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode()
    line, _, rest = said.partition("password ")
    for secret in ("s3cret", "t0psecret"):
        assert secret not in line
        assert secret in rest
    for word in ("--verbose", "db.example", "sslmode=require"):
        assert word in line


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    with public_part("host=db sslpassword=t0psecret") as (address, environment):
        file = Path(environment["PGSERVICEFILE"])
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert "t0psecret" not in address
    assert not file.parent.exists()
    with public_part("host=db dbname=chathaven") as (address, environment):
        assert environment == {}
        assert "service" not in address


def test_the_programs_find_it(urls: DatabaseUrls) -> None:
    """The real one connects by an address whose secret stands in a file of services."""
    dsn = make_conninfo(urls.owner, sslpassword="t0psecret")
    with dump._program("pg_dump", ["--schema-only", "--table=directory"], dsn) as process:
        assert process.stdout is not None
        assert b"CREATE TABLE public.directory" in process.stdout.read()
        assert process.wait() == 0


@pytest.mark.parametrize(
    "dsn", ["service=own sslpassword=t0psecret", "host=db sslpassword=' t0psecret'"]
)
def test_what_cannot_be_hidden_is_refused(dsn: str) -> None:
    with pytest.raises(BackupError) as caught, public_part(dsn):
        raise AssertionError("it was taken")
    assert "t0psecret" not in str(caught.value)
