"""A PostgreSQL that somebody else runs: whether it will do, and as whom we come.

The tables are granted to a role with the fixed name `chathaven_app`. The application signs in
as that role, as a member of it, or, where one powerful role is all that was given, steps down
to it at the start of each connection.
"""

from __future__ import annotations

from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from chathaven.base.settings import Settings
from chathaven.engines.database.embedded_conf import APP
from chathaven.engines.database.urls import DatabaseUrls

OLDEST = 160000
_CONNECT_LIMIT = 10
_Connection = psycopg.Connection[tuple[object, ...]]


class GivenDatabaseError(Exception):
    """The given database will not do; the text is one line without any password."""


def prepare(settings: Settings) -> DatabaseUrls | None:
    """Returns the ways into the given database, or None where none is given.

    Makes the role `chathaven_app` where it is missing and we may.

    Raises:
        GivenDatabaseError: it is not reachable, too old, or lacks a role that we cannot make.
    """
    given = DatabaseUrls.from_settings(settings)
    if given is None:
        return None
    name = _name(settings)
    with connect(given.owner, name) as owner:
        if owner.info.server_version < OLDEST:
            raise GivenDatabaseError(
                f"{name} leads to a PostgreSQL that is too old: Chathaven needs 16 or newer"
            )
        # Two that start at once would otherwise make the same role.
        owner.execute("select pg_advisory_lock(hashtext('chathaven roles'))")
        if settings.database_owner_url is not None:
            user = conninfo_to_dict(given.app).get("user")
            _arrange(owner, str(user or ""), "usage")
            return given
        _arrange(owner, owner.info.user, "set")
    # Beside what the address itself asks for.
    asked = conninfo_to_dict(given.app).get("options")
    options = f"{asked} -c role={APP}" if asked else f"-c role={APP}"
    return DatabaseUrls(owner=given.owner, app=make_conninfo(given.app, options=options))


def _arrange(owner: _Connection, user: str, privilege: str) -> None:
    """Makes the application's role, and `user` a member of it, where either is missing."""
    role = owner.execute("select 1 from pg_roles where rolname = %s", [APP]).fetchone()
    if role is None:
        _attempt(owner, "create role {} nologin noinherit nobypassrls", user, APP)
    if user == APP:
        return
    known = owner.execute("select 1 from pg_roles where rolname = %s", [user]).fetchone()
    if known is None:
        raise GivenDatabaseError(
            "CHATHAVEN_DATABASE_URL takes postgresql://user:password@host/database, with a user "
            "that the database knows"
        )
    # "usage" is to have its rights at once, "set" to be able to step down to it.
    member = owner.execute(
        "select pg_has_role(%s::name, %s::name, %s)", [user, APP, privilege]
    ).fetchone()
    if member is None or not member[0]:
        _attempt(owner, "grant {} to {}", user, APP, user)


def _attempt(owner: _Connection, statement: LiteralString, user: str, *names: str) -> None:
    try:
        owner.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    except psycopg.Error:
        raise GivenDatabaseError(
            f"The application's role {APP} is missing in the database, and {owner.info.user} may "
            f"not arrange it. Once, as its administrator: create role {APP}; grant {APP} to {user}"
        ) from None


def connect(conninfo: str, name: str) -> _Connection:
    """Connects; `name` is the setting that is named when it fails.

    Raises:
        GivenDatabaseError: it cannot be reached.
    """
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=_CONNECT_LIMIT)
    except psycopg.Error as error:
        # libpq's first line names host and user, never the password.
        reason = (str(error).strip().splitlines() or ["it gave no reason"])[0]
        raise GivenDatabaseError(f"{name} leads to no database: {reason}") from None


def _name(settings: Settings) -> str:
    owner = settings.database_owner_url is not None
    return "CHATHAVEN_DATABASE_OWNER_URL" if owner else "CHATHAVEN_DATABASE_URL"
