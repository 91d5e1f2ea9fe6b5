"""API tokens: what they may do, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from chathaven.base.clock import now
from tests.product.operators.invited import join
from tests.product.served import PASSWORD, Company, Served


async def make(company: Company, *scopes: str, **more: Any) -> dict[str, Any]:
    body = {"name": "script", "scopes": list(scopes)} | more
    answer = await company.owner.post("/v1/tokens", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def script(served: Served, made: dict[str, Any]) -> httpx.AsyncClient:
    return served.client(authorization=f"Bearer {made['token']}")


async def test_a_token_acts_for_its_maker(served: Served, company: Company) -> None:
    made = await make(company, "*")
    assert made["token"].startswith("cht_")
    expires_at = datetime.fromisoformat(made["expires_at"])
    assert abs(expires_at - now() - timedelta(days=90)) < timedelta(minutes=1)
    me = await script(served, made).get("/v1/me")
    assert me.json() == (await company.owner.get("/v1/me")).json()

    (listed,) = (await company.owner.get("/v1/tokens")).json()["items"]
    assert listed["last_used_at"] is not None
    assert listed | {"last_used_at": None} == {
        name: value for name, value in made.items() if name != "token"
    }
    assert made["token"] not in (await company.owner.get("/v1/tokens")).text


async def test_no_foreign_page_can_borrow_a_token(served: Served, company: Company) -> None:
    """A browser adds cookies by itself, never a token: its origin says nothing about it."""
    client = script(served, await make(company, "*"))
    headers = {"origin": "https://tools.example"}
    answer = await client.post("/v1/sites", json={"name": "x"}, headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("*", {"sites", "new site", "team", "invite", "tokens", "profile", "sessions"}),
        ("settings:read", {"sites"}),
        ("settings:write", {"new site"}),
        ("team:read", {"team"}),
        ("team:write", {"invite"}),
        ("chats:read", set()),
    ],
)
async def test_a_scope_opens_what_it_names(
    served: Served, company: Company, scope: str, allowed: set[str]
) -> None:
    client = script(served, await make(company, scope))
    calls = {
        "sites": client.get("/v1/sites"),
        "new site": client.post("/v1/sites", json={"name": "x"}),
        "team": client.get("/v1/operators"),
        "invite": client.post("/v1/invitations", json={"email": "a@b.cd", "role": "operator"}),
        "tokens": client.get("/v1/tokens"),
        "profile": client.patch("/v1/me", json={"name": "x"}),
        "sessions": client.get("/v1/sessions"),
    }
    statuses = {name: (await call).status_code for name, call in calls.items()}
    assert {name for name, status in statuses.items() if status < 400} == allowed
    assert {status for status in statuses.values() if status >= 400} <= {403}


async def test_a_narrow_token_cannot_take_over_its_maker(served: Served, company: Company) -> None:
    client = script(served, await make(company, "chats:read", "chats:write"))
    body = {"current_password": PASSWORD, "new_password": "another horse battery"}
    assert (await client.post("/v1/me/password", json=body)).status_code == 403
    (session,) = (await company.owner.get("/v1/sessions")).json()["items"]
    assert (await client.delete(f"/v1/sessions/{session['id']}")).status_code == 403
    assert (await company.owner.get("/v1/me")).status_code == 200


async def test_a_token_ends(served: Served, company: Company) -> None:
    soon = (now() + timedelta(hours=1)).isoformat()
    made = await make(company, "*", expires_at=soon)
    client = script(served, made)
    assert (await client.get("/v1/me")).status_code == 200
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        await tx.session.execute(
            text("UPDATE api_tokens SET expires_at = :at"), {"at": now() - timedelta(seconds=1)}
        )
    served.process.gate._known.clear()
    assert (await client.get("/v1/me")).status_code == 401


async def test_a_deleted_token_is_refused_at_once(served: Served, company: Company) -> None:
    made = await make(company, "*")
    client = script(served, made)
    assert (await client.get("/v1/me")).status_code == 200
    assert (await company.owner.delete(f"/v1/tokens/{made['id']}")).status_code == 204
    assert (await client.get("/v1/me")).status_code == 401
    assert (await company.owner.delete(f"/v1/tokens/{made['id']}")).status_code == 404


async def test_a_token_falls_with_its_makers_role(served: Served, company: Company) -> None:
    admin = await join(company, "administrator")
    answer = await admin.client.post("/v1/tokens", json={"name": "x", "scopes": ["*"]})
    client = script(served, answer.json())
    assert (await client.post("/v1/sites", json={"name": "x"})).status_code == 201
    await company.owner.patch(f"/v1/operators/{admin.id}", json={"role": "operator"})
    assert (await client.post("/v1/sites", json={"name": "x"})).status_code == 403
    assert (await client.get("/v1/sites")).status_code == 200


async def test_others_tokens_do_not_exist(served: Served, company: Company) -> None:
    made = await make(company, "*")
    stranger = await served.sign_up()
    admin = await join(company, "administrator")
    for client in (stranger.owner, admin.client):
        assert (await client.delete(f"/v1/tokens/{made['id']}")).status_code == 404
        assert (await client.get("/v1/tokens")).json()["items"] == []
    assert (await script(served, made).get("/v1/me")).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["tokens"]}, "scopes"),
        ({"scopes": "*"}, "scopes"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
    ],
)
async def test_names_what_cannot_be_taken(
    company: Company, change: dict[str, Any], field: str
) -> None:
    body = {"name": "script", "scopes": ["*"]} | change
    answer = await company.owner.post("/v1/tokens", json=body)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer cht_x", "Basic eDp5", "Bearer chs_" + "A" * 64, ""]
)
async def test_what_is_no_token_is_nobody(served: Served, header: str) -> None:
    answer = await served.client(authorization=header).get("/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_session_is_no_token(served: Served, company: Company) -> None:
    secret = company.owner.cookies["chathaven"]
    client = served.client(authorization=f"Bearer {secret}")
    assert (await client.get("/v1/me")).status_code == 401


async def test_only_digests_are_stored(served: Served, company: Company) -> None:
    made = await make(company, "*")
    async with served.process.ground.database.transaction(UUID(company.id)) as tx:
        rows = await tx.session.execute(
            text("SELECT t::text, s::text FROM api_tokens t, sessions s")
        )
        stored = str(rows.all())
    for secret in (made["token"], company.owner.cookies["chathaven"]):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_an_end_in_another_zone_is_kept_as_utc(company: Company) -> None:
    at = datetime(datetime.now(UTC).year + 2, 1, 1, 12, tzinfo=UTC)
    made = await make(company, "*", expires_at=f"{at.year}-01-01T14:00:00+02:00")
    assert datetime.fromisoformat(made["expires_at"]) == at
    listed = (await company.owner.get("/v1/tokens")).json()["items"][0]
    assert listed["expires_at"] == f"{at.year}-01-01T12:00:00Z"
