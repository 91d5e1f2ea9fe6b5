"""Merging visitors: two are one person, each as they were, and what is done is done to both."""

from __future__ import annotations

import io
import json
from contextlib import closing
from zipfile import ZipFile

import httpx
import pytest

from tests.conftest import Api
from tests.driving import Account, all_items, json_of
from tests.interface.rows import superuser
from tests.interface.team import join, with_token
from tests.product.visitors.people import (
    Person,
    come,
    hold,
    listed,
    merge,
    part,
    rows_about,
    until_erased,
)


@pytest.fixture
def account(api: Api) -> Account:
    return api.sign_up()


@pytest.fixture
def vera(api: Api, account: Account) -> Person:
    return come(api, account, "Vera")


@pytest.fixture
def phone(api: Api, account: Account) -> Person:
    """Vera again, on her phone."""
    return come(api, account, "Veraphone")


def test_one_card_shows_both(account: Account, vera: Person, phone: Person) -> None:
    card = json_of(merge(account, phone, vera))
    assert card == json_of(account.http.get(vera.path))
    assert (card["id"], card["name"], card["merged_into"]) == (vera.id, "Vera", None)
    assert [(each["id"], each["name"]) for each in card["merged"]] == [(phone.id, "Veraphone")]
    assert {(each["id"], each["visitor_id"]) for each in card["chats"]} == {
        (vera.chat_id, vera.id),
        (phone.chat_id, phone.id),
    }
    other = json_of(account.http.get(phone.path))
    assert (other["id"], other["merged_into"], other["merged"]) == (phone.id, vera.id, [])


def test_lists_show_the_person_once(account: Account, vera: Person, phone: Person) -> None:
    assert set(listed(account)) == {vera.id, phone.id}
    json_of(merge(account, phone, vera))
    assert listed(account) == [vera.id]
    # Found by what either said.
    for asked in ({"q": "veraph"}, {"email": "veraphone@visitor.example"}, {"q": "vera"}):
        assert listed(account, **asked) == [vera.id]
    assert listed(account, email="vera@visitor.example") == [vera.id]
    # Both chats are there to be answered.
    chats = {each["id"] for each in all_items(account.http, "/v1/chats", view="all")}
    assert chats == {vera.chat_id, phone.chat_id}


def test_each_widget_goes_on_with_its_own_chat(
    account: Account, vera: Person, phone: Person
) -> None:
    json_of(merge(account, phone, vera))
    vera.client.say("at home")
    phone.client.say("under way")
    assert [e["params"].get("text") for e in vera.client.events()][-1] == "at home"
    assert [e["params"].get("text") for e in phone.client.events()][-1] == "under way"
    for one, other in ((vera, phone), (phone, vera)):
        seen = one.client.http.get("/v1/widget/me").text + str(one.client.events())
        for mark in (other.id, other.chat_id, other.said["id"]):
            assert mark not in seen
        assert one.client.http.get("/v1/widget/me/export").status_code == 200
    assert phone.client.me["visitor"]["name"] == "Veraphone"


def test_it_is_undone(account: Account, vera: Person, phone: Person) -> None:
    before = [json_of(account.http.get(each.path)) for each in (vera, phone)]
    json_of(merge(account, phone, vera))
    assert part(account, phone).status_code == 204
    after = [json_of(account.http.get(each.path)) for each in (vera, phone)]
    moving = {"last_seen_at", "online"}
    for was, now in zip(before, after, strict=True):
        assert {k: v for k, v in was.items() if k not in moving} == {
            k: v for k, v in now.items() if k not in moving
        }
    assert set(listed(account)) == {vera.id, phone.id}
    assert part(account, phone).status_code == 404
    assert part(account, vera).status_code == 404


def test_there_are_no_chains(api: Api, account: Account, vera: Person, phone: Person) -> None:
    third = come(api, account, "Third")
    json_of(merge(account, phone, vera))
    assert json_of(merge(account, phone, vera))["id"] == vera.id, "twice is once"
    for one, into in ((third, phone), (vera, third), (phone, third)):
        answer = merge(account, one, into)
        assert (answer.status_code, answer.json()["code"]) == (409, "merged_already")
    json_of(merge(account, third, vera))
    card = json_of(account.http.get(vera.path))
    assert [each["id"] for each in card["merged"]] == sorted([phone.id, third.id])
    assert part(account, phone).status_code == 204
    assert [e["id"] for e in json_of(account.http.get(vera.path))["merged"]] == [third.id]


