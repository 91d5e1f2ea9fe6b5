"""How long a closed request can be shown, and which letters may hand over a copy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from chathaven.base.clock import now
from chathaven.engines.ground import Ground
from chathaven.product.rights.jobs import forget_content
from chathaven.product.rights.model import RightsRequest
from tests.product.rights.desk import approve, come, enter, made, planned, read, work
from tests.product.served import Company, Served, fresh_email


async def months(company: Company, count: int) -> None:
    patch = {"privacy": {"retention": {"audit_months": count}}}
    made(await company.owner.patch("/v1/settings", json=patch))


async def closed(served: Served, company: Company, days_ago: int = 0) -> str:
    vera = await come(served, company, email=fresh_email("vera"))
    request = await vera.ask("access", text="All of it, please")
    made(
        await company.owner.post(
            f"/v1/requests/{request['id']}/steps", json={"to": "withdrawn", "reason": "Called"}
        ),
        201,
    )
    ground: Ground = served.process.ground
    async with ground.database.transaction(UUID(company.id)) as tx:
        moment = now() - timedelta(days=days_ago)
        where = (RightsRequest.account_id == tx.account_id, RightsRequest.id == UUID(request["id"]))
        await tx.run(update(RightsRequest).where(*where).values(closed_at=moment))
    return str(request["id"])


async def words_of(company: Company, request_id: str) -> Any:
    return (await read(company, request_id))["text"]


async def test_it_stays_as_long_as_the_audit_log(served: Served, company: Company) -> None:
    await months(company, 24)
    request_id = await closed(served, company)
    [day] = await planned(served, request_id, "rights-forget")
    assert abs((date.fromisoformat(day) - now().date()).days - 2 * 365) <= 2


async def test_a_shorter_period_is_followed_and_a_longer_one_waited_for(
    served: Served, company: Company
) -> None:
    ground: Ground = served.process.ground
    request_id = await closed(served, company, days_ago=400)
    # Of 36 months thirteen are over: a job that was set for a shorter time finds nothing to do.
    await forget_content(ground, UUID(company.id), UUID(request_id))
    assert await words_of(company, request_id) == "All of it, please"
    await months(company, 12)
    await work(served, company)
    assert await words_of(company, request_id) is None
    assert (await read(company, request_id))["request"]["state"] == "withdrawn"


async def test_no_letter_hands_over_a_copy_before_it_is_known_who_asks(
    served: Served, company: Company
) -> None:
    address = fresh_email("vera")
    entered = await enter(company, "access", email=address, name="Vera")
    path = f"/v1/requests/{entered['request']['id']}"
    letter = {"subject": "Your request", "text": "Here it is: {link}"}
    for way in ("letters", "extension"):
        body = letter | ({"reason": "Here it is"} if way == "extension" else {})
        refused = await company.owner.post(f"{path}/{way}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "link_refused"), way
    made(await company.owner.post(f"{path}/letters", json=letter | {"text": "Please wait"}), 201)


@pytest.mark.parametrize("kind", ["correction", "restriction", "objection"])
async def test_an_answer_without_a_copy_has_no_link(
    served: Served, company: Company, kind: str
) -> None:
    vera = await come(served, company, email=fresh_email("vera"))
    request = await vera.ask(kind, text="Please")
    body = {"subject": "Your request", "text": "{link}"} | (
        {"profile": {"name": "Vera"}} if kind == "correction" else {}
    )
    path = f"/v1/requests/{request['id']}/approval"
    refused = await company.owner.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "link_refused")


async def test_an_objection_keeps_the_address_from_advertising(
    served: Served, company: Company
) -> None:
    address = fresh_email("vera")
    vera = await come(served, company, email=address)
    request = await vera.ask("objection", text="No advertising")
    await approve(company, request["id"])
    counts = made(await company.owner.get("/v1/suppressions"))["grounds"]
    assert counts == {"objection": 1, "do-not-contact": 0}
    letter = (await read(company, request["id"]))["letters"][-1]
    assert "keyed hash of your e-mail address" in letter["text"]
