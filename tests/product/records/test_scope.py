"""Whose data was in scope: exactly those whom the holder of a credential reached."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from chathaven.base.clock import now
from tests.conftest import Api
from tests.driving import Account, VisitorClient, json_of
from tests.interface.rows import superuser


def breach(account: Account) -> str:
    """A breach to ask about."""
    body = {"title": "A stolen token", "aware_at": now().isoformat()}
    return str(json_of(account.http.post("/v1/breaches", json=body), 201)["id"])


def token(account: Account, *scopes: str) -> tuple[str, httpx.Client]:
    """A token, and who carries it."""
    body = {"name": "x", "scopes": list(scopes)}
    made = json_of(account.http.post("/v1/tokens", json=body), 201)
    headers = {"authorization": f"Bearer {made['token']}"}
    return str(made["id"]), account.server.http(headers=headers)


def scope(account: Account, breach_id: str, kind: str, id: str, **window: Any) -> dict[str, Any]:
    """Asks whose data was in scope."""
    body = {
        "kind": kind,
        "id": id,
        "since": (now() - timedelta(hours=1)).isoformat(),
        "until": (now() + timedelta(minutes=1)).isoformat(),
        **window,
    }
    return json_of(account.http.post(f"/v1/breaches/{breach_id}/scopes", json=body), 201)


def people(account: Account, breach_id: str, found: dict[str, Any]) -> dict[str, str]:
    """Who was in scope, and how certainly."""
    answer = account.http.get(f"/v1/breaches/{breach_id}/scopes/{found['id']}/file")
    assert answer.status_code == 200, answer.text
    rows = csv.DictReader(io.StringIO(answer.text))
    return {row["visitor_id"]: row["certainty"] for row in rows}


def came(api: Api, account: Account) -> VisitorClient:
    """A visitor who wrote."""
    visitor = api.visitor(account.site_key)
    visitor.say("Hello")
    return visitor


def test_exactly_those_who_were_opened(api: Api) -> None:
    account = api.sign_up()
    opened, carded, untouched = (came(api, account) for _ in range(3))
    token_id, thief = token(account, "chats:read", "visitors:read")
    with thief:
        assert thief.get(f"/v1/chats/{opened.chat_id}/events").status_code == 200
        assert thief.get(f"/v1/visitors/{carded.visitor_id}").status_code == 200
        assert thief.get(f"/v1/chats/{uuid4()}/events").status_code == 404
    # The owner's own reading is not the token's.
    assert account.http.get(f"/v1/chats/{untouched.chat_id}/events").status_code == 200
    about = breach(account)
    found = scope(account, about, "token", token_id)
    assert people(account, about, found) == {
        opened.visitor_id: "opened",
        carded.visitor_id: "opened",
    }
    assert found["counts"]["people"] == {"opened": 2, "delivered": 0, "listed": 0}
    assert found["counts"]["stores"]["events"] == {"opened": 2}
    assert found["counts"]["categories"]["content"]["opened"] >= 2
    mine = scope(account, about, "operator", account.operator_id)
    assert set(people(account, about, mine)) == {
        each.visitor_id for each in (opened, carded, untouched)
    }
    kept = json_of(account.http.get(f"/v1/breaches/{about}/scopes"))["items"]
    assert [each["id"] for each in kept] == [mine["id"], found["id"]]


def test_what_was_listed_or_followed_is_told_apart(api: Api) -> None:
    account = api.sign_up()
    first = came(api, account)
    token_id, thief = token(account, "chats:read")
    with thief:
        assert thief.get("/v1/chats").status_code == 200
        with thief.stream("GET", "/v1/stream") as stream:
            assert stream.status_code == 200
            second = came(api, account)
    about = breach(account)
    found = scope(account, about, "token", token_id)
    assert people(account, about, found) == {
        first.visitor_id: "listed",
        second.visitor_id: "delivered",
    }


def test_outside_the_window_is_out_of_scope(api: Api) -> None:
    account = api.sign_up()
    visitor = came(api, account)
    account.http.get(f"/v1/chats/{visitor.chat_id}/events")
    about = breach(account)
    window = {
        "since": (now() - timedelta(hours=3)).isoformat(),
        "until": (now() - timedelta(hours=2)).isoformat(),
    }
    found = scope(account, about, "operator", account.operator_id, **window)
    assert found["counts"]["people"]["opened"] == 0
    body = {"kind": "token", "id": str(uuid4()), "since": window["until"], "until": window["since"]}
    refused = account.http.post(f"/v1/breaches/{about}/scopes", json=body)
    assert refused.status_code == 422
    # What lies before the first year could be kept and never read again.
    body |= {"since": "0001-01-01T00:00:00+14:00", "until": window["until"]}
    refused = account.http.post(f"/v1/breaches/{about}/scopes", json=body)
    assert refused.status_code == 422
    assert len(json_of(account.http.get(f"/v1/breaches/{about}/scopes"))["items"]) == 1


def test_what_a_change_shows_was_opened_also_where_nothing_changes(api: Api) -> None:
    account = api.sign_up()
    chat, card = came(api, account), came(api, account)
    token_id, thief = token(account, "chats:write", "visitors:write")
    with thief:
        assert "Hello" in thief.patch(f"/v1/chats/{chat.chat_id}", json={}).text
        assert thief.patch(f"/v1/visitors/{card.visitor_id}", json={}).status_code == 200
    about = breach(account)
    found = scope(account, about, "token", token_id)
    assert people(account, about, found) == {chat.visitor_id: "opened", card.visitor_id: "opened"}


def test_what_was_begun_before_the_window_goes_on_in_it(api: Api) -> None:
    """Reading again in a quarter of an hour makes no line, and a stream makes one when it opens."""
    account = api.sign_up()
    opened, before = came(api, account), came(api, account)
    token_id, thief = token(account, "chats:read")
    with thief:
        assert thief.get(f"/v1/chats/{opened.chat_id}/events").status_code == 200
        with thief.stream("GET", "/v1/stream") as stream:
            assert stream.status_code == 200
            window = {"since": now().isoformat()}
            assert thief.get(f"/v1/chats/{opened.chat_id}/events").status_code == 200
            delivered = came(api, account)
    about = breach(account)
    found = scope(account, about, "token", token_id, **window)
    assert people(account, about, found) == {
        opened.visitor_id: "opened",
        delivered.visitor_id: "delivered",
    }
    assert before.visitor_id not in str(found)


def test_the_erased_leave_numbers_alone(api: Api) -> None:
    account = api.sign_up()
    visitor = came(api, account)
    account.http.get(f"/v1/chats/{visitor.chat_id}/events")
    about = breach(account)
    found = scope(account, about, "operator", account.operator_id)
    assert set(people(account, about, found)) == {visitor.visitor_id}
    asked = account.http.delete(f"/v1/visitors/{visitor.visitor_id}")
    assert asked.status_code == 202
    with superuser(account.server) as database:
        for _ in range(200):
            row = database.execute(
                "SELECT count(*) FROM breach_people WHERE visitor_id = %s",
                (UUID(visitor.visitor_id),),
            ).fetchone()
            database.rollback()
            if row == (0,):
                break
            database.execute("SELECT pg_sleep(0.05)")
    assert people(account, about, found) == {}
    [kept] = json_of(account.http.get(f"/v1/breaches/{about}/scopes"))["items"]
    assert kept["counts"]["people"]["opened"] == 1
    again = scope(account, about, "operator", account.operator_id)
    assert again["counts"]["gone"] >= 1


def test_other_accounts_have_no_part_in_it(api: Api) -> None:
    ours, theirs = api.sign_up(), api.sign_up()
    visitor = came(api, theirs)
    theirs.http.get(f"/v1/chats/{visitor.chat_id}/events")
    about = breach(ours)
    found = scope(ours, about, "operator", theirs.operator_id)
    assert people(ours, about, found) == {}
    answer = theirs.http.get(f"/v1/breaches/{about}/scopes/{found['id']}/file")
    assert answer.status_code == 404