def test_with_whom_nobody_is_merged(
    api: Api, account: Account, vera: Person, phone: Person
) -> None:
    itself = merge(account, vera, vera)
    assert (itself.status_code, itself.json()["errors"][0]["field"]) == (422, "into")
    stranger = come(api, api.sign_up(), "Stranger")
    assert merge(account, stranger, vera).status_code == 404
    assert merge(account, vera, stranger).status_code == 422
    with superuser(account.server) as connection:
        [count] = connection.execute(
            "SELECT count(*) FROM visitors WHERE merged_into IS NOT NULL AND id = ANY(%s::uuid[])",
            ([vera.id, phone.id, stranger.id],),
        ).fetchone() or [None]
    assert count == 0


def test_who_may(api: Api, account: Account, vera: Person, phone: Person) -> None:
    with (
        closing(join(api.server, account, "operator")) as operator,
        closing(join(api.server, account, "administrator")) as administrator,
        with_token(api.server, account.http, "visitors:write") as token,
    ):
        for who in (operator, token):
            asked = who.post(f"{phone.path}/merge", json={"into": vera.id})
            assert asked.status_code == 403
        body = {"into": vera.id}
        assert administrator.post(f"{phone.path}/merge", json=body).status_code == 200
        assert operator.delete(f"{phone.path}/merge").status_code == 403
        assert json_of(operator.get(vera.path))["merged"][0]["id"] == phone.id


@pytest.mark.parametrize("first", [True, False])
def test_whoever_is_restricted_or_held_stays_as_they_are(
    account: Account, vera: Person, phone: Person, first: bool
) -> None:
    one, other = (vera, phone) if first else (phone, vera)
    body = {"ground": "claims"}
    json_of(account.http.post(f"{one.path}/restriction", json=body), 201)
    answer = merge(account, phone, vera)
    assert (answer.status_code, answer.json()["code"]) == (409, "processing_restricted")
    assert account.http.delete(f"{one.path}/restriction").status_code == 204
    held = hold(account, one)
    answer = merge(account, phone, vera)
    assert (answer.status_code, answer.json()["code"]) == (409, "held")
    assert account.http.delete(f"/v1/holds/{held['id']}").status_code == 204
    json_of(merge(account, phone, vera))
    held = hold(account, other)
    assert part(account, phone).json()["code"] == "held"
    assert account.http.delete(f"/v1/holds/{held['id']}").status_code == 204
    assert part(account, phone).status_code == 204


@pytest.mark.parametrize("through", [True, False], ids=["the-person", "who-was-merged"])
def test_restricting_one_restricts_both(
    account: Account, vera: Person, phone: Person, through: bool
) -> None:
    json_of(merge(account, phone, vera))
    one, other = (vera, phone) if through else (phone, vera)
    json_of(account.http.post(f"{one.path}/restriction", json={"ground": "accuracy"}), 201)
    for each in (vera, phone):
        assert account.http.get(each.path).status_code == 404
        assert each.client.me["restriction"] is not None
    assert all_items(account.http, "/v1/chats", view="all") == []
    standing = all_items(account.http, "/v1/restrictions")
    assert {each["visitor"]["id"] for each in standing} == {vera.id, phone.id}
    assert account.http.delete(f"{other.path}/restriction").status_code == 204
    assert json_of(account.http.get(vera.path))["merged"][0]["id"] == phone.id
    assert all_items(account.http, "/v1/restrictions") == []


def test_holding_one_holds_both(account: Account, vera: Person, phone: Person) -> None:
    json_of(merge(account, phone, vera))
    one, another = hold(account, vera), hold(account, phone)
    assert len(all_items(account.http, "/v1/restrictions")) == 4
    erasure = json_of(account.http.delete(phone.path), 202)["erasure"]
    assert erasure["status"] == "waiting"
    assert account.http.delete(f"/v1/holds/{one['id']}").status_code == 204
    assert len(all_items(account.http, "/v1/restrictions")) == 2
    assert json_of(account.http.get(f"/v1/erasures/{erasure['id']}"))["status"] == "waiting"
    # With the last one both are erased, by themselves.
    assert account.http.delete(f"/v1/holds/{another['id']}").status_code == 204
    for each in all_items(account.http, "/v1/erasures"):
        until_erased(account, each["id"])
    assert len(all_items(account.http, "/v1/erasures")) == 2
    assert rows_about(account, vera, phone) == 0


