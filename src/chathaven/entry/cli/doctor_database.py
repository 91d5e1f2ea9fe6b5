"""What `doctor` looks at in the database."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from chathaven.engines.database.given import OLDEST, connect
from chathaven.engines.database.revision import current, newest
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.cli.finding import Finding

_Connection = psycopg.Connection[tuple[object, ...]]
_CLOCKS_APART = 2.0

_ROLE = """
select current_user::text, rolsuper, rolbypassrls,
       exists (select from pg_class where relowner = pg_roles.oid and relkind in ('r', 'p'))
  from pg_roles where rolname = current_user
"""
# A tenant's table is one whose primary key begins with the account. The directory, which finds
# the account behind a keyed hash before there is a tenant, has another key.
_UNGUARDED = """
select c.relname::text
  from pg_class c
  join pg_index i on i.indrelid = c.oid and i.indisprimary
  join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
 where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
   and a.attname = 'account_id' and not (c.relrowsecurity and c.relforcerowsecurity)
 order by 1
"""


def findings(urls: DatabaseUrls) -> Iterator[Finding]:
    """Looks as the application does, so that what it sees is what the application gets."""
    with connect(urls.app, "The application's address") as app:
        yield _reachable(app)
        yield _role(app)
        yield _schema(urls)
        yield _guards(app)
        yield _clock(app)


def _reachable(app: _Connection) -> Finding:
    version = app.info.server_version
    text = f"PostgreSQL {version // 10000}.{version % 10000} answers"
    return Finding(version >= OLDEST, "Database", text, "Chathaven needs PostgreSQL 16 or newer")


def _role(app: _Connection) -> Finding:
    row = app.execute(_ROLE).fetchone()
    if row is None:
        return Finding(False, "Role", "unknown", "Look at CHATHAVEN_DATABASE_URL")
    name, superuser, bypasses, owns = row
    faults = [
        text
        for is_so, text in (
            (superuser, "is superuser"),
            (bypasses, "bypasses row security"),
            (owns, "owns tables"),
        )
        if is_so
    ]
    return Finding(
        not faults,
        "Role",
        f"{name} {' and '.join(faults) or 'owns nothing and bypasses nothing'}",
        "Give the application a role of its own; docs/self-hosting/external.md says how",
    )


def _schema(urls: DatabaseUrls) -> Finding:
    here, wanted = current(urls.app), newest()
    return Finding(
        here == wanted,
        "Schema",
        f"at {here}" if here == wanted else f"at {here}, this version wants {wanted}",
        "Run chathaven migrate",
    )


def _guards(app: _Connection) -> Finding:
    open_tables = [str(row[0]) for row in app.execute(_UNGUARDED)]
    return Finding(
        not open_tables,
        "Tenants",
        f"not kept apart in {', '.join(open_tables)}"
        if open_tables
        else "row security is forced on every table of an account",
        "Stop the server and run chathaven migrate; if it stays, do not go on with this schema",
    )


def _clock(app: _Connection) -> Finding:
    before = time.time()
    row = app.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    middle = (before + time.time()) / 2
    apart = abs(float(str(row[0])) - middle) if row else 0.0
    return Finding(
        apart < _CLOCKS_APART,
        "Clock",
        f"{apart:.1f} s from the database's",
        "Let both machines keep time by NTP",
    )
