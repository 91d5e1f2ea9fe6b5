"""Requests from each way in to each way out, over HTTP, with the clock set ahead where needed."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from chathaven.base.clock import ahead, now
from chathaven.product.accounts.settings import RetentionPeriods
from chathaven.product.retention.due import what_is_due
from chathaven.product.rights.due import due
from tests.product.rights.desk import (
    act,
    approve,
    code_in,
    come,
    draft,
    enter,
    letters_to,
    made,
    read,
    send_form,
    use,
    work,
)
from tests.product.served import Company, Served, fresh_email

VERA = "vera@visitor.example"


def states(whole: dict) -> list[str]:  # type: ignore[type-arg] # JSON
    return [each["state"] for each in whole["steps"]]


async def test_a_visitors_own_token_is_proof_enough(served: Served, company: Company) -> None:
    vera = await come(served, company)
    asked = await vera.ask("access", text="What do you know?")
    assert asked["state"] == "verified"
    again = await vera.ask("access", text="What do you know?")
    assert again["id"] == asked["id"], "sent twice, asked once"
    listed = made(await company.owner.get("/v1/requests"))
    assert (listed["open"], listed["overdue"]) == (1, 0)
    [item] = listed["items"]
    assert item["id"] == asked["id"]
    assert (item["kind"], item["via"], item["visitor_id"]) == ("access", "widget", vera.id)
    whole = await read(company, asked["id"])
    assert (whole["text"], whole["way"]) == ("What do you know?", "widget")
    assert states(whole) == ["received", "verified"]
    done = await approve(company, asked["id"])
    assert done["request"]["state"] == "done"
    [own] = await vera.own()
    assert own["state"] == "done"
    assert "Privacy" in own["letters"][0]["text"]


async def test_a_message_is_a_request_from_the_moment_it_came(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, email=VERA, language="de")
    said = await vera.say("Bitte löschen Sie alles über mich.")
    body = {"kind": "erasure", "seq": said["seq"]}
    with ahead(timedelta(hours=3)):
        path = f"/v1/chats/{said['chat_id']}/requests"
        marked = made(await company.owner.post(path, json=body), 201)
        again = made(await company.owner.post(path, json=body), 201)
        assert again == marked
        whole = await read(company, marked["id"])
    assert whole["request"]["received_at"] == said["created_at"]
    assert whole["request"]["due_on"] == due(datetime.fromisoformat(said["created_at"])).date(
    ).isoformat()  # fmt: skip
    assert whole["text"] == "Bitte löschen Sie alles über mich."
    assert whole["request"]["state"] == "verified"
    operators = made(await company.owner.get(f"/v1/chats/{said['chat_id']}/events"))["items"]
    assert operators[-1]["seq"] == said["seq"], "nothing is said in the chat about it"
    assert (await company.owner.post(path, json=body | {"seq": 99})).status_code == 404


async def test_a_message_whose_request_is_closed_becomes_a_new_one_when_that_is_said(
    served: Served, company: Company
) -> None:
    vera = await come(served, company)
    said = await vera.say("What do you hold about me?")
    path = f"/v1/chats/{said['chat_id']}/requests"
    body = {"kind": "access", "seq": said["seq"]}
    first = made(await company.owner.post(path, json=body), 201)
    same = made(await company.owner.post(path, json=body | {"again": True}), 201)
    assert same == first, "it is still open"
    step = {"to": "withdrawn", "reason": "Called"}
    made(await company.owner.post(f"/v1/requests/{first['id']}/steps", json=step), 201)
    closed = made(await company.owner.post(path, json=body), 201)
    assert (closed["id"], closed["state"]) == (first["id"], "withdrawn")
    new = made(await company.owner.post(path, json=body | {"again": True}), 201)
    assert (new["id"] != first["id"], new["state"]) == (True, "verified")
    assert made(await company.owner.post(path, json=body), 201) == new


async def test_by_form_with_proof_of_the_address_to_the_copy(
    served: Served, company: Company
) -> None:
    address = fresh_email("vera")
    vera = await come(served, company, email=address, name="Vera")
    await vera.say("Hello from Vera")
    answer = await send_form(served, company, kind="access", email=address, name="Vera V.", text="")
    assert answer.status_code == 200, answer.text
    [item] = made(await company.owner.get("/v1/requests"))["items"]
    assert (item["state"], item["via"], item["visitor_id"]) == ("identity_pending", "form", None)
    assert item["id"] in answer.text
    await work(served, company)
    code = code_in(letters_to(served, address)[-1], "confirm")
    assert (await use(served, "copy", code)).status_code == 404, (
        "it confirms, and hands over nothing"
    )
    assert (await use(served, "confirm", code)).status_code == 200
    assert (await use(served, "confirm", code)).status_code == 404, "it works once"
    whole = await read(company, item["id"])
    assert states(whole) == ["received", "identity_pending", "verified"]
    assert [each["id"] for each in whole["matches"]] == [vera.id]
    path = f"/v1/requests/{item['id']}"
    attached = made(await company.owner.patch(path, json={"visitor_id": vera.id}))
    assert (attached["person_kind"], attached["name"]) == ("visitor", "Vera V.")
    assert len(attached["letters"]) == 1, "what was written before has come along"
    running = await approve(company, item["id"])
    assert running["request"]["state"] == "running"
    await work(served, company)
    assert (await read(company, item["id"]))["request"]["state"] == "done"
    code = code_in(letters_to(served, address)[-1], "copy")
    copy = await use(served, "copy", code)
    assert copy.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(copy.content)) as archive:
        whole_text = b"".join(archive.read(name) for name in archive.namelist())
        rows = json.loads(archive.read("data/rights_contents.json"))
    assert b"Hello from Vera" in whole_text
    assert rows[0]["request_id"] == item["id"]
    assert (await use(served, "copy", code)).status_code == 404


async def test_links_expire(served: Served, company: Company) -> None:
    address = fresh_email("vera")
    await send_form(served, company, kind="erasure", email=address)
    await work(served, company)
    code = code_in(letters_to(served, address)[-1], "confirm")
    with ahead(timedelta(days=7, seconds=1)):
        assert (await use(served, "confirm", code)).status_code == 404
    assert (await use(served, "confirm", code)).status_code == 200


async def test_somebody_unknown_is_told_that_nothing_is_there(
    served: Served, company: Company
) -> None:
    address = fresh_email("vera")
    await send_form(served, company, kind="portability", email=address)
    await work(served, company)
    await use(served, "confirm", code_in(letters_to(served, address)[-1], "confirm"))
    [item] = made(await company.owner.get("/v1/requests"))["items"]
    await approve(company, item["id"])
    await work(served, company)
    text = letters_to(served, address)[-1].get_content()
    assert "no data about you" in text
    assert "/rights/copy" not in text
    assert (await read(company, item["id"]))["request"]["state"] == "done"


async def test_correction_restriction_and_objection_are_carried_out(
    served: Served, company: Company
) -> None:
    words = {"enabled": True, "texts": {"en": "May we write to you?"}}
    request = {"enabled": True, "texts": {"en": "Your address?"}, "marketing": words}
    made(await company.owner.patch("/v1/settings", json={"email_request": request}))
    vera = await come(served, company)
    profile = {"email": VERA, "name": "Wera", "marketing": "yes"}
    made(await vera.http.patch("/v1/widget/me", json=profile))
    wrong = await vera.ask("correction", wishes={"name": "Vera"})
    assert (await read(company, wrong["id"]))["wishes"] == {"name": "Vera"}
    letter = await draft(company, wrong["id"], "answer")
    await act(company, wrong["id"], "approval", 422, **letter)
    await act(company, wrong["id"], "approval", **letter, profile={"name": "Vera"})
    assert made(await company.owner.get(f"/v1/visitors/{vera.id}"))["name"] == "Vera"
    against = await vera.ask("objection", text="No advertising")
    await approve(company, against["id"])
    me = made(await vera.http.get("/v1/widget/me"))
    assert me["marketing"]["answer"] == "no"
    assert me["receipts"][0]["answer"] == "withdrawn"
    limit = await vera.ask("restriction")
    await approve(company, limit["id"])
    assert (await company.owner.get(f"/v1/visitors/{vera.id}")).status_code == 404
    whole = await read(company, limit["id"])
    assert whole["name"] == "Vera", "whoever works on their requests still sees who it is"
    await work(served, company)
    assert {each["state"] for each in await vera.own()} == {"done"}


async def test_a_refusal_names_its_ground_and_the_ways_to_complain(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, email=VERA, language="de")
    asked = await vera.ask("erasure")
    letter = await draft(company, asked["id"], "refusal", reason="Rechnung", ground="legal_duty")
    assert "Art. 17 Abs. 3 Buchst. b" in letter["text"]
    body = {"ground": "legal_duty", "reason": "Rechnung", "subject": "Nein", "text": "Leider nein."}
    refused = await act(company, asked["id"], "refusal", **body)
    assert (refused["request"]["state"], refused["ground"]) == ("refused", "legal_duty")
    assert states(refused) == ["received", "verified", "in_scope_check", "refused"]
    assert refused["steps"][-1]["notes"] == ["Rechnung"]
    await work(served, company)
    text = letters_to(served, VERA)[-1].get_content()
    assert "Leider nein." in text
    assert "Art. 77 DSGVO" in text
    assert "Art. 79 DSGVO" in text
    again = await company.owner.post(f"/v1/requests/{asked['id']}/refusal", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_step")


async def test_what_has_no_address_is_sent_by_hand(served: Served, company: Company) -> None:
    whole = await enter(company, "restriction", name="Vera", language="de")
    request_id = whole["request"]["id"]
    assert whole["way"] == "by-hand"
    no_proof = await company.owner.post(
        f"/v1/requests/{request_id}/steps", json={"to": "identity_pending"}
    )
    assert no_proof.status_code == 422
    await act(company, request_id, "steps", to="verified", reason="Signed letter")
    running = await approve(company, request_id)
    assert running["request"]["state"] == "running"
    [letter] = running["letters"]
    assert (letter["sent_at"], letter["language"]) == (None, "de")
    done = await act(company, request_id, f"letters/{letter['id']}/sent")
    assert done["request"]["state"] == "done"


@pytest.mark.parametrize("to", ["running", "done", "waiting_external", "partially_done"])
async def test_no_step_is_skipped(served: Served, company: Company, to: str) -> None:
    whole = await enter(company, "access", name="Vera")
    path = f"/v1/requests/{whole['request']['id']}/steps"
    refused = await company.owner.post(path, json={"to": to})
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_step")
    assert (await read(company, whole["request"]["id"]))["steps"] == whole["steps"]


async def test_lists_are_by_due_date_and_paged(served: Served, company: Company) -> None:
    days = ["2026-03-05", "2026-01-07", "2026-02-03"]
    for day in days:
        await enter(company, "access", name="Vera", received_at=f"{day}T12:00:00Z")
    recent = await enter(company, "access", name="Wim", received_at=now().isoformat())
    due_on: list[str] = []
    after = None
    while True:
        query: dict[str, Any] = {"limit": 2, "due": "overdue"} | ({"after": after} if after else {})
        page = made(await company.owner.get("/v1/requests", params=query))
        due_on += [each["due_on"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert due_on == ["2026-02-07", "2026-03-03", "2026-04-05"]
    assert (page["open"], page["overdue"]) == (4, 3)
    body = {"to": "withdrawn", "reason": "Called"}
    await act(company, recent["request"]["id"], "steps", **body)
    closed = made(await company.owner.get("/v1/requests", params={"state": "closed"}))["items"]
    assert [each["id"] for each in closed] == [recent["request"]["id"]]
    wrong = await company.owner.get("/v1/requests", params={"after": "nonsense"})
    assert wrong.status_code == 422


async def test_received_in_the_future_is_no_receipt(served: Served, company: Company) -> None:
    body = {"kind": "access", "via": "letter", "name": "Vera"}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for no_time in (tomorrow, "0001-01-01T00:00:00Z", "2026-01-01T00:00:00"):
        refused = await company.owner.post("/v1/requests", json=body | {"received_at": no_time})
        assert refused.status_code == 422, no_time
    nobody = await company.owner.post("/v1/requests", json={"kind": "access", "via": "phone"})
    assert nobody.status_code == 422


async def test_nobody_goes_for_silence_who_waits_for_an_answer(
    served: Served, company: Company
) -> None:
    vera = await come(served, company)
    asked = await vera.ask("access")
    periods = RetentionPeriods()
    week = now() + timedelta(days=7)
    ground = served.process.ground
    async with ground.database.transaction(UUID(company.id)) as tx:
        assert sum(each.people for each in await what_is_due(tx, ground, periods, week)) == 0
    await act(company, asked["id"], "steps", to="withdrawn", reason="Called")
    async with ground.database.transaction(UUID(company.id)) as tx:
        assert sum(each.people for each in await what_is_due(tx, ground, periods, week)) == 1
