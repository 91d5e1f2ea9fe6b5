"""Erasing a person: everything about them, everywhere, and nothing of anybody else."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest

from tests.conftest import Api
from tests.driving import Account, VisitorClient, json_of
from tests.streams import before, is_ended


def until_live(account: Account, erasure_id: str) -> dict[str, Any]:
    # What earlier tests of the same server began comes first.
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        erasure = json_of(account.http.get(f"/v1/erasures/{erasure_id}"))
        if erasure["status"] == "live":
            return erasure
        time.sleep(0.02)
    raise AssertionError("the erasure did not come to its end")


def talk(api: Api, account: Account) -> VisitorClient:
    visitor = api.visitor(account.site_key, page_url="https://shop.example/")
    visitor.say("Hello")
    account.say(visitor.chat_id, "Good morning")
    body = {"email": "vera@visitor.example", "name": "Vera"}
    json_of(visitor.http.patch("/v1/widget/me", json=body))
    return visitor


@pytest.mark.parametrize("way", ["visitor", "chat", "self"])
def test_everything_goes_and_others_stay(api: Api, way: str) -> None:
    account = api.sign_up()
    gone, stays = talk(api, account), talk(api, account)
    chat_id = gone.chat_id
    if way == "visitor":
        asked = account.http.delete(f"/v1/visitors/{gone.visitor_id}")
    elif way == "chat":
        asked = account.http.delete(f"/v1/chats/{chat_id}")
    else:
        asked = gone.http.post("/v1/widget/me/erasure")
    erasure = until_live(account, json_of(asked, 202)["erasure"]["id"])
    stores = {each["store"]: each for each in erasure["receipts"]}
    for store, found in (("events", 3), ("chats", 1), ("visitors", 1), ("person_keys", 1)):
        assert stores[store] == {
            "store": store, "found": found, "removed": found, "verified": True
        }  # fmt: skip
    assert all(each["verified"] for each in erasure["receipts"])
    assert gone.http.get("/v1/widget/me").status_code == 401
    assert account.http.get(f"/v1/chats/{chat_id}").status_code == 404
    assert account.http.get(f"/v1/visitors/{gone.visitor_id}").status_code == 404
    [left] = json_of(account.http.get("/v1/visitors", params={"email": "vera@visitor.example"}))[
        "items"
    ]
    assert left["id"] == stays.visitor_id
    assert [event["type"] for event in stays.events()][:2] == [
        "visitor-message",
        "operator-message",
    ]


def test_it_says_what_goes_before(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    goes = json_of(account.http.get(f"/v1/visitors/{visitor.visitor_id}/erasure"))["stores"]
    assert goes["events"] == 3
    assert goes["visitors"] == 1


def test_open_screens_forget_at_once(api: Api) -> None:
    account = api.sign_up()
    visitor, stays = talk(api, account), talk(api, account)
    with (
        closing(account.reader().read()) as operators,
        closing(visitor.reader().read(silence=10)) as own,
    ):
        assert next(operators).name == next(own).name == "hello"
        asked = json_of(account.http.delete(f"/v1/visitors/{visitor.visitor_id}"), 202)
        until_live(account, asked["erasure"]["id"])
        heard = before(operators, stays.say("I stay")["id"])
        told = [frame.data["visitor_id"] for frame in heard if frame.name == "erased"]
        assert told == [visitor.visitor_id], "the screens of operators were not told"
        assert is_ended(own), "the visitor's own stream was not ended"


def test_twice_at_once_is_one_erasure(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    first = json_of(account.http.delete(f"/v1/visitors/{visitor.visitor_id}"), 202)
    again = account.http.delete(f"/v1/visitors/{visitor.visitor_id}")
    assert again.status_code in {202, 404}
    if again.status_code == 202:
        assert again.json()["erasure"]["id"] == first["erasure"]["id"]
    until_live(account, first["erasure"]["id"])


def test_who_comes_back_is_a_new_visitor(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    asked = json_of(account.http.delete(f"/v1/visitors/{visitor.visitor_id}"), 202)
    until_live(account, asked["erasure"]["id"])
    new = talk(api, account)
    assert new.visitor_id != visitor.visitor_id
    assert len(new.events()) == 3


def test_only_those_who_may(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    visitor = talk(api, account)
    assert other.http.delete(f"/v1/visitors/{visitor.visitor_id}").status_code == 404
    token = json_of(
        account.http.post("/v1/tokens", json={"name": "t", "scopes": ["visitors:read"]}), 201
    )["token"]
    with account.server.http(headers={"authorization": f"Bearer {token}"}) as http:
        assert http.delete(f"/v1/visitors/{visitor.visitor_id}").status_code == 403
    assert visitor.me["visitor"]["id"] == visitor.visitor_id
