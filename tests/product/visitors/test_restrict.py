"""A restricted person is kept and not used: nobody sees them, and they still see themselves."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.conftest import Api
from tests.driving import Account, VisitorClient, all_items, json_of
from tests.streams import before

REASON = {"ground": "accuracy", "reason": "The address is contested"}


def talk(api: Api, account: Account, name: str = "Vera") -> VisitorClient:
    visitor = api.visitor(account.site_key, page_url="https://shop.example/")
    visitor.say(f"Hello, I am {name}")
    body = {"name": name, "email": f"{name.lower()}@visitor.example"}
    json_of(visitor.http.patch("/v1/widget/me", json=body))
    return visitor


def restrict(account: Account, visitor: VisitorClient) -> dict[str, object]:
    path = f"/v1/visitors/{visitor.visitor_id}/restriction"
    return json_of(account.http.post(path, json=REASON), 201)


def lift(account: Account, visitor: VisitorClient) -> httpx.Response:
    return account.http.delete(f"/v1/visitors/{visitor.visitor_id}/restriction")


def test_nobody_sees_them_until_it_is_lifted(api: Api) -> None:
    account = api.sign_up()
    hidden, other = talk(api, account), talk(api, account, "Otto")
    chat = hidden.chat_id
    view = restrict(account, hidden)
    assert view["visitor"] == {
        "id": hidden.visitor_id, "name": "Vera", "email": "vera@visitor.example", "chat_id": chat
    }  # fmt: skip
    assert (view["kind"], view["ground"], view["words"]) == (
        "restriction",
        "accuracy",
        "The address is contested",
    )
    for path in (f"/v1/chats/{chat}", f"/v1/chats/{chat}/events", f"/v1/chats/{chat}/export"):
        assert account.http.get(path).status_code == 404
    assert account.http.get(f"/v1/visitors/{hidden.visitor_id}").status_code == 404
    assert [each["id"] for each in all_items(account.http, "/v1/chats")] == [other.chat_id]
    assert all_items(account.http, "/v1/chats", q="Vera") == []
    assert json_of(account.http.get("/v1/visitors?email=vera@visitor.example"))["items"] == []
    said = account.http.post(
        f"/v1/chats/{chat}/messages", json={"id": hidden.visitor_id, "text": "Hi"}
    )
    assert said.status_code == 404
    assert lift(account, hidden).status_code == 204
    assert len(all_items(account.http, "/v1/chats")) == 2
    assert account.http.get(f"/v1/chats/{chat}").status_code == 200
    assert lift(account, hidden).status_code == 404


def test_twice_is_one_restriction(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    assert restrict(account, visitor)["id"] == restrict(account, visitor)["id"]
    assert len(all_items(account.http, "/v1/restrictions")) == 1
    assert lift(account, visitor).status_code == 204
    assert all_items(account.http, "/v1/restrictions") == []
    history = json_of(account.http.get(f"/v1/visitors/{visitor.visitor_id}/restrictions"))
    assert history["items"][0]["lifted_at"] is not None


def test_they_see_themselves_and_learn_what_stands(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    restrict(account, visitor)
    me = visitor.me
    assert me["visitor"]["name"] == "Vera"
    assert me["restriction"]["held"] is False
    assert me["restriction"]["yours"] is False
    assert len(visitor.events()) == 2
    # Correcting is what a restriction for accuracy is for.
    json_of(visitor.http.patch("/v1/widget/me", json={"name": "Vera Right"}))
    assert visitor.me["visitor"]["name"] == "Vera Right"
    own = visitor.http.get("/v1/widget/me/export")
    assert own.content[:2] == b"PK"
    assert visitor.http.delete("/v1/widget/me/restriction").json()["code"] == "not_yours_to_lift"
    assert visitor.http.post("/v1/widget/me/read", json={"seq": 1}).status_code == 204
    assert visitor.http.post("/v1/widget/me/typing", json={}).status_code == 204
    officers = account.http.get(f"/v1/visitors/{visitor.visitor_id}/export")
    assert b"Vera Right" not in officers.content[:64]
    assert officers.status_code == 200


def test_a_message_is_refused_plainly_and_goes_once_it_is_lifted(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    restrict(account, visitor)
    body = {"id": "0190a5f0-0000-7000-8000-000000000001", "text": "Is anybody there?"}
    refused = visitor.http.post("/v1/widget/me/messages", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "processing_restricted")
    assert len(visitor.events()) == 2
    assert lift(account, visitor).status_code == 204
    json_of(visitor.http.post("/v1/widget/me/messages", json=body), 201)
    assert account.events(visitor.chat_id)[-1]["params"]["text"] == "Is anybody there?"


def test_open_screens_forget_at_once_and_get_them_back(api: Api) -> None:
    account = api.sign_up()
    visitor, stays = talk(api, account), talk(api, account, "Stays")
    with closing(account.reader().read()) as operators, closing(visitor.reader().read()) as own:
        assert next(operators).name == next(own).name == "hello"
        restrict(account, visitor)
        signs = before(operators, stays.say("I stay")["id"])
        assert [frame.data for frame in signs if frame.name == "hidden"] == [
            {"visitor_id": visitor.visitor_id, "chat_id": visitor.chat_id}
        ], "the screens of operators were not told"
        # The visitor's own stream comes back, and is then nobody's business.
        assert next(frame for frame in own if frame.name != "presence").name == "bye"
    with closing(account.reader().read()) as operators, closing(visitor.reader().read()) as own:
        hello = next(operators)
        assert next(own).data["chat"]["id"] == visitor.chat_id
        assert visitor.visitor_id not in hello.data["visitors_online"]
        json_of(visitor.http.patch("/v1/widget/me", json={"name": "Nobody hears"}))
        for sign, body in (("typing", {}), ("read", {"seq": 2})):
            assert visitor.http.post(f"/v1/widget/me/{sign}", json=body).status_code == 204
        assert next(frame for frame in own if frame.id).data["type"] == "visitor-updated"
        other = talk(api, account, "Otto")
        heard = []
        for frame in operators:
            if frame.name == "presence" and frame.data["online"] is False:
                continue  # Whom they still saw a moment ago has left: that is no news of them.
            heard.append(json.dumps(frame.data))
            if other.visitor_id in heard[-1] and frame.id is not None:
                break
        assert not {visitor.visitor_id, visitor.chat_id} & set(
            re.findall(r"[0-9a-f-]{36}", str(heard))
        )
        assert lift(account, visitor).status_code == 204
        signs = before(operators, stays.say("Still here")["id"])
        shown = [frame.data["chat_id"] for frame in signs if frame.name == "shown"]
        assert shown == [visitor.chat_id], "the screens of operators were not told"


def test_they_can_be_erased(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    restrict(account, visitor)
    goes = json_of(account.http.get(f"/v1/visitors/{visitor.visitor_id}/erasure"))["stores"]
    assert goes["events"] == 2
    json_of(visitor.http.post("/v1/widget/me/erasure"), 202)
    assert visitor.http.get("/v1/widget/me").status_code == 401
    for _ in range(200):
        if not all_items(account.http, "/v1/restrictions"):
            return
        time.sleep(0.05)
    raise AssertionError("the restriction outlived its person")


@pytest.mark.parametrize(
    "body", [{}, {"ground": "mood"}, {"ground": "claims", "reason": "x" * 2001}]
)
def test_what_is_no_ground_is_refused(api: Api, body: dict[str, str]) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    answer = account.http.post(f"/v1/visitors/{visitor.visitor_id}/restriction", json=body)
    assert answer.status_code == 422


def test_the_list_is_paged(api: Api) -> None:
    account = api.sign_up()
    people = [talk(api, account, f"Person{number}") for number in range(3)]
    for each in people:
        restrict(account, each)
    first = json_of(account.http.get("/v1/restrictions?limit=2"))
    rest = json_of(account.http.get("/v1/restrictions", params={"after": first["next"]}))
    names = [each["visitor"]["name"] for each in first["items"] + rest["items"]]
    assert names == ["Person2", "Person1", "Person0"]


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_a_hold_restricts_and_several_stand_at_once(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    path = f"/v1/visitors/{visitor.visitor_id}/holds"
    holds = [
        json_of(account.http.post(path, json={"matter": matter, "review_at": in_days(90)}), 201)
        for matter in ("Vera v. Shop", "Police report 12")
    ]
    assert [each["words"] for each in holds] == ["Vera v. Shop", "Police report 12"]
    assert visitor.me["restriction"]["held"] is True
    for each in holds:
        assert account.http.get(f"/v1/chats/{visitor.chat_id}").status_code == 404
        assert account.http.delete(f"/v1/holds/{each['id']}").status_code == 204
        assert account.http.delete(f"/v1/holds/{each['id']}").status_code == 404
    assert account.http.get(f"/v1/chats/{visitor.chat_id}").status_code == 200
    assert visitor.me["restriction"] is None


@pytest.mark.parametrize("days", [-1, 185])
def test_a_hold_is_looked_at_within_six_months(api: Api, days: int) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    body = {"matter": "Vera v. Shop", "review_at": in_days(days)}
    answer = account.http.post(f"/v1/visitors/{visitor.visitor_id}/holds", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "review_too_far")


def test_a_hold_is_renewed(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    body = {"matter": "Vera v. Shop", "review_at": in_days(10)}
    made = json_of(account.http.post(f"/v1/visitors/{visitor.visitor_id}/holds", json=body), 201)
    body = {"review_at": in_days(180)}
    renewed = json_of(account.http.patch(f"/v1/holds/{made['id']}", json=body))
    assert renewed["review_at"] > made["review_at"]
    assert json_of(account.http.get("/v1/restrictions"))["items"][0] == renewed
