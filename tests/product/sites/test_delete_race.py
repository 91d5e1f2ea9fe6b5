"""A site that is deleted while visitors come: each is there, or told that it is not."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx

from chathaven.base.actor import Operator, Role
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.product.access.permissions import permissions_of
from chathaven.product.sites.delete import delete
from tests.product.rights.desk import come, made
from tests.product.served import Company, Served
from tests.product.waiting import until_somebody_waits

ROUNDS, VISITORS = 6, 5


async def new_site(served: Served, company: Company) -> dict[str, str]:
    """Makes another site, which the process then knows by heart."""
    site = made(await company.owner.post("/v1/sites", json={"name": "Shop"}), 201)
    assert (await served.client().get(f"/v1/widget/{site['key']}")).status_code == 200
    return site


async def visit(served: Served, key: str) -> httpx.Response:
    return await served.client().post(f"/v1/widget/{key}/visitors", json={"language": "en"})


async def test_who_comes_in_that_moment_is_told(
    served: Served, company: Company, ground: Ground, urls: DatabaseUrls
) -> None:
    site = await new_site(served, company)
    owner = Operator(
        UUID(company.id), UUID(company.owner_id), Role.OWNER, permissions_of(Role.OWNER)
    )
    async with ground.database.transaction(owner.account_id) as tx:
        await delete(tx, owner, ground.bus, UUID(site["id"]))
        visiting = asyncio.create_task(visit(served, site["key"]))
        await until_somebody_waits(urls, (await tx.driver()).info.backend_pid)
    answer = await visiting
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_both_at_once_end_well(served: Served, company: Company) -> None:
    for _ in range(ROUNDS):
        site = await new_site(served, company)
        gone, *came = await asyncio.gather(
            company.owner.delete(f"/v1/sites/{site['id']}"),
            *(visit(served, site["key"]) for _ in range(VISITORS)),
        )
        told = [each.status_code for each in came]
        if gone.status_code == 204:
            assert told == [404] * VISITORS, "nobody is at a site that is no more"
        else:
            assert (gone.status_code, gone.json()["code"]) == (409, "site_in_use")
            assert set(told) <= {201}


async def test_the_chat_of_somebody_restricted_keeps_it(served: Served, company: Company) -> None:
    site = await new_site(served, company)
    vera = await come(served, company, site_key=site["key"])
    await vera.say("Hello")
    path = f"/v1/visitors/{vera.id}/restriction"
    made(await company.owner.post(path, json={"ground": "claims"}), 201)
    answer = await company.owner.delete(f"/v1/sites/{site['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "site_in_use")
