"""Two companies on one server: neither sees, changes or even notices the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chathaven.base.ids import new_id
from tests.driving import Reader, Server
from tests.interface.described import Route, unknown_ids
from tests.interface.rows import state_of
from tests.interface.team import CANARY, Company, bearer, with_token

NAMES_FOR_ALL = {"site_key", "certificate_id"}
"""What stands in the source of public pages is no secret and opens only what is public."""


TELLS_WHAT_WE_ASKED = {"GET /v1/breaches/{breach_id}/scopes"}
"""Lists of our own questions, in which the ids stand that this test has asked about before."""


def callers(server: Server, company: Company) -> Iterator[tuple[str, httpx.Client]]:
    yield "owner", company.owner
    with with_token(server, company.owner, "*") as client:
        yield "token", client


def told(answer: httpx.Response) -> tuple[int, bytes]:
    """Returns all that an answer tells."""
    return answer.status_code, answer.content


def body_of(route: Route) -> dict[str, Any]:
    body = route.body()
    return {} if body is None else {"json": body}


def test_foreign_ids_in_addresses_do_not_exist(
    server: Server, all_routes: list[Route], ours: Company, theirs: Company
) -> None:
    before = state_of(server, theirs.account.account_id)
    tried = 0
    for who, client in callers(server, ours):
        for route in all_routes:
            if not set(route.path_ids) - NAMES_FOR_ALL:
                continue
            body = body_of(route)
            # What is the visitors' own, a visitor of ours tries.
            caller = ours.visitor.http if route.may == "visitor" else client
            foreign = caller.request(route.method, route.address(theirs.ids), **body)
            unknown = caller.request(route.method, route.address(unknown_ids()), **body)
            cookies_only = who == "token" and foreign.status_code == 403
            assert foreign.status_code == 404 or cookies_only, f"{who}: {route}: {foreign.text}"
            assert told(foreign) == told(unknown), f"{who}: {route}"
            tried += 1
    assert tried >= 26
    assert state_of(server, theirs.account.account_id) == before


@pytest.mark.parametrize("visitor", [False, True], ids=["operators", "visitor"])
def test_foreign_ids_in_queries_and_bodies_are_as_unknown(
    server: Server, all_routes: list[Route], ours: Company, theirs: Company, visitor: bool
) -> None:
    before = state_of(server, theirs.account.account_id)
    tried = 0
    who_calls = [("visitor", ours.visitor.http)] if visitor else callers(server, ours)
    for who, client in who_calls:
        for route in all_routes:
            if route.is_stream or visitor is not (route.may == "visitor"):
                continue
            for place, name, id in foreign_places(route, theirs.ids):
                request = filled(route, place, name, id)
                # Our own ids in the address, so that it gets as far as it can.
                address = route.address(ours.ids | {"site_key": ours.account.site_key})
                foreign = client.request(route.method, address, **request)
                unknown = client.request(
                    route.method, address, **filled(route, place, name, str(new_id()))
                )
                assert foreign.status_code == unknown.status_code, f"{who}: {route}: {request}"
                if foreign.status_code >= 400:
                    assert told(foreign) == told(unknown), f"{who}: {route}: {request}"
                if str(route) in TELLS_WHAT_WE_ASKED:
                    continue
                # The id that was sent may be told back; the rest of the company may not.
                told_of = [each for each in theirs.ids.values() if each != id]
                assert not [each for each in told_of if each in foreign.text], f"{who}: {route}"
                tried += 1
    assert tried >= 10
    assert state_of(server, theirs.account.account_id) == before


def foreign_places(route: Route, ids: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Gives each of the other company's ids in each place that takes an id."""
    for id in sorted(set(ids.values())):
        for name in route.uuid_fields():
            yield "json", name, id
        for name, schema in route.queries():
            known = route.resolved(schema)
            if known.get("type") == "string" and "enum" not in known:
                yield "params", name, id


def filled(route: Route, place: str, name: str, id: str) -> dict[str, Any]:
    """Returns a request with an id in one place."""
    if place == "params":
        return {"params": {name: id}}
    return {"json": (route.body() or {}) | {name: id}}


def test_lists_and_searches_hold_nothing_of_others(
    server: Server, all_routes: list[Route], theirs: Company, ours: Company
) -> None:
    # Ours is told from theirs by id: both bear the canary.
    for who, client in callers(server, ours):
        for route in all_routes:
            if route.method != "GET" or route.path_ids or route.is_stream:
                continue
            for query in (
                {},
                {"q": CANARY},
                {"email": f"{CANARY}.{theirs.visitor.visitor_id}@example.com"},
            ):
                answer = client.get(route.path, params=query)
                for id in theirs.ids.values():
                    assert id not in answer.text, f"{who}: {route} {query}"


def test_streams_carry_nothing_of_others(server: Server, ours: Company, theirs: Company) -> None:
    feed, chat = ours.account.reader(), ours.visitor.reader()
    feed.last_id = hello_of(feed)["position"]
    chat.last_id = hello_of(chat)["chat"]["last_seq"]
    theirs.visitor.say("from another company")
    theirs.visitor.http.post("/v1/widget/me/typing", json={})
    theirs.account.say(theirs.ids["chat_id"], "an answer there")
    ours.visitor.say("the last")
    for reader in (feed, chat):
        seen = reader.until(lambda event: event.data.get("params", {}).get("text") == "the last")
        text = str([event.data for event in seen])
        assert not [id for id in theirs.ids.values() if id in text]


def hello_of(reader: Reader) -> dict[str, Any]:
    """Returns what a stream begins with."""
    return reader.until(lambda event: event.name == "hello", 10)[-1].data


@pytest.mark.parametrize("last", ["1", "2", "999"])
def test_a_foreign_position_on_a_stream_shows_nothing(
    ours: Company, theirs: Company, last: str
) -> None:
    reader = ours.account.reader()
    reader.last_id = int(last)
    seen = reader.until(lambda event: event.name in {"message", "reset", "hello"})
    text = str([event.data for event in seen])
    assert not [id for id in theirs.ids.values() if id in text]


def test_two_visitors_of_one_site(server: Server, ours: Company) -> None:
    stranger = bearer(server, _token_of_a_new_visitor(server, ours))
    with stranger:
        assert stranger.get("/v1/widget/me/events").json()["items"] == []
        mine = stranger.get("/v1/widget/me").text
        for name in ("visitor_id", "chat_id", "message_id"):
            assert ours.ids[name] not in mine
        body = {"id": ours.ids["message_id"], "text": "the same id"}
        sent = stranger.post("/v1/widget/me/messages", json=body)
        assert sent.status_code == 201
        assert sent.json()["chat_id"] != ours.ids["chat_id"]
    assert ours.visitor.events()[0]["params"]["text"] != "the same id"


def _token_of_a_new_visitor(server: Server, company: Company) -> str:
    address = f"{server.url}/v1/widget/{company.account.site_key}/visitors"
    return str(httpx.post(address, json={"language": "en"}, timeout=30).json()["token"])
