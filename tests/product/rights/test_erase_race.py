"""Who works on a request and the job that erases its person take the same locks in one order."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.product.privacy.erase import erase_visitor_job
from chathaven.product.rights.steps import read_request
from chathaven.product.visitors.identify import read_visitor
from tests.product.rights.desk import account, come, made, read
from tests.product.served import Company, Served
from tests.product.waiting import until_somebody_waits


@pytest.mark.parametrize("kind", ["restriction", "erasure"])
async def test_neither_waits_for_the_other(
    served: Served, company: Company, ground: Ground, urls: DatabaseUrls, kind: str
) -> None:
    vera = await come(served, company)
    request_id = UUID((await vera.ask(kind))["id"])
    asked = made(await company.owner.delete(f"/v1/visitors/{vera.id}"), 202)
    job = erase_visitor_job(ground, served.process.live)
    async with ground.database.transaction(account(company)) as tx:
        await read_request(tx, request_id, lock=True)
        erasing = asyncio.create_task(
            job(account_id=account(company), id=UUID(asked["erasure"]["id"]))
        )
        pid = (await tx.driver()).info.backend_pid
        await until_somebody_waits(urls, pid)
        # As restricting, correcting and erasing do next.
        await read_visitor(tx, UUID(vera.id), lock=True)
    await asyncio.wait_for(erasing, 30)
    closed = await read(company, str(request_id))
    assert closed["request"]["state"] == "duplicate"
    assert closed["erasure_id"] == asked["erasure"]["id"]
