"""Row-level security: a row is there for its own account alone (C.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.epochs import EVERY_ACCOUNT
from chathaven.engines.vault.model import AccountKey
from chathaven.product.sites.model import Site
from tests.ground import map_tables, new_tenant

map_tables()

TENANTS = sorted(
    mapper.class_.__tablename__
    for mapper in Table.registry.mappers
    if issubclass(mapper.class_, Table) and mapper.class_.is_tenants()
)
# Tables with an account's id that are read before the tenant is known, and why that is well.
BEFORE_THE_TENANT = {
    "directory": "keyed hashes and ids only; it is how the tenant is found",
    "account_erasures": "it outlives the tenant, and names it only until the tenant is gone",
}

# Walked after a shred tick, which is of the installation: the erasures that wait for a root.
OVER_ALL_ACCOUNTS = ["erasures_unfinished_idx"]
# What a shred tick sees of every account: wrapped keys, and which erasures wait for it.
SEEN_BY_TICKS = {"account_keys", "person_keys", "erasures"}


@pytest.fixture
def owner(urls: DatabaseUrls) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(urls.owner) as connection:
        yield connection
        connection.rollback()


def test_every_table_of_a_tenant_forces_it_both_ways(
    owner: psycopg.Connection[tuple[Any, ...]],
) -> None:
    secured = owner.execute(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
        " array_agg(pg_get_expr(p.polqual, p.polrelid)),"
        " array_agg(pg_get_expr(p.polwithcheck, p.polrelid)),"
        " bool_and(p.polpermissive), bool_and(p.polcmd = '*'), bool_and(p.polroles = '{0}')"
        " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant'"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " GROUP BY 1, 2, 3"
    ).fetchall()
    own = "(account_id = (current_setting('app.account'::text))::uuid)"
    found = {name: rest for name, *rest in secured if name in TENANTS}
    assert found == {name: [True, True, [own], [own], True, True, True] for name in TENANTS}


def test_a_tick_sees_keys_of_all_accounts_and_nothing_else(
    owner: psycopg.Connection[tuple[Any, ...]],
) -> None:
    rows = owner.execute(
        "SELECT c.relname, pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p"
        " JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE pg_get_expr(p.polqual, p.polrelid) LIKE '%app.installation%'"
    ).fetchall()
    asks = "(current_setting('app.installation'::text, true) = 'keys'::text)"
    assert dict(rows) == dict.fromkeys(SEEN_BY_TICKS, asks)


async def test_the_ticks_sight_is_of_one_transaction(database: Database, tenant: UUID) -> None:
    async with await database.connect() as connection:
        await connection.execute(EVERY_ACCOUNT)
        seen = await connection.execute("SELECT 1 FROM account_keys")
        assert await seen.fetchone()
        await connection.commit()
        await connection.execute("SELECT set_config('app.account', %s, true)", (str(new_id()),))
        seen = await connection.execute("SELECT 1 FROM account_keys")
        assert await seen.fetchone() is None


def test_no_table_with_an_account_goes_without(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    rows = owner.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'account_id'"
    )
    assert {name for (name,) in rows} == {*TENANTS, *BEFORE_THE_TENANT}


def test_the_account_comes_first_in_every_key(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    rows = owner.execute(
        "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        " WHERE c.relname = ANY(%s) AND i.indexrelid::regclass::text <> ALL(%s)",
        (TENANTS, OVER_ALL_ACCOUNTS),
    ).fetchall()
    assert {first for _, first in rows} == {"account_id"}
    assert {name for name, _ in rows} == set(TENANTS)


def test_there_is_no_view_and_no_function_that_runs_as_its_owner(
    owner: psycopg.Connection[tuple[Any, ...]],
) -> None:
    views = owner.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm')"
        " AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    definers = owner.execute(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert (views, definers) == ([], [])


def test_the_application_owns_nothing_and_bypasses_nothing(
    owner: psycopg.Connection[tuple[Any, ...]], urls: DatabaseUrls
) -> None:
    role = conninfo_to_dict(urls.app)["user"]
    rights = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname = %s",
        (role,),
    ).fetchone()
    assert rights == (False,) * 5
    owned = owner.execute(
        "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE rolname = %s",
        (role,),
    ).fetchall()
    member_of = owner.execute(
        "SELECT roleid FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE rolname = %s",
        (role,),
    ).fetchall()
    assert (owned, member_of) == ([], [])


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON events",
        "CREATE TABLE mine (id int)",
        "TRUNCATE events",
        "UPDATE alembic_version SET version_num = 'x'",
        "SET ROLE chathaven_owner",
    ],
)
def test_the_application_may_not_change_the_schema(urls: DatabaseUrls, statement: str) -> None:
    with (
        psycopg.connect(urls.app) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(statement.encode())


@pytest.mark.parametrize("table", TENANTS)
def test_without_a_tenant_nothing_is_read_or_written(urls: DatabaseUrls, table: str) -> None:
    name = sql.Identifier(table)
    statements = [
        sql.SQL("SELECT count(*) FROM {}").format(name),
        sql.SQL("DELETE FROM {}").format(name),
        sql.SQL("UPDATE {} SET account_id = account_id").format(name),
    ]
    refused = (psycopg.errors.UndefinedObject, psycopg.errors.InvalidTextRepresentation)
    with psycopg.connect(urls.app) as app:
        for after_another_tenant in (False, True):
            if after_another_tenant:
                app.execute("SELECT set_config('app.account', %s, true)", (str(new_id()),))
                app.commit()
            for statement in statements:
                with pytest.raises(refused):
                    app.execute(statement)
                app.rollback()


def _site(account_id: UUID, name: str) -> Site:
    site_id = new_id()
    return Site(
        account_id=account_id,
        id=site_id,
        key=site_id.hex[:24],
        name=name,
        allowed_origins=[],
        appearance={},
        created_at=now(),
    )


async def write_site(database: Database, tenant: UUID, site: Site) -> None:
    async with database.transaction(tenant) as tx:
        await tx.insert(site)


async def make_site(database: Database, account_id: UUID, name: str) -> UUID:
    site = _site(account_id, name)
    await write_site(database, account_id, site)
    return site.id


async def test_rows_of_another_tenant_are_not_there(database: Database, tenant: UUID) -> None:
    other = await new_tenant(database)
    theirs = await make_site(database, other, "theirs")
    async with database.transaction(tenant) as tx:
        driver = await tx.driver()
        for statement in (
            "SELECT * FROM sites WHERE id = %s",
            "UPDATE sites SET name = 'mine' WHERE id = %s",
            "DELETE FROM sites WHERE id = %s",
            "SELECT * FROM sites WHERE id = %s FOR UPDATE",
        ):
            assert (await driver.execute(statement, (theirs,))).rowcount == 0, statement
    async with database.transaction(other) as tx:
        assert [site.name for site in await tx.all(select(Site))] == ["theirs"]


async def test_no_row_is_written_for_another_tenant(database: Database, tenant: UUID) -> None:
    other = await new_tenant(database)
    with pytest.raises(DBAPIError, match="row-level security"):
        await write_site(database, tenant, _site(other, "planted"))
    await make_site(database, tenant, "mine")
    async with database.transaction(tenant) as tx:
        driver = await tx.driver()
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await driver.execute("UPDATE sites SET account_id = %s", (other,))
    async with database.transaction(other) as tx:
        assert await tx.all(select(Site)) == []


async def test_the_owner_is_bound_too(database: Database, urls: DatabaseUrls, tenant: UUID) -> None:
    async with await psycopg.AsyncConnection.connect(urls.owner) as owner:
        await owner.execute("SELECT set_config('app.account', %s, true)", (str(new_id()),))
        rows = await owner.execute("SELECT 1 FROM account_keys WHERE account_id = %s", (tenant,))
        assert await rows.fetchone() is None


async def test_a_tenant_never_bleeds_through_the_pool(database: Database) -> None:
    """Many transactions of many tenants, interleaved over few connections."""
    tenants = [await new_tenant(database) for _ in range(10)]
    for tenant in tenants:
        await make_site(database, tenant, str(tenant))
    seen: list[bool] = []

    async def one(turn: int) -> None:
        tenant = tenants[turn % len(tenants)]
        if turn % 17 == 0:
            # No tenant: nothing may be left of the one before.
            with pytest.raises(DBAPIError):
                async with database.transaction() as tx:
                    await tx.all(select(AccountKey))
            return
        async with database.transaction(tenant) as tx:
            sites = await tx.all(select(Site))
            await asyncio.sleep(0)
            seen.append([site.name for site in sites] == [str(tenant)])
            if turn % 5 == 0:
                await tx.session.rollback()

    gate = asyncio.Semaphore(8)

    async def paced(turn: int) -> None:
        async with gate:
            await one(turn)

    async with asyncio.TaskGroup() as group:
        for turn in range(2_000):
            group.create_task(paced(turn))
    assert len(seen) > 1_800
    assert all(seen)
