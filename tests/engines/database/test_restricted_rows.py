"""Rows about restricted people are hidden by the database itself, from everybody who does not
say that they see them (GDPR Art. 18, A-18-1).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.data_map import Whose
from chathaven.engines.database.people import count
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import EVERYONE, Database, Sees, Transaction
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.stores import remove_inside, tables
from chathaven.product.visitors.model import Restriction, RestrictionKind, VisitorToken
from tests.ground import map_tables, new_person, new_tenant

map_tables()

SEEN_BY_ALL = {
    "breach_letters": "which of them were told; a letter that is hidden would be counted as unsent",
    "breach_people": "whoever a breach concerned is told of it (Art. 34), restricted or not",
    "person_keys": "no data: the tick that wraps keys anew would lose what it does not see",
    "restrictions": "what the policy itself reads",
    **dict.fromkeys(
        ("rights_contents", "rights_letters", "rights_links", "rights_notes"),
        "a restricted person's wish must reach those who answer it, and nobody else reads these",
    ),
}
"""Tables about visitors without the policy, and why that is well."""
ABOUT_VISITORS = {
    mapper.class_.__tablename__: mapper.class_.holding.person
    for mapper in Table.registry.mappers
    if issubclass(mapper.class_, Table)
    and mapper.class_.holding.whose is Whose.VISITOR
    and mapper.class_.holding.person is not None
}


def test_every_table_about_visitors_has_the_policy(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.owner) as owner:
        rows = owner.execute(
            "SELECT tablename, permissive, cmd, roles::text, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public' AND policyname = 'restricted'"
        ).fetchall()
    found: dict[str, Any] = {name: tuple(rest) for name, *rest in rows}
    assert found == {
        table: (
            *("RESTRICTIVE", "ALL", "{public}"),
            f"({person} <> ALL (( SELECT hidden_people() AS hidden_people)::uuid[]))",
            "true",
        )
        for table, person in ABOUT_VISITORS.items()
        if table not in SEEN_BY_ALL
    }
    assert {"visitors", "chats", "events", "receipts", "visitor_tokens"} <= set(found)


async def restricted_person(database: Database, tenant: UUID, *, lifted: bool = False) -> UUID:
    """Makes a person with one token, restricted."""
    person = await new_person(database, tenant)
    moment = now()
    async with database.transaction(tenant) as tx:
        await tx.insert(
            VisitorToken(
                account_id=tenant,
                id=new_id(),
                visitor_id=person,
                digest=person.bytes,
                created_at=moment,
                expires_at=moment,
            )
        )
        await tx.insert(
            Restriction(
                account_id=tenant,
                id=new_id(),
                visitor_id=person,
                kind=RestrictionKind.RESTRICTION,
                asked_by="visitor",
                began_at=moment,
                lifted_at=moment if lifted else None,
            )
        )
    return person


async def seen(tx: Transaction) -> set[UUID]:
    rows = await tx.values(select(VisitorToken.visitor_id))
    return {row[0] for row in rows}


async def test_nobody_is_seen_unless_it_is_said(database: Database, tenant: UUID) -> None:
    one = await restricted_person(database, tenant)
    two = await restricted_person(database, tenant)
    free = await restricted_person(database, tenant, lifted=True)
    wanted: dict[Sees, set[UUID]] = {None: {free}, one: {one, free}, EVERYONE: {one, two, free}}
    for sees, people in wanted.items():
        async with database.transaction(tenant, sees=sees) as tx:
            assert await seen(tx) == people
    async with database.transaction(tenant) as tx:
        await tx.see(two)
        assert await seen(tx) == {two, free}
        await tx.see(None)
        assert await seen(tx) == {free}


@pytest.mark.parametrize("word", ["", "everybody", "EVERYONE", "*", "null", "' OR true --"])
async def test_another_word_shows_nobody(database: Database, tenant: UUID, word: str) -> None:
    await restricted_person(database, tenant)
    async with database.transaction(tenant) as tx:
        await (await tx.driver()).execute("SELECT set_config('app.sees', %s, true)", (word,))
        assert await seen(tx) == set()


async def test_sight_ends_with_the_transaction(database: Database, tenant: UUID) -> None:
    await restricted_person(database, tenant)
    for _ in range(20):
        async with database.transaction(tenant, sees=EVERYONE) as tx:
            assert len(await seen(tx)) == 1
        async with database.transaction(tenant) as tx:
            assert await seen(tx) == set()


async def test_a_hidden_row_is_neither_changed_nor_deleted(
    database: Database, tenant: UUID
) -> None:
    await restricted_person(database, tenant)
    async with database.transaction(tenant) as tx:
        driver = await tx.driver()
        for statement in (
            "UPDATE visitor_tokens SET expires_at = now()",
            "DELETE FROM visitor_tokens",
            "DELETE FROM visitor_tokens WHERE account_id = current_setting('app.account')::uuid",
        ):
            assert (await driver.execute(statement)).rowcount == 0


async def test_erasing_finds_what_others_do_not_see(database: Database, tenant: UUID) -> None:
    person = await restricted_person(database, tenant)
    async with database.transaction(tenant) as tx:
        assert (await count(tx, person))["visitor_tokens"] == 1
    async with database.transaction(tenant) as tx:
        receipts = {each.store: each for each in await remove_inside(tx, tables(), person)}
    assert receipts["visitor_tokens"].removed == 1
    assert receipts["restrictions"].removed == 1
    async with database.transaction(tenant, sees=EVERYONE) as tx:
        assert await seen(tx) == set()


async def test_restrictions_of_another_tenant_hide_nobody(database: Database, tenant: UUID) -> None:
    other = await new_tenant(database)
    person = await restricted_person(database, tenant, lifted=True)
    async with database.transaction(other) as tx:
        await tx.vault.new_person(await tx.driver(), other, person, "visitor")
        await tx.insert(
            Restriction(
                account_id=other,
                id=new_id(),
                visitor_id=person,
                kind=RestrictionKind.RESTRICTION,
                asked_by="operator",
                began_at=now(),
            )
        )
    async with database.transaction(tenant) as tx:
        assert await seen(tx) == {person}
