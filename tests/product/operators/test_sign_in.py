"""Sessions: opened, recognised, listed, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chathaven.base.clock import now
from chathaven.engines.web.limits import Limits
from tests.product.served import PASSWORD, Company, Served, fresh_email

NEW_PASSWORD = "another horse battery"


async def test_signs_in_with_any_spelling_of_the_email(served: Served, company: Company) -> None:
    client = served.client()
    body = {"email": f" {company.email.upper()} ", "password": PASSWORD}
    answer = await client.post("/v1/sessions", json=body)
    assert answer.status_code == 201
    assert answer.json() == (await company.owner.get("/v1/me")).json()
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("chathaven=chs_")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await client.get("/v1/me")).status_code == 200


async def test_a_wrong_password_and_an_unknown_email_look_the_same(
    served: Served, company: Company
) -> None:
    client = served.client()
    answers = [
        await client.post("/v1/sessions", json={"email": email, "password": password})
        for email, password in (
            (company.email, "wrong horse battery"),
            (company.email, ""),
            (fresh_email("nobody"), PASSWORD),
            ("not an address", PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["code"] for answer in answers} == {"wrong_credentials"}
    assert len({answer.text for answer in answers}) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_signing_out_ends_this_session_alone(served: Served, company: Company) -> None:
    other = await served.sign_in(company.email)
    secret = other.cookies["chathaven"]
    answer = await other.delete("/v1/sessions/current")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    stolen = served.client(cookie=f"chathaven={secret}")
    assert (await stolen.get("/v1/me")).status_code == 401
    assert (await company.owner.get("/v1/me")).status_code == 200


async def test_lists_and_revokes_sessions(served: Served, company: Company) -> None:
    other = await served.sign_in(company.email)
    listed = (await company.owner.get("/v1/sessions")).json()
    assert listed["next"] is None
    assert len(listed["items"]) == 2
    assert {each["browser"] for each in listed["items"]} == {"Firefox 140 · Linux"}
    theirs = next(each for each in listed["items"] if not each["current"])
    assert (await other.get("/v1/me")).status_code == 200

    answer = await company.owner.delete(f"/v1/sessions/{theirs['id']}")
    assert answer.status_code == 204
    assert (await other.get("/v1/me")).status_code == 401
    again = await company.owner.delete(f"/v1/sessions/{theirs['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_nobody_revokes_the_sessions_of_others(served: Served, company: Company) -> None:
    stranger = await served.sign_up()
    theirs = (await stranger.owner.get("/v1/sessions")).json()["items"][0]
    answer = await company.owner.delete(f"/v1/sessions/{theirs['id']}")
    assert answer.status_code == 404
    assert (await stranger.owner.get("/v1/me")).status_code == 200


@pytest.mark.parametrize(
    ("column", "age"),
    [("last_seen_at", timedelta(hours=8, seconds=1)), ("expires_at", timedelta(seconds=1))],
)
async def test_a_session_ends_by_itself(
    served: Served, company: Company, column: str, age: timedelta
) -> None:
    await _set_session(served, company, column, now() - age)
    assert (await company.owner.get("/v1/me")).status_code == 401
    fresh = await served.sign_in(company.email)
    assert len((await fresh.get("/v1/sessions")).json()["items"]) == 1


async def test_last_seen_moves_once_a_minute(served: Served, company: Company) -> None:
    for age, moves in ((timedelta(seconds=50), False), (timedelta(seconds=70), True)):
        was = now() - age
        await _set_session(served, company, "last_seen_at", was)
        listed = (await company.owner.get("/v1/sessions")).json()["items"][0]
        assert (listed["last_seen_at"] > (was + timedelta(seconds=5)).isoformat()) is moves


async def test_a_new_password_ends_all_other_sessions(served: Served, company: Company) -> None:
    other = await served.sign_in(company.email)
    assert (await other.get("/v1/me")).status_code == 200
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await company.owner.post("/v1/me/password", json=body)).status_code == 204
    assert (await company.owner.get("/v1/me")).status_code == 200
    assert (await other.get("/v1/me")).status_code == 401
    old = {"email": company.email, "password": PASSWORD}
    assert (await served.client().post("/v1/sessions", json=old)).status_code == 401
    await served.sign_in(company.email, NEW_PASSWORD)


async def test_a_new_password_takes_the_old_one(served: Served, company: Company) -> None:
    body = {"current_password": "wrong horse battery", "new_password": NEW_PASSWORD}
    answer = await company.owner.post("/v1/me/password", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_credentials")
    assert answer.json()["errors"][0]["field"] == "current_password"
    short = {"current_password": PASSWORD, "new_password": "short"}
    answer = await company.owner.post("/v1/me/password", json=short)
    assert answer.json()["errors"][0]["field"] == "new_password"
    await served.sign_in(company.email)


async def test_a_password_may_be_composed_differently(served: Served) -> None:
    company = await served.sign_up(password="Pässwörter sind läng")
    await served.sign_in(company.email, "Pa\u0308sswo\u0308rter sind la\u0308ng")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/v1/sessions/current", None),
        ("PATCH", "/v1/me", {"name": "Eve"}),
        ("POST", "/v1/sites", {"name": "Eve"}),
    ],
)
async def test_foreign_pages_cannot_use_the_cookie(
    company: Company, method: str, path: str, body: Any
) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await company.owner.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert (await company.owner.get("/v1/me")).json()["operator"]["name"] == "Ada Lovelace"


async def test_the_limit_of_an_email_survives_a_restart(served: Served, company: Company) -> None:
    wrong = {"email": company.email, "password": "wrong horse battery"}
    answers = [await served.client().post("/v1/sessions", json=wrong) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {401}
    refused = await served.client().post("/v1/sessions", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["retry-after"]) <= 91

    ground = served.process.ground
    object.__setattr__(ground, "limits", Limits(ground.database, on=True))
    right = {"email": company.email, "password": PASSWORD}
    assert (await served.client().post("/v1/sessions", json=right)).status_code == 429
    # Others are not concerned.
    await served.sign_in((await served.sign_up()).email)


async def test_changes_ones_own_profile(company: Company) -> None:
    change = {"name": " Ada King ", "display_name": "Ada", "language": "de"}
    answer = await company.owner.patch("/v1/me", json=change | {"availability": "offline"})
    assert answer.status_code == 200
    assert answer.json()["name"] == "Ada King"
    answer = await company.owner.patch("/v1/me", json={"display_name": None})
    me = (await company.owner.get("/v1/me")).json()["operator"]
    assert me == answer.json()
    assert (me["display_name"], me["language"], me["availability"]) == (None, "de", "offline")


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"name": " "},
        {"name": "x" * 201},
        {"language": "tlh"},
        {"availability": "away"},
        {"role": "owner"},
        {"email": "eve@example.com"},
    ],
)
async def test_a_profile_takes_only_what_it_knows(company: Company, change: dict[str, Any]) -> None:
    before = (await company.owner.get("/v1/me")).json()
    answer = await company.owner.patch("/v1/me", json=change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [each["field"] for each in answer.json()["errors"]] == list(change)
    assert (await company.owner.get("/v1/me")).json() == before


async def _set_session(served: Served, company: Company, column: str, value: object) -> None:
    """Moves a session in time, and forgets that it was recognised a moment ago."""
    async with served.process.ground.database.transaction(company.made["account"]["id"]) as tx:
        await tx.session.execute(text(f"UPDATE sessions SET {column} = :value"), {"value": value})
    served.process.gate._known.clear()
