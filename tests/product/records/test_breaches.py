"""The register of breaches: fields, the clock that nothing stops, phases, lateness, closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chathaven.base.clock import now
from chathaven.base.languages import LANGUAGES
from chathaven.product.records.breach import alert_hours
from chathaven.product.records.breach_letters import WORDS, warn
from tests.product.rights.desk import work
from tests.product.served import Company, Served

FACTS = {
    "description": "A laptop was left in a train.",
    "consequences": "Somebody may read names.",
    "measures_taken": "Sessions ended, password changed.",
}


def ago(**hours: float) -> str:
    """A time in the past."""
    return (now() - timedelta(**hours)).isoformat()


async def enter(company: Company, **given: Any) -> dict[str, Any]:
    """Enters a breach."""
    body = {"title": "A lost laptop", "aware_at": ago(hours=1), **given}
    answer = await company.owner.post("/v1/breaches", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def change(company: Company, breach: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Changes a breach."""
    answer = await company.owner.patch(f"/v1/breaches/{breach['id']}", json=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def notes(company: Company, breach: dict[str, Any]) -> list[dict[str, Any]]:
    """The history of a breach."""
    answer = await company.owner.get(f"/v1/breaches/{breach['id']}/notes")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_every_breach_has_a_number_and_a_clock(company: Company) -> None:
    one, other = await enter(company), await enter(company, nature=["confidentiality"])
    assert (one["number"], other["number"]) == (1, 2)
    clock = one["clock"]
    aware = datetime.fromisoformat(clock["aware_at"])
    assert datetime.fromisoformat(clock["deadline_at"]) - aware == timedelta(hours=72)
    hours = [
        (datetime.fromisoformat(each) - aware) / timedelta(hours=1) for each in clock["alerts"]
    ]
    assert hours == [24, 48, 60, 70]
    listed = (await company.owner.get("/v1/breaches?limit=1")).json()
    assert [each["number"] for each in listed["items"]] == [2]
    assert listed["next"] == "2"
    more = (await company.owner.get("/v1/breaches?limit=1&after=2")).json()
    assert [each["number"] for each in more["items"]] == [1]


@pytest.mark.parametrize(
    ("deadline", "expected"), [(72, (24, 48, 60, 70)), (96, (24, 48, 84, 94)), (24, (12, 22))]
)
def test_warnings_follow_the_deadline(deadline: int, expected: tuple[int, ...]) -> None:
    assert alert_hours(deadline) == expected


async def test_the_deadline_is_a_setting_for_those_that_come(company: Company) -> None:
    before = await enter(company)
    patch = {"privacy": {"breach_deadline_hours": 96}}
    assert (await company.owner.patch("/v1/settings", json=patch)).status_code == 200
    assert (await enter(company))["clock"]["hours"] == 96
    again = (await company.owner.get(f"/v1/breaches/{before['id']}")).json()
    assert again["clock"]["hours"] == 72


@pytest.mark.parametrize(
    "aware",
    # The last one lies before the first year, where it cannot be read back.
    ["2999-01-01T00:00:00Z", "2026-01-01T00:00:00", "soon", "0001-01-01T00:00:00+14:00"],
)
async def test_awareness_is_a_time_that_was(company: Company, aware: str) -> None:
    body = {"title": "x", "aware_at": aware}
    answer = await company.owner.post("/v1/breaches", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "aware_at"
    assert (await company.owner.get("/v1/breaches")).json()["items"] == []


async def test_nothing_stops_the_clock(company: Company) -> None:
    breach = await enter(company)
    for field in ("aware_at", "deadline_hours", "status", "clock"):
        answer = await company.owner.patch(f"/v1/breaches/{breach['id']}", json={field: ago()})
        assert answer.status_code == 422, field
    changed = await change(company, breach, risk="unlikely", **FACTS)
    assert changed["clock"] == breach["clock"]


async def test_what_stood_there_stays_in_the_history(company: Company) -> None:
    breach = await enter(company)
    await change(company, breach, description="First words", subject_count=10)
    await change(company, breach, description="Other words", subject_count=10)
    await change(company, breach, description="Other words")
    found = await notes(company, breach)
    assert [each["kind"] for each in found] == ["entered", "changed", "changed"]
    assert found[2]["content"]["before"] == {"description": "First words"}
    assert found[2]["content"]["after"] == {"description": "Other words"}
    assert found[2]["operator_id"] == company.owner_id


async def test_a_decision_needs_its_reason(company: Company) -> None:
    breach = await enter(company)
    path = f"/v1/breaches/{breach['id']}"
    bare = await company.owner.patch(path, json={"decision": "not-needed"})
    assert bare.status_code == 422
    assert bare.json()["errors"][0]["field"] == "decision_reason"
    given = {"decision": "not-needed", "decision_reason": "The disk is encrypted."}
    assert (await change(company, breach, **given))["decision"] == "not-needed"
    assert (await notes(company, breach))[-1]["kind"] == "decided"
    blank = await company.owner.patch(path, json={"decision_reason": " "})
    assert blank.status_code == 422


async def test_phases_and_closing(company: Company) -> None:
    breach = await enter(company)
    path = f"/v1/breaches/{breach['id']}"
    early = await company.owner.post(f"{path}/status", json={"status": "closed"})
    assert early.status_code == 409
    assert early.json()["code"] == "breach_incomplete"
    assert set(early.json()["missing"]) == {*FACTS, "decision"}
    await change(company, breach, **FACTS)
    first = {"whom": "authority", "text": "What we know so far", "at": ago(minutes=30)}
    told = (await company.owner.post(f"{path}/told", json=first)).json()
    assert told["decision"] == "notify"
    assert told["missing"] == ["notification"]
    # Told before anybody had written down why, it is still filled in.
    assert (await change(company, breach, authority="The one in Bonn"))["decision"] == "notify"
    await company.owner.post(f"{path}/told", json={**first, "final": True, "text": "The rest"})
    await company.owner.post(f"{path}/told", json={"whom": "people", "text": "By mail"})
    closed = (await company.owner.post(f"{path}/status", json={"status": "closed"})).json()
    assert closed["status"] == "closed"
    assert closed["closed_at"]
    kinds = [each["kind"] for each in await notes(company, breach)]
    assert kinds == [
        *("entered", "changed", "notified", "changed"),
        *("notified-further", "people-told", "closed"),
    ]
    refused = await company.owner.patch(path, json={"risk": "high"})
    assert refused.json()["code"] == "breach_closed"
    opened = await company.owner.post(f"{path}/status", json={"status": "open"})
    assert opened.json()["status"] == "open"
    assert opened.json()["closed_at"] is None


async def test_late_needs_its_reasons(company: Company) -> None:
    breach = await enter(company, aware_at=ago(hours=80))
    path = f"/v1/breaches/{breach['id']}/told"
    told = {"whom": "authority", "text": "All we know", "final": True}
    for given in ({}, {"late_reason": "  "}):
        refused = await company.owner.post(path, json={**told, **given})
        assert refused.status_code == 422
        assert refused.json()["code"] == "late"
    taken = await company.owner.post(path, json={**told, "late_reason": "The log was unclear."})
    assert taken.status_code == 201
    assert taken.json()["facts"]["late_reason"] == "The log was unclear."
    before = {**told, "at": ago(hours=100)}
    assert (await company.owner.post(path, json=before)).status_code == 422


async def test_owners_are_warned_once_for_each_hour(served: Served, company: Company) -> None:
    breach = await enter(company, aware_at=ago(hours=1))
    ground, account_id = served.process.ground, UUID(company.id)
    aware = datetime.fromisoformat(breach["clock"]["aware_at"])

    async def at(hours: float) -> bool:
        return await warn(ground, account_id, UUID(breach["id"]), aware + timedelta(hours=hours))

    assert not await at(23)
    assert await at(24)
    assert not await at(25)
    # A server that rested meanwhile warns once, of what is due now.
    assert await at(61)
    assert not await at(61)
    assert await at(70)
    await work(served, company)
    # The job once more: nobody is written to twice.
    assert not await at(70)
    await work(served, company)
    letters = sorted((served.data / "outbox").glob("*.eml"))
    assert len(letters) == 3
    last = letters[-1].read_text()
    assert "Subject: Breach 1: 2 hours left" in last
    assert "laptop" not in last
    await company.owner.post(
        f"/v1/breaches/{breach['id']}/told", json={"whom": "authority", "text": "Told"}
    )
    assert not await at(71)


async def test_the_warnings_are_queued_in_the_same_transaction(
    served: Served, company: Company
) -> None:
    breach = await enter(company)
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        rows = await tx.session.execute(
            text(
                "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name ="
                " 'warn-of-breach-deadline' AND args->>'id' = :id ORDER BY scheduled_at"
            ),
            {"id": breach["id"]},
        )
        planned = [row[0].astimezone(UTC) for row in rows]
    alerts = [datetime.fromisoformat(each) for each in breach["clock"]["alerts"]]
    assert planned == alerts


async def test_what_people_write_is_sealed(served: Served, company: Company) -> None:
    breach = await enter(company, title="canary-title", description="canary-words")
    await change(company, breach, consequences="canary-consequences")
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        for table in ("breaches", "breach_notes", "audit_lines"):
            rows = await tx.session.execute(text(f"SELECT t::text FROM {table} t"))
            stored = "".join(row for (row,) in rows)
            assert stored
            assert "canary" not in stored
            assert b"canary".hex() not in stored


@pytest.mark.parametrize("language", WORDS)
async def test_the_letter_to_those_concerned(company: Company, language: str) -> None:
    breach = await enter(company)
    path = f"/v1/breaches/{breach['id']}/letter?language={language}"
    letter = (await company.owner.get(path)).json()
    assert letter["language"] == language
    assert "Lovelace & Co" in letter["text"]
    assert "34" in letter["text"]
    assert set(WORDS) <= set(LANGUAGES)
    # As browsers say it, several with their weights.
    header = {"accept-language": f"{language},en;q=0.5"}
    path = f"/v1/breaches/{breach['id']}/letter"
    assert (await company.owner.get(path, headers=header)).json() == letter


async def test_nobody_else_sees_it(served: Served, company: Company) -> None:
    breach = await enter(company)
    other = await served.sign_up()
    for path in ("", "/notes", "/scopes", "/letter"):
        answer = await other.owner.get(f"/v1/breaches/{breach['id']}{path}")
        assert answer.status_code == 404, path
    assert (await other.owner.get("/v1/breaches")).json()["items"] == []
