"""Every list, search, file and stream with a restricted person present: nothing of them (A-18-1).

Generated from the OpenAPI document, so that a new list is tried by itself.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from tests.conftest import Api
from tests.driving import Server, VisitorClient, json_of
from tests.interface.described import Route
from tests.interface.team import CANARY, Company, join, with_token

ABOUT_RIGHTS = {
    "GET /v1/restrictions": "the one list that shows who is restricted",
    "GET /v1/audit": "what was done, by ids alone",
    "GET /v1/audit/file": "what was done, by ids alone",
}
"""Lists that may name a restricted person, and why."""
SECRET = "Quetzalcoatl"


def hidden_person(api: Api, ours: Company) -> tuple[VisitorClient, dict[str, str]]:
    """Makes a person with everything, and restricts them; returns what must be seen nowhere."""
    visitor = api.visitor(ours.account.site_key)
    said = visitor.say(f"My name is {SECRET}")
    ours.account.say(said["chat_id"], f"Hello {SECRET}")
    profile = {"name": SECRET, "email": f"{SECRET}@visitor.example"}
    json_of(visitor.http.patch("/v1/widget/me", json=profile))
    path = f"/v1/visitors/{visitor.visitor_id}/restriction"
    json_of(ours.owner.post(path, json={"ground": "claims"}), 201)
    marks = {"visitor": visitor.visitor_id, "chat": said["chat_id"], "words": SECRET}
    return visitor, marks


def lists(all_routes: list[Route]) -> list[Route]:
    return [
        route
        for route in all_routes
        if route.method == "GET"
        and not route.path_ids
        and not route.is_stream
        and not route.path.startswith("/v1/widget/")
        and str(route) not in ABOUT_RIGHTS
    ]


def queries(route: Route) -> list[dict[str, Any]]:
    """Returns the ways to ask a list, with every word that a closed list of its takes."""
    asked: list[dict[str, Any]] = [
        {},
        {"q": SECRET},
        {"q": SECRET.lower()},
        {"email": f"{SECRET}@visitor.example"},
    ]
    for name, schema in route.queries():
        asked += [{name: word} for word in route.resolved(schema).get("enum", ()) if word]
    return asked


def test_no_list_or_search_shows_them(
    server: Server, api: Api, all_routes: list[Route], ours: Company
) -> None:
    _, marks = hidden_person(api, ours)
    tried = 0
    with with_token(server, ours.owner, "*") as token:
        for who, client in (("owner", ours.owner), ("token", token)):
            for route in lists(all_routes):
                for query in queries(route):
                    answer = client.get(route.path, params=query)
                    shown = [name for name, mark in marks.items() if mark in answer.text]
                    assert not shown, f"{who}: {route} {query} shows {shown}"
                    tried += answer.status_code == 200
    assert tried > 60
    # The same looks find those who are not restricted.
    assert CANARY in ours.owner.get("/v1/chats").text


def test_nothing_of_theirs_is_reached_by_id(
    server: Server, api: Api, all_routes: list[Route], ours: Company
) -> None:
    _, marks = hidden_person(api, ours)
    ids = ours.ids | {"visitor_id": marks["visitor"], "chat_id": marks["chat"]}
    tried = 0
    with closing(join(server, ours.account, "operator")) as operator:
        for route in all_routes:
            if not {"visitor_id", "chat_id"} & set(route.path_ids) or route.is_stream:
                continue
            body = route.body()
            request: dict[str, Any] = {} if body is None else {"json": body}
            answer = operator.request(route.method, route.address(ids), **request)
            assert answer.status_code in {403, 404}, f"{route}: {answer.text}"
            tried += answer.status_code == 404
    assert tried >= 9


def test_their_own_widget_works_on(api: Api, all_routes: list[Route], ours: Company) -> None:
    visitor, marks = hidden_person(api, ours)
    looked = [
        route
        for route in all_routes
        if route.may == "visitor" and route.method == "GET" and not route.is_stream
    ]
    for route in looked:
        if not route.path_ids:
            answer = visitor.http.get(route.path)
            assert answer.status_code == 200, f"{route}: {answer.text}"
    assert marks["chat"] in visitor.http.get("/v1/widget/me").text
    assert len(looked) >= 3


def test_streams_read_on_without_them(api: Api, ours: Company) -> None:
    _, marks = hidden_person(api, ours)
    reader = ours.account.reader(last_id=0)
    ours.visitor.say("the last")
    seen = reader.until(lambda event: event.data.get("params", {}).get("text") == "the last")
    text = json.dumps([event.data for event in seen])
    assert not [mark for mark in marks.values() if mark in text]
