"""The team: roles, and who may change whom."""

from __future__ import annotations

import asyncio

import pytest

from tests.product.operators.invited import join
from tests.product.served import PASSWORD, Company, Served


async def test_lists_everybody(served: Served, company: Company) -> None:
    await join(company, "operator")
    listed = (await company.owner.get("/v1/operators")).json()
    assert [each["role"] for each in listed["items"]] == ["owner", "operator"]
    assert set(listed["items"][0]) == {
        "id",
        "name",
        "display_name",
        "email",
        "role",
        "availability",
        "present",
        "created_at",
    }
    assert not listed["items"][0]["present"]
    assert listed["items"][0]["created_at"].endswith("Z")


async def test_a_role_holds_at_once(served: Served, company: Company) -> None:
    member = await join(company, "operator")
    assert (await member.client.post("/v1/sites", json={"name": "x"})).status_code == 403
    path = f"/v1/operators/{member.id}"
    answer = await company.owner.patch(path, json={"role": "administrator"})
    assert (answer.status_code, answer.json()["role"]) == (200, "administrator")
    assert (await member.client.post("/v1/sites", json={"name": "x"})).status_code == 201
    await company.owner.patch(path, json={"role": "operator"})
    assert (await member.client.post("/v1/sites", json={"name": "x"})).status_code == 403


async def test_administrators_leave_owners_alone(served: Served, company: Company) -> None:
    admin = await join(company, "administrator")
    path = f"/v1/operators/{company.owner_id}"
    answers = [
        await admin.client.patch(path, json={"role": "operator"}),
        await admin.client.delete(path),
        await admin.client.patch(f"/v1/operators/{admin.id}", json={"role": "owner"}),
        await admin.client.post(
            "/v1/invitations", json={"email": "new@example.com", "role": "owner"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    roles = [each["role"] for each in (await admin.client.get("/v1/operators")).json()["items"]]
    assert roles == ["owner", "administrator"]


async def test_operators_only_look(served: Served, company: Company) -> None:
    member = await join(company, "operator")
    path = f"/v1/operators/{member.id}"
    answers = [
        await member.client.patch(path, json={"role": "owner"}),
        await member.client.delete(path),
        await member.client.post("/v1/invitations", json={"email": "a@b.cd", "role": "operator"}),
        await member.client.get("/v1/tokens"),
        await member.client.patch("/v1/settings", json={}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert (await member.client.get("/v1/operators")).status_code == 200


async def test_the_last_owner_stays(served: Served, company: Company) -> None:
    path = f"/v1/operators/{company.owner_id}"
    answers = [
        await company.owner.patch(path, json={"role": "operator"}),
        await company.owner.delete(path),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (409, "last_owner")
    }
    assert (await company.owner.patch(path, json={"role": "owner"})).status_code == 200


@pytest.mark.parametrize("how", ["demote", "remove", "each other"])
async def test_of_two_owners_who_race_one_stays(served: Served, company: Company, how: str) -> None:
    other = await join(company, "owner")
    paths = [f"/v1/operators/{company.owner_id}", f"/v1/operators/{other.id}"]
    clients = [company.owner, other.client]
    if how == "each other":
        paths.reverse()
    answers = await asyncio.gather(
        *(
            client.patch(path, json={"role": "operator"})
            if how == "demote"
            else client.delete(path)
            for client, path in zip(clients, paths, strict=True)
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] in {200, 204}
    # Whoever comes second is refused: as the last owner, or as removed meanwhile.
    assert statuses[1] in {401, 409}
    counted = [
        [each["role"] for each in answer.json()["items"]].count("owner")
        for answer in [await client.get("/v1/operators") for client in clients]
        if answer.status_code == 200
    ]
    assert counted
    assert set(counted) == {1}


async def test_who_is_removed_is_out_at_once(served: Served, company: Company) -> None:
    member = await join(company, "administrator")
    made = await member.client.post("/v1/tokens", json={"name": "mine", "scopes": ["*"]})
    script = served.client(authorization=f"Bearer {made.json()['token']}")
    assert (await script.get("/v1/me")).status_code == 200
    assert (await company.owner.delete(f"/v1/operators/{member.id}")).status_code == 204
    assert (await member.client.get("/v1/me")).status_code == 401
    assert (await script.get("/v1/me")).status_code == 401
    body = {"email": member.email, "password": PASSWORD}
    assert (await served.client().post("/v1/sessions", json=body)).status_code == 401
    listed = (await company.owner.get("/v1/operators")).json()["items"]
    assert [each["id"] for each in listed] == [company.owner_id]
    assert (await company.owner.delete(f"/v1/operators/{member.id}")).status_code == 404
    # The e-mail is free again.
    again = await served.sign_up(email=member.email)
    assert again.made["operator"]["email"] == member.email


async def test_another_accounts_operators_do_not_exist(served: Served, company: Company) -> None:
    stranger = await served.sign_up()
    path = f"/v1/operators/{stranger.owner_id}"
    answers = [
        await company.owner.patch(path, json={"role": "operator"}),
        await company.owner.delete(path),
    ]
    missing = await company.owner.delete(f"/v1/operators/{company.id}")
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.text for answer in answers} == {missing.text}
    assert (await stranger.owner.get("/v1/me")).json()["operator"]["role"] == "owner"
