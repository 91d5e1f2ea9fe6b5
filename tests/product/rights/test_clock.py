"""The month of a request, over HTTP: extended, stopped, warned of, escalated."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chathaven.base.clock import ahead, now
from chathaven.product.rights.due import due
from tests.product.rights.desk import (
    act,
    code_in,
    come,
    draft,
    enter,
    letters_to,
    planned,
    read,
    use,
    work,
)
from tests.product.served import Company, Served

VERA = "vera@visitor.example"


def states(whole: dict) -> list[str]:  # type: ignore[type-arg] # JSON
    return [each["state"] for each in whole["steps"]]


async def test_an_extension_holds_once_its_reason_was_sent_in_time(
    served: Served, company: Company
) -> None:
    vera = await come(served, company, email=VERA)
    asked, late = await vera.ask("access"), await vera.ask("portability")
    reason = "Many chats in many languages"
    letter = await draft(company, asked["id"], "extension", reason=reason)
    body = {"reason": reason, **letter}
    silent = await company.owner.post(
        f"/v1/requests/{asked['id']}/extension", json=body | {"text": "We need more time."}
    )
    assert silent.status_code == 422, "the reason has to be in the letter"
    before = (await read(company, asked["id"]))["request"]["due_on"]
    waiting = await act(company, asked["id"], "extension", **body)
    assert waiting["request"]["due_on"] == before, "not before the letter has left"
    await act(company, late["id"], "extension", **body)
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        # The letter of the other one waits for a mail server that stays away too long.
        await (await tx.driver()).execute(
            "UPDATE procrastinate_jobs j SET scheduled_at = now() + interval '40 days'"
            " FROM rights_letters l WHERE j.args->>'id' = l.id::text AND l.request_id = %s",
            (late["id"],),
        )
    await work(served, company)
    whole = await read(company, asked["id"])
    assert whole["request"]["extended"] is True
    received = datetime.fromisoformat(whole["request"]["received_at"])
    assert whole["request"]["due_on"] == due(received, 3).date().isoformat()
    assert states(whole)[-1] == "extended"
    # Its letter left by itself; extending was somebody's decision.
    owner = (await company.owner.get("/v1/me")).json()["operator"]
    assert whole["steps"][-1]["actor_kind"] == "operator"
    assert whole["steps"][-1]["actor_name"] == owner["name"]
    assert whole["request"]["state"] == "verified"
    assert reason in letters_to(served, VERA)[-1].get_content()
    again = await company.owner.post(f"/v1/requests/{asked['id']}/extension", json=body)
    assert again.json()["code"] == "not_extendable"
    with ahead(timedelta(days=41)):
        await work(served, company)
    assert (await read(company, late["id"]))["request"]["extended"] is False
    over = await enter(company, "access", name="Wim", received_at="2026-01-31T12:00:00Z")
    path = f"/v1/requests/{over['request']['id']}/extension"
    refused = await company.owner.post(path, json=body)
    assert refused.json()["code"] == "too_late"


async def test_only_a_recorded_doubt_stops_the_clock(served: Served, company: Company) -> None:
    whole = await enter(company, "access", name="Vera", email=VERA)
    request_id, first = whole["request"]["id"], whole["request"]["due_on"]
    refused = await company.owner.post(f"/v1/requests/{request_id}/doubt", json={"reason": ""})
    assert refused.status_code == 422
    await act(company, request_id, "steps", to="identity_pending")
    doubted = await act(company, request_id, "doubt", reason="Another name than in the chat")
    assert doubted["request"]["stopped"] is True
    assert doubted["steps"][-1]["notes"] == ["Another name than in the chat"]
    await work(served, company)
    with ahead(timedelta(days=10)):
        code = code_in(letters_to(served, VERA)[-1], "confirm")
        assert (await use(served, "confirm", code)).status_code == 404, "its week is over"
        body = {"to": "verified", "reason": "She called from the known number"}
        known = await act(company, request_id, "steps", **body)
    assert known["request"]["stopped"] is False
    assert (
        known["request"]["due_on"]
        == (datetime.fromisoformat(first) + timedelta(days=10)).date().isoformat()
    )
    assert known["steps"][-1]["notes"] == ["She called from the known number"]


async def test_the_month_runs_out_with_warnings_and_an_escalation(
    served: Served, company: Company
) -> None:
    whole = await enter(company, "erasure", name="Vera", received_at="2026-01-31T12:00:00Z")
    assert whole["request"]["due_on"] == "2026-02-28"
    assert whole["request"]["days_left"] < 0
    vera = await come(served, company)
    asked = await vera.ask("erasure")
    last_day = due(datetime.fromisoformat(asked["received_at"]))
    days = await planned(served, asked["id"], "rights-warn")
    expected = {(last_day - timedelta(days=left)).date().isoformat() for left in (14, 7, 3, 1)}
    assert expected <= set(days)
    await work(served, company)
    seen = len(letters_to(served, company.email))
    subjects = []
    for left in (20, 14, 10, 7, 5, 3, 1, 0):
        with ahead(last_day - timedelta(days=left) + timedelta(hours=1) - now()):
            await work(served, company)
        new = letters_to(served, company.email)[seen:]
        seen += len(new)
        subjects += [str(each["subject"]) for each in new]
    due_in = [each for each in subjects if "due in" in each]
    assert [each.split()[-2] for each in due_in][:2] == ["14", "7"]
    assert [each for each in subjects if "still open" in each] == [
        "A privacy request is still open"
    ]
    assert len(subjects) <= 5, "each warning once"
    text = "".join(each.get_content() for each in letters_to(served, company.email))
    assert f"/app/requests/{asked['id']}" in text
    assert vera.id not in text
