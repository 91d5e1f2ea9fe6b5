"""Which revision the schema has and which this code wants, without loading Alembic.

Nearly every start finds the schema up to date, and Alembic takes longer to load than the
embedded database to start.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg

import chathaven

VERSIONS = Path(chathaven.__file__).parents[2] / "migrations" / "versions"
UNFINISHED = "unfinished_restore"
"""A table that stands in a database for as long as it is being brought back from a backup."""
_NAMED = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = "([^"]+)"', re.MULTILINE)


def newest() -> str | None:
    """Returns the one revision that no other builds on; None where that is not clear."""
    named = [dict(_NAMED.findall(path.read_text())) for path in VERSIONS.glob("*.py")]
    built_on = {names.get("down_revision") for names in named}
    heads = {names["revision"] for names in named if "revision" in names} - built_on
    return heads.pop() if len(heads) == 1 else None


def current(dsn: str) -> str | None:
    """Returns the revision of a database, or None where there is none."""
    with psycopg.connect(dsn) as connection:
        return _current(connection)


def _current(connection: psycopg.Connection[Any]) -> str | None:
    try:
        row = connection.execute("select version_num::text from alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    return str(row[0]) if row else None


def is_newest(dsn: str) -> bool:
    """True when it is certain that there is nothing to migrate, and nothing to finish."""
    wanted = newest()
    with psycopg.connect(dsn) as connection:
        here = _current(connection)
        return here is not None and here == wanted and not is_unfinished(connection)


def is_unfinished(connection: Any) -> bool:
    """Whether a restore into the database has not come to its end; until then nobody serves it."""
    row = connection.execute("SELECT to_regclass(%s)", (f"public.{UNFINISHED}",)).fetchone()
    return row is not None and row[0] is not None
