"""What visitors say of themselves: how often, and under which locks."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chathaven.engines.database.hash_chain import lock_head
from chathaven.engines.ground import Ground
from chathaven.product.chats import notice_api, widget_api
from chathaven.product.chats.change import lock_feed
from chathaven.product.consents.receipts import HEADS
from tests.product.rights.desk import come, made
from tests.product.served import Company, Served

ASKED = {"enabled": True, "marketing": {"enabled": True, "texts": {"en": "May we write to you?"}}}
LEGAL = {"enabled": True, "texts": {"en": "What we do with your data"}}


async def publish(company: Company, **settings: Any) -> None:
    made(await company.owner.patch("/v1/settings", json=settings))


@pytest.mark.parametrize("name", ["Vera\nDear sirs,", "Vera\x1b[31m", "\u2028Vera"])
async def test_a_name_is_one_line(served: Served, company: Company, name: str) -> None:
    """It stands in letters and in lists."""
    vera = await come(served, company)
    refused = await vera.http.patch("/v1/widget/me", json={"name": f"I {name}"})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == "name"
    made(await vera.http.patch("/v1/widget/me", json={"name": "  Véra  "}))
    assert made(await vera.http.get("/v1/widget/me"))["visitor"]["name"] == "Véra"


async def test_it_is_said_so_often_and_not_more(
    served: Served, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = await come(served, company)
    await publish(company, general={"legal_text": LEGAL})
    key = company.made["site"]["key"]
    notice = made(await vera.http.get(f"/v1/widget/{key}"))["notice"]
    rate = widget_api.VISITORS_SAY._replace(burst=2)
    for module in (widget_api, notice_api):
        monkeypatch.setattr(module, "VISITORS_SAY", rate)
    answer = {"notice_id": notice["id"], "agreed": True}
    made(await vera.http.patch("/v1/widget/me", json={"name": "Vera"}))
    made(await vera.http.post("/v1/widget/me/notice", json=answer), 201)
    for refused in (
        await vera.http.patch("/v1/widget/me", json={"name": "Wanda"}),
        await vera.http.post("/v1/widget/me/notice", json=answer),
    ):
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert int(refused.headers["retry-after"]) >= 1
    assert made(await vera.http.get("/v1/widget/me"))["visitor"]["name"] == "Vera"


async def test_an_answer_waits_for_the_feed_before_it_holds_the_chain_of_receipts(
    served: Served, company: Company
) -> None:
    """Erasing takes the feed first, too: taken the other way round, each waits for the other."""
    await publish(company, email_request=ASKED)
    vera = await come(served, company)
    ground: Ground = served.process.ground
    async with ground.database.transaction(UUID(company.id)) as tx:
        await lock_feed(tx)
        body = {"email": "vera@visitor.example", "marketing": "yes"}
        answering = asyncio.create_task(vera.http.patch("/v1/widget/me", json=body))
        await until_somebody_waits_for(ground, await backend(tx))
        driver = await tx.driver()
        await driver.execute("SET LOCAL lock_timeout = '5s'")
        await lock_head(tx, HEADS)
        # And whoever is erased in this moment is not changed any more.
        await driver.execute(
            "SELECT 1 FROM visitors WHERE account_id = %s AND id = %s FOR UPDATE",
            (tx.account_id, vera.id),
        )
    assert made(await answering)["marketing"]["answer"] == "yes"


async def backend(tx: Any) -> int:
    """Returns the number of the transaction's connection."""
    rows = await (await tx.driver()).execute("SELECT pg_backend_pid()")
    row = await rows.fetchone()
    assert row is not None
    return int(row[0])


async def until_somebody_waits_for(ground: Ground, pid: int) -> None:
    """Waits until another connection waits for a lock of this one."""
    async with asyncio.timeout(30):
        while True:
            async with ground.database.transaction() as tx:
                rows = await (await tx.driver()).execute(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted"
                    " AND %s = ANY(pg_blocking_pids(pid))",
                    (pid,),
                )
                row = await rows.fetchone()
            if row and row[0]:
                return
            await asyncio.sleep(0.01)
