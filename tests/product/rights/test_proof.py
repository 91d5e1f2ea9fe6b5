"""What is left of a request when its person was erased: the proof, and nothing of the person."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from chathaven.engines.vault.model import PersonKey
from chathaven.product.rights.jobs import forget_content
from chathaven.product.rights.model import RightsContent, RightsRequest
from tests.product.rights.desk import (
    act,
    approve,
    code_in,
    come,
    enter,
    letters_to,
    made,
    read,
    send_form,
    use,
    work,
)
from tests.product.served import Company, Served

CANARY = "Quxzanary"
EMAIL = f"{CANARY.lower()}@visitor.example"


async def everything(served: Served, company: Company) -> str:
    """Returns all that the account's rows, opened, and the outbox hold."""
    tables = ("rights_requests", "rights_steps", "audit_lines", "erasures", "procrastinate_jobs")
    held: list[Any] = []
    async with served.process.ground.database.transaction() as tx:
        await tx.enter(company.made["account"]["id"], "everyone")
        driver = await tx.driver()
        for table in tables:
            rows = await driver.execute(f"SELECT t::text FROM {table} t")
            held += await rows.fetchall()
    letters = [path.read_text() for path in (served.data / "outbox").glob("*.eml")]
    return json.dumps(held) + "".join(letters)


async def test_a_visitors_erasure_leaves_the_proof_and_no_canary(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, email=EMAIL, name=f"Vera {CANARY}")
    said = await vera.say(f"Erase {CANARY}")
    asked = await vera.ask("erasure", text=f"All of {CANARY}")
    other = await vera.ask("access", text=f"Before that, {CANARY}")
    body = {"subject": f"About {CANARY}", "text": f"Dear {CANARY}"}
    await act(company, asked["id"], "letters", **body)
    await work(served, company)
    assert CANARY in await everything(served, company), "the letter is there: the search can see"
    running = await approve(company, asked["id"])
    assert running["request"]["state"] == "running"
    assert [each["id"] for each in await vera.own()][1] == asked["id"]
    await work(served, company)
    whole = await read(company, asked["id"])
    assert whole["request"]["state"] == "done"
    assert whole["request"]["who"] is whole["request"]["visitor_id"] is None
    assert (whole["name"], whole["text"], whole["letters"], whole["chat_id"]) == (
        None,
        None,
        [],
        None,
    )
    assert [each["state"] for each in whole["steps"]] == [
        "received", "verified", "in_scope_check", "approved", "running", "done"
    ]  # fmt: skip
    erasure = made(await company.owner.get(f"/v1/erasures/{whole['erasure_id']}"))
    assert erasure["status"] == "live"
    settled = await read(company, other["id"])
    assert settled["request"]["state"] == "duplicate"
    assert settled["erasure_id"] == whole["erasure_id"]
    held = await everything(served, company)
    assert CANARY.casefold() not in held.casefold()
    assert (await vera.http.get("/v1/widget/me")).status_code == 401
    assert (await company.owner.get(f"/v1/chats/{said['chat_id']}")).status_code == 404
    listed = made(await company.owner.get("/v1/requests", params={"state": "closed"}))["items"]
    assert {each["id"] for each in listed} == {asked["id"], other["id"]}
    assert CANARY not in json.dumps(listed)
    late = await company.owner.post(f"/v1/requests/{asked['id']}/letters", json=body)
    assert late.json()["code"] == "person_erased"


async def test_somebody_who_was_never_a_visitor_goes_with_a_certificate_too(
    served: Served, company: Company
) -> None:
    await send_form(
        served, company, kind="erasure", email=EMAIL, name=f"Vera {CANARY}", text=CANARY
    )
    await work(served, company)
    await use(served, "confirm", code_in(letters_to(served, EMAIL)[-1], "confirm"))
    [item] = made(await company.owner.get("/v1/requests"))["items"]
    assert item["who"] == f"Vera {CANARY}"
    await approve(company, item["id"])
    await work(served, company)
    whole = await read(company, item["id"])
    assert whole["request"]["state"] == "done"
    erasure = made(await company.owner.get(f"/v1/erasures/{whole['erasure_id']}"))
    stores = {each["store"]: each for each in erasure["receipts"]}
    assert stores["rights_contents"]["removed"] == stores["person_keys"]["removed"] == 1
    assert all(each["verified"] for each in erasure["receipts"])
    held = await everything(served, company)
    assert CANARY.casefold() not in held.casefold()


@pytest.mark.parametrize("kind", ["access", "erasure"])
async def test_erased_by_another_way_an_open_request_is_settled(
    served: Served, company: Company, kind: str
) -> None:
    vera = await come(served, company, name=CANARY)
    asked = await vera.ask(kind)
    answer = await company.owner.delete(f"/v1/visitors/{vera.id}")
    assert answer.status_code == 202
    await work(served, company)
    whole = await read(company, asked["id"])
    assert (whole["request"]["state"], whole["name"]) == ("duplicate", None)
    assert whole["erasure_id"] == answer.json()["erasure"]["id"]


async def test_who_turns_out_to_be_a_visitor_leaves_no_second_person(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, email=EMAIL)
    whole = await enter(company, "access", name=f"Vera {CANARY}", email=EMAIL, text=CANARY)
    path = f"/v1/requests/{whole['request']['id']}"
    moved = made(await company.owner.patch(path, json={"visitor_id": vera.id}))
    assert (moved["text"], moved["request"]["visitor_id"]) == (CANARY, vera.id)
    again = await company.owner.patch(path, json={"visitor_id": vera.id})
    assert again.json()["code"] == "already_known"
    async with served.process.ground.database.transaction(company.made["account"]["id"]) as tx:
        rows = await (await tx.driver()).execute(
            "SELECT count(*) FROM person_keys WHERE kind = 'requester'"
        )
        assert await rows.fetchone() == (0,)


async def test_other_companies_see_nothing_of_it(served: Served, company: Company) -> None:
    whole = await enter(company, "access", name=CANARY, email=EMAIL)
    other = await served.sign_up()
    request_id = whole["request"]["id"]
    assert (await other.owner.get(f"/v1/requests/{request_id}")).status_code == 404
    assert made(await other.owner.get("/v1/requests"))["items"] == []
    body = {"to": "withdrawn"}
    refused = await other.owner.post(f"/v1/requests/{request_id}/steps", json=body)
    assert refused.status_code == 404
    taken = await company.owner.post(
        f"/v1/requests/{request_id}/steps",
        json={"to": "duplicate", "duplicate_of": other.made["site"]["id"]},
    )
    assert taken.status_code == 404


async def test_content_goes_on_its_day_though_the_proof_went_earlier(
    served: Served, company: Company
) -> None:
    asked = await enter(company, "access", name=f"Vera {CANARY}", email=EMAIL)
    request_id = asked["request"]["id"]
    await act(company, request_id, "steps", to="withdrawn")
    await work(served, company)
    ground, account_id = served.process.ground, UUID(company.id)
    async with ground.database.transaction(account_id) as tx:
        # As a run of retention does, where the company keeps proofs for a shorter time.
        await tx.run(delete(RightsRequest).where(RightsRequest.id == UUID(request_id)))
    await forget_content(ground, account_id, UUID(request_id))
    await work(served, company)
    async with ground.database.transaction(account_id) as tx:
        left = select(func.count()).where(RightsContent.request_id == UUID(request_id))
        assert await tx.value(left) == 0
        keys = select(func.count()).where(PersonKey.kind == "requester")
        assert await tx.value(keys) == 0
