"""Closing an account: everything of it goes, others stay, and the certificate outlives it."""

from __future__ import annotations

import hashlib
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chathaven.engines.vault.signing import FILE_NAME, Signing
from tests.conftest import Api
from tests.driving import Account, Server, json_of, sign_up
from tests.interface.rows import state_of, superuser
from tests.interface.team import join
from tests.product.privacy.test_account_export import ask, talk, until_ready


def leave(account: Account, **given: Any) -> httpx.Response:
    body = {"confirm": "DELETE", "password": account.password, **given}
    return account.http.request("DELETE", "/v1/account", json=body)


def until_closed(server: Server, erasure_id: str, seconds: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    found: dict[str, Any] = {}
    with server.http() as http:
        while time.monotonic() < deadline:
            found = json_of(http.get(f"/v1/certificates/{erasure_id}"))
            if found["status"] == "live":
                return found
            time.sleep(0.1)
    raise AssertionError(f"the account was not erased in time: {found}")


def left_of(server: Server, account_id: str) -> dict[str, str]:
    """Returns the tables that still hold something of an account, jobs included."""
    left = {
        table: state
        for table, state in state_of(server, account_id).items()
        if not state.startswith("0 rows")
    }
    with superuser(server) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE %s", (f"%{account_id}%",)
        ).fetchone()
    assert row is not None
    return left | ({"jobs": str(row[0])} if row[0] else {})


def test_everything_goes_and_others_stay(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    visitor, others = talk(api, account), talk(api, other)
    json_of(
        account.http.post("/v1/invitations", json={"email": "a@b.example", "role": "operator"}), 201
    )
    until_ready(account.http, ask(account.http, account.password)["id"])
    before = state_of(api.server, other.account_id)
    summary = json_of(account.http.get("/v1/account/summary"))
    assert summary == {
        "chats": 1,
        "visitors": 1,
        "messages": 2,
        "operators": 1,
        "sites": 1,
        "holds": 0,
    }
    closed = json_of(leave(account, reason="moving", comment="Ada found another one"), 202)
    found = until_closed(api.server, closed["erasure"]["id"])
    stores = {each["store"]: each for each in found["receipts"]}
    for store, count in (("events", 3), ("visitors", 1), ("operators", 1), ("account_keys", 1)):
        assert (stores[store]["found"], stores[store]["removed"]) == (count, count), store
    assert stores["person_keys"]["removed"] == 4
    assert stores["files of exports"]["removed"] == 1
    assert all(each["verified"] for each in found["receipts"])
    assert left_of(api.server, account.account_id) == {}
    assert not (api.server.data / "exports" / account.account_id).exists()
    assert state_of(api.server, other.account_id) == before
    assert len(others.events()) == 3
    assert visitor.http.get("/v1/widget/me").status_code == 401


def test_the_doors_are_shut_at_once(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    token = {"name": "script", "scopes": ["*"]}
    secret = json_of(account.http.post("/v1/tokens", json=token), 201)["token"]
    with closing(account.reader().read()) as operators, closing(visitor.reader().read()) as own:
        assert next(operators).name == next(own).name == "hello"
        closed = json_of(leave(account), 202)
        for stream in (operators, own):
            # A heartbeat may fall into any moment.
            said = (each.name for each in stream if each.name not in ("presence", "beat"))
            assert next(said) == "ended"
    with api.server.http() as http:
        assert http.get(f"/v1/widget/{account.site_key}").status_code == 404
        # Pages that still have the widget get a frame that takes it away, and no error.
        frame = http.get(f"/frame/{account.site_key}")
        assert frame.status_code == 200
        assert 'data-site=""' in frame.text
        assert account.site_key not in frame.text
        sign_in = {"email": account.email, "password": account.password}
        assert http.post("/v1/sessions", json=sign_in).status_code == 401
        bearer = {"authorization": f"Bearer {secret}"}
        assert http.get("/v1/chats", headers=bearer).status_code == 401
    assert account.http.get("/v1/me").status_code == 401
    body = {"id": "00000000-0000-4000-8000-000000000001", "text": "Still there?"}
    assert visitor.http.post("/v1/widget/me/messages", json=body).status_code == 401
    until_closed(api.server, closed["erasure"]["id"])
    again = api.sign_up(email=account.email)
    assert again.account_id != account.account_id


def test_the_certificate_can_be_checked_and_names_nobody(api: Api) -> None:
    account = api.sign_up()
    talk(api, account)
    closed = json_of(leave(account, reason="privacy", comment="secret words"), 202)
    found = until_closed(api.server, closed["erasure"]["id"])
    certificate = found["certificate"]
    checker = Signing.open(api.server.data / FILE_NAME).checker
    checker.check(certificate)
    assert certificate["subject"]["kind"] == "account"
    whose = bytes.fromhex(closed["nonce"]) + UUID(account.account_id).bytes
    assert certificate["subject"]["commitment"] == hashlib.sha256(whose).hexdigest()
    told = str(found)
    for word in (account.email, account.company, "Vera", "secret words"):
        assert word not in told
    with superuser(api.server) as connection:
        row = connection.execute(
            "SELECT account_id, reason, t::text FROM account_erasures t WHERE id = %s",
            (found["id"],),
        ).fetchone()
    assert row is not None
    assert row[:2] == (None, "privacy")
    assert "secret words" not in row[2]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"confirm": "delete"}, "confirm"),
        ({"confirm": ""}, "confirm"),
        ({"password": "not the password"}, "password"),
        ({"reason": "because Ada said so"}, "reason"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_goes(
    api: Api, given: dict[str, str], field: str
) -> None:
    account = api.sign_up()
    refused = leave(account, **given)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert account.me["operator"]["id"] == account.operator_id


def test_owners_alone(api: Api) -> None:
    account = api.sign_up()
    with closing(join(api.server, account, "administrator")) as administrator:
        body = {"confirm": "DELETE", "password": account.password}
        assert administrator.request("DELETE", "/v1/account", json=body).status_code == 403
        assert administrator.get("/v1/account/summary").status_code == 403
    assert account.me["operator"]["role"] == "owner"


def test_closing_twice_is_closing_once(api: Api) -> None:
    """The second time there is nobody left to ask."""
    account = sign_up(api.server)
    with closing(account.http), api.server.http(cookies=account.http.cookies) as second:
        body = {"confirm": "DELETE", "password": account.password}
        first = leave(account)
        again = second.request("DELETE", "/v1/account", json=body)
        assert first.status_code == 202
        assert again.status_code in {202, 401}
        until_closed(api.server, first.json()["erasure"]["id"])


def test_while_a_hold_stands_the_account_cannot_be_closed(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    review = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"matter": "Vera v. Shop", "review_at": review}
    made = json_of(account.http.post(f"/v1/visitors/{visitor.visitor_id}/holds", json=body), 201)
    assert json_of(account.http.get("/v1/account/summary"))["holds"] == 1
    refused = json_of(leave(account), 409)
    assert (refused["code"], refused["holds"]) == ("held", 1)
    # Nothing has happened: everybody is still let in.
    json_of(visitor.http.get("/v1/widget/me"))
    assert account.http.delete(f"/v1/holds/{made['id']}").status_code == 204
    json_of(leave(account), 202)