@pytest.mark.parametrize("through", [True, False], ids=["the-person", "who-was-merged"])
def test_erasing_one_erases_both(
    account: Account, vera: Person, phone: Person, through: bool
) -> None:
    json_of(merge(account, phone, vera))
    one = vera if through else phone
    goes = json_of(account.http.get(f"{one.path}/erasure"))["stores"]
    assert (goes["visitors"], goes["chats"]) == (2, 2)
    asked = json_of(account.http.delete(one.path), 202)["erasure"]
    erasures = [each["id"] for each in all_items(account.http, "/v1/erasures")]
    assert asked["id"] in erasures
    assert len(erasures) == 2
    for erasure_id in erasures:
        until_erased(account, erasure_id)
    for each in (vera, phone):
        assert each.client.http.get("/v1/widget/me").status_code == 401
    assert rows_about(account, vera, phone) == 0


def test_whoever_is_no_longer_merged_stays(account: Account, vera: Person, phone: Person) -> None:
    json_of(merge(account, phone, vera))
    assert part(account, phone).status_code == 204
    until_erased(account, json_of(account.http.delete(vera.path), 202)["erasure"]["id"])
    assert listed(account) == [phone.id]
    assert rows_about(account, vera) == 0
    assert phone.client.me["visitor"]["name"] == "Veraphone"


def test_the_audit_log_says_it_of_each(account: Account, vera: Person, phone: Person) -> None:
    json_of(merge(account, phone, vera))
    json_of(account.http.post(f"{vera.path}/restriction", json={"ground": "claims"}), 201)
    assert account.http.delete(f"{vera.path}/restriction").status_code == 204
    assert part(account, phone).status_code == 204
    lines = json_of(account.http.get("/v1/audit"))["items"]
    done = {(line["action"], line["target_id"]) for line in lines}
    assert {
        ("visitor-merged", phone.id),
        ("visitor-merged-into", vera.id),
        ("visitor-parted", phone.id),
        *((what, who.id) for what in ("restricted", "restriction-lifted") for who in (vera, phone)),
    } <= done


def test_a_copy_of_the_person_holds_both(account: Account, vera: Person, phone: Person) -> None:
    json_of(merge(account, phone, vera))
    for one, other in ((vera, phone), (phone, vera)):
        with copy_of(account.http.get(f"{one.path}/export")) as copy:
            folder = f"merged/{other.id}/"
            for person, within in ((one, ""), (other, folder)):
                profile = json.loads(copy.read(f"{within}profile.json"))
                assert profile["id"] == person.id
                chat = json.loads(copy.read(f"{within}conversations/{person.chat_id}.json"))
                assert person.said["id"] in {event["id"] for event in chat["events"]}
            manifest = json.loads(copy.read("manifest.json"))
            assert (manifest["subject"]["id"], manifest["merged"]) == (one.id, [other.id])
            assert manifest["counts"]["conversations"] == 2
            assert {each["name"] for each in manifest["files"]} == {*copy.namelist()} - {
                "manifest.json"
            }
        # Their own widget gives what is its own.
        with copy_of(one.client.http.get("/v1/widget/me/export")) as copy:
            assert not [name for name in copy.namelist() if name.startswith("merged/")]
            assert other.id not in copy.read("index.html").decode()


def test_who_said_no_as_another_is_not_among_those_who_said_yes(
    account: Account, vera: Person, phone: Person
) -> None:
    asked = {"enabled": True, "texts": {"en": "May we write to you?"}}
    request = {"enabled": True, "marketing": asked}
    json_of(account.http.patch("/v1/settings", json={"email_request": request}))
    json_of(vera.client.http.patch("/v1/widget/me", json={"marketing": "yes"}))
    json_of(phone.client.http.patch("/v1/widget/me", json={"marketing": "no"}))
    assert listed(account, marketing="yes") == [vera.id]
    json_of(merge(account, phone, vera))
    assert listed(account, marketing="yes") == []
    assert part(account, phone).status_code == 204
    assert listed(account, marketing="yes") == [vera.id]


def copy_of(answer: httpx.Response) -> ZipFile:
    """Opens the ZIP of an answer."""
    assert answer.status_code == 200, answer.text
    return ZipFile(io.BytesIO(answer.content))
