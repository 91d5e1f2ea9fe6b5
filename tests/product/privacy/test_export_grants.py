"""Fetching an account's export takes the password: of this session, and not long ago."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.conftest import Api
from tests.driving import Account, json_of
from tests.interface.rows import superuser
from tests.product.privacy.test_account_export import ask, fetch, until_ready


@contextmanager
def elsewhere(account: Account) -> Iterator[httpx.Client]:
    """Another browser in which the owner is signed in, as one that was left open."""
    with account.server.http() as http:
        body = {"email": account.email, "password": account.password}
        json_of(http.post("/v1/sessions", json=body), 201)
        yield http


def age(account: Account) -> None:
    """Lets a quarter of an hour pass for the grants of an account."""
    with superuser(account.server) as connection:
        connection.execute(
            "UPDATE export_grants SET expires_at = expires_at - interval '15 minutes'"
            " WHERE account_id = %s",
            (account.account_id,),
        )


def refused(http: httpx.Client, path: str) -> None:
    answer = http.get(f"{path}/file")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_required")


def test_the_password_opens_it_for_one_session_and_a_while(api: Api) -> None:
    account = api.sign_up()
    asked = ask(account.http, account.password)
    assert asked["granted_until"] > asked["requested_at"]
    until_ready(account.http, asked["id"])
    path = f"/v1/account/exports/{asked['id']}"
    assert fetch(account.http, asked["id"])
    with elsewhere(account) as other:
        assert json_of(other.get(path))["granted_until"] is None
        refused(other, path)
        wrong = other.post(f"{path}/grants", json={"password": "not the password"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_credentials")
        refused(other, path)
        given = json_of(other.post(f"{path}/grants", json={"password": account.password}), 201)
        assert given["granted_until"] is not None
        assert fetch(other, asked["id"])
    age(account)
    refused(account.http, path)
    [listed] = json_of(account.http.get("/v1/account/exports"))["items"]
    assert listed["granted_until"] is None
    json_of(account.http.post(f"{path}/grants", json={"password": account.password}), 201)
    assert fetch(account.http, asked["id"])


def test_a_grant_is_of_one_export_and_one_account(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    first = ask(account.http, account.password)
    until_ready(account.http, first["id"])
    body = {"password": other.password}
    path = f"/v1/account/exports/{first['id']}/grants"
    assert other.http.post(path, json=body).status_code == 404
    with elsewhere(account) as again:
        second = ask(again, account.password)
        until_ready(again, second["id"])
        assert fetch(again, second["id"])
        refused(again, f"/v1/account/exports/{first['id']}")
