"""Which credentials of open streams hold no longer, as each process asks the database itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.tables import Table
from chathaven.engines.ground import Ground
from chathaven.engines.stream.hub import Hub
from chathaven.engines.stream.subscription import Person, Subscription, Topic
from chathaven.product.chats.revoked import LOOK_SECONDS, revoked
from chathaven.product.operators.model import ApiToken, Session
from chathaven.product.visitors.model import Restriction, RestrictionKind, VisitorToken
from tests.product.served import Company, Served

CREDENTIALS = (Session, ApiToken, VisitorToken)


async def credentials_of(served: Served, company: Company) -> dict[type[Table], UUID]:
    """Gives a company a session, a token and a visitor; returns the id of each credential."""
    made = {"name": "script", "scopes": ["chats:read"]}
    assert (await company.owner.post("/v1/tokens", json=made)).status_code == 201
    key = company.made["site"]["key"]
    came = await served.client().post(f"/v1/widget/{key}/visitors", json={"language": "en"})
    assert came.status_code == 201, came.text
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        return {each: await tx.value(select(each.id)) for each in CREDENTIALS}


async def test_what_holds_is_not_named(served: Served, company: Company, ground: Ground) -> None:
    here = await credentials_of(served, company)
    other = await served.sign_up()
    there = await credentials_of(served, other)
    asked = {UUID(company.id): set(here.values()), UUID(other.id): set(there.values())}
    assert await revoked(ground.database, asked) == []
    assert await revoked(ground.database, {}) == []


@pytest.mark.parametrize("which", CREDENTIALS)
@pytest.mark.parametrize(
    "end",
    [
        lambda table, id: delete(table).where(table.id == id),
        lambda table, id: (
            update(table).where(table.id == id).values(expires_at=now() - timedelta(seconds=1))
        ),
    ],
    ids=["deleted", "expired"],
)
async def test_what_ended_is_named_and_nothing_else(
    served: Served,
    company: Company,
    ground: Ground,
    which: type[Table],
    end: Callable[[type[Table], UUID], object],
) -> None:
    account_id = UUID(company.id)
    mine = await credentials_of(served, company)
    other = await served.sign_up()
    theirs = await credentials_of(served, other)
    async with ground.database.transaction(account_id) as tx:
        await tx.session.execute(end(which, mine[which]))  # type: ignore[call-overload] # a statement
    asked = {account_id: set(mine.values()), UUID(other.id): set(theirs.values())}
    assert await revoked(ground.database, asked) == [(account_id, mine[which])]


async def test_a_credential_of_another_account_is_none_here(
    served: Served, company: Company, ground: Ground
) -> None:
    other = await served.sign_up()
    session = (await credentials_of(served, other))[Session]
    found = await revoked(ground.database, {UUID(company.id): {session}})
    assert found == [(UUID(company.id), session)]


async def test_that_of_a_restricted_visitor_holds(
    served: Served, company: Company, ground: Ground
) -> None:
    token = (await credentials_of(served, company))[VisitorToken]
    async with ground.database.transaction(UUID(company.id)) as tx:
        visitor_id = await tx.value(select(VisitorToken.visitor_id).where(VisitorToken.id == token))
        await tx.insert(
            Restriction(
                account_id=tx.account_id,
                id=new_id(),
                visitor_id=visitor_id,
                kind=RestrictionKind.RESTRICTION,
                asked_by="operator",
                began_at=now(),
            )
        )
    assert await revoked(ground.database, {UUID(company.id): {token}}) == []


async def test_the_hub_knows_what_its_streams_came_with() -> None:
    async def nothing(*_: object) -> list[tuple[int, bytes]]:
        return []

    hub = Hub(nothing)
    account_id, operator_id, chat_id, visitor_id = (new_id() for _ in range(4))
    session, token = new_id(), new_id()
    operator = Person("operator", account_id, operator_id)
    visitor = Person("visitor", account_id, visitor_id)
    streams = [
        Subscription(Topic("account", account_id, account_id), operator, session, 0),
        Subscription(Topic("account", account_id, account_id), operator, session, 0),
        Subscription(Topic("chat", account_id, chat_id), visitor, token, 0),
    ]
    for each in streams:
        hub.add(each)
    assert hub.credentials() == {account_id: {session, token}}
    for each in streams:
        hub.remove(each)
    assert hub.credentials() == {}
    await hub.close()


def test_it_is_looked_often_enough() -> None:
    assert LOOK_SECONDS < 5, "a stream ends within five seconds of its credential (C-07)"
