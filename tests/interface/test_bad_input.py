"""Whatever is sent: an answer that says what is wrong, and nothing is stored."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from chathaven.base.ids import new_id
from tests.conftest import Api
from tests.driving import Server
from tests.ground import private_folder
from tests.interface.described import LARGE, Route, is_problem, unknown_ids
from tests.interface.rows import stored
from tests.interface.team import Company, let_go, settle
from tests.interface.wrong import WRONG_BYTES, WRONG_VALUES

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:  # of these tests alone, for they count all its rows
    with private_folder() as folder, Server(folder) as running:
        yield running


@pytest.fixture(scope="module")
def ours(server: Server) -> Iterator[Company]:
    api = Api(server)
    yield settle(server, api)
    api.close()


def takers(routes: list[Route], company: Company) -> Iterator[tuple[Route, httpx.Client, str]]:
    """Gives every route that takes a body, with who may send it and where."""
    ids = company.ids | {"site_key": company.account.site_key}
    for route in routes:
        if route.body_schema() is not None:
            client = company.visitor.http if route.may == "visitor" else company.owner
            yield route, client, route.address(ids)


@pytest.mark.parametrize("name", WRONG_BYTES)
def test_what_is_not_json_is_refused_everywhere(
    server: Server, all_routes: list[Route], ours: Company, name: str
) -> None:
    before = stored(server)
    for route, client, path in takers(all_routes, ours):
        answer = client.request(route.method, path, content=WRONG_BYTES[name], headers=JSON)
        problem = is_problem(answer, f"{route} {name}")
        assert answer.status_code in (400, 422), f"{route} {name}: {answer.text}"
        assert problem["code"] in ("malformed", "invalid"), f"{route} {name}: {answer.text}"
    assert stored(server) == before


def test_a_body_of_another_kind_is_refused_everywhere(
    server: Server, all_routes: list[Route], ours: Company
) -> None:
    before = stored(server)
    for route, client, path in takers(all_routes, ours):
        body = json.dumps(route.body()).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "text/json", "", "x"):
            answer = client.request(
                route.method, path, content=body, headers={"content-type": kind}
            )
            problem = is_problem(answer, f"{route} {kind}")
            assert (answer.status_code, problem["code"]) == (415, "unsupported_media"), route
        large = client.request(
            route.method, path, content=body[:-1] + b" " * 65_536 + b"}", headers=JSON
        )
        assert (large.status_code, is_problem(large, str(route))["code"]) == (413, "too_large")
    assert stored(server) == before


def test_unknown_fields_are_refused_by_name(
    server: Server, all_routes: list[Route], ours: Company
) -> None:
    before = stored(server)
    for route, client, path in takers(all_routes, ours):
        body = (route.body() or {}) | {"is_admin": True}
        answer = client.request(route.method, path, json=body)
        assert answer.status_code == 422, f"{route}: {answer.text}"
        fields = [each["field"] for each in is_problem(answer, str(route))["errors"]]
        assert fields == ["is_admin"], route
    assert stored(server) == before


def test_missing_fields_are_named(all_routes: list[Route], ours: Company) -> None:
    for route, client, path in takers(all_routes, ours):
        for name in route.body() or {}:
            body = {key: value for key, value in (route.body() or {}).items() if key != name}
            answer = client.request(route.method, path, json=body)
            assert answer.status_code == 422, f"{route} {name}: {answer.text}"
            assert is_problem(answer, str(route))["errors"][0]["field"] == name


def test_wrong_values_are_refused_by_field(all_routes: list[Route], ours: Company) -> None:
    """What a field does not refuse it takes, and then the answer is one of the good ones."""
    try:
        assert refused_wrong_values(all_routes, ours) > 300
    finally:
        let_go(ours)


def refused_wrong_values(all_routes: list[Route], ours: Company) -> int:
    """Sends wrong values to every field; returns how many were refused by the field's name."""
    refused = 0
    for route, client, path in takers(all_routes, ours):
        for name in route.fields():
            for value in WRONG_VALUES:
                body = (route.body() or {}) | {name: value}
                answer = client.request(route.method, path, json=body)
                place = f"{route} {name}={str(value)[:40]!r}: {answer.text[:300]}"
                assert answer.status_code < 500, place
                if answer.status_code < 400:
                    continue
                problem = is_problem(answer, place)
                if problem["code"] == "invalid":
                    refused += 1
                    fields = [each["field"] for each in problem["errors"]]
                    assert any(each.startswith(name) for each in fields), place
                    # What was sent may be personal, and is not told back.
                    assert "DROP TABLE" not in answer.text, place
                assert "set-cookie" not in answer.headers, place
    return refused


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1", "limit=0", "limit=201", "limit=" + "9" * 30, "limit=x", "limit=", "limit=1.5",
        "after=garbage", "after=%00", "after=%ff", "after=-1", "after=" + "9" * 30,
        "after=" + "x" * 5_000, "q=" + "x" * 5_000, "email=" + "x" * 5_000, "view=nothing",
        "before=-1", "before=" + "9" * 30, "q=%00", "q=%ed%a0%80", "email=%00", "a=b", "limit",
        "limit=1&limit=x", "%00=1", "q=%F0%9F%92%A9", "=", "&&&",
    ],
)  # fmt: skip
def test_queries_are_judged(all_routes: list[Route], ours: Company, query: str) -> None:
    for route in all_routes:
        if route.method != "GET" or route.is_stream:
            continue
        if "signature_id" in route.path_ids:
            # A company that is its own host signs nothing; tests/product/legal has one that does.
            continue
        if str(route) in LARGE and query not in ("a=b", "after=%ff", "q=%00"):
            continue
        client = ours.visitor.http if route.may == "visitor" else ours.owner
        path = route.address(ours.ids | {"site_key": ours.account.site_key})
        answer = client.get(f"{path}?{query}")
        name = query.partition("=")[0]
        if answer.status_code != 200:
            assert answer.status_code == 422, f"{route}?{query[:60]}: {answer.text}"
            assert is_problem(answer, f"{route}?{query[:60]}")["errors"][0]["field"] == name
        known = {each for each, _ in route.queries()}
        assert str(route) not in LARGE or not known & {"limit", "after", "before", "q", "email"}
        if name == "limit" and name in known and query != "limit=1&limit=x":
            assert answer.status_code == 422, f"{route}?{query}"


@pytest.mark.parametrize(
    "end",
    ["xx", "..%2f..%2fetc", "%00", "%ff", "%0d%0aset-cookie:%20a=b", "x" * 8_000, "{}", "%2e%2e",
     "00000000-0000-0000-0000-000000000000", "' OR 1=1 --", "%F0%9F%92%A9"],
)  # fmt: skip
@pytest.mark.parametrize(
    "start",
    ["/v1/chats/", "/v1/visitors/", "/v1/widget/", "/v1/nothing/", "/frame/", "/try/", "/assets/"],
)
def test_addresses_that_are_none(server: Server, ours: Company, start: str, end: str) -> None:
    answer = ours.owner.get(start + end)
    assert answer.status_code == 404, answer.text
    assert is_problem(answer, start + end)["code"] == "not_found"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("last", ["abc", "-1", "1" * 400, "1e3", "0x1", "٣"])
def test_a_last_event_id_that_is_none(ours: Company, last: str) -> None:
    for client, path in ((ours.owner, "/v1/stream"), (ours.visitor.http, "/v1/widget/me/stream")):
        answer = client.get(path, headers=[(b"last-event-id", last.encode())])
        assert answer.status_code == 422
        assert is_problem(answer, last)["errors"][0]["field"] == "Last-Event-ID"


@pytest.mark.parametrize("method", ["PUT", "TRACE", "HEAD", "OPTIONS", "PATCH", "DELETE", "POST"])
def test_methods_that_an_address_does_not_take(
    server: Server, all_routes: list[Route], method: str
) -> None:
    taken: dict[str, set[str]] = {}
    ids = unknown_ids()
    for route in all_routes:
        taken.setdefault(route.address(ids), set()).add(route.method)
    with server.http() as client:
        for path, methods in taken.items():
            if method in methods:
                continue
            answer = client.request(method, path)
            if method == "OPTIONS":
                assert answer.status_code == 204, path
            else:
                assert answer.status_code == 405, path
            allowed = set(answer.headers["allow"].split(", ")) - {"OPTIONS"}
            # The framework also names methods of an address with a parameter in the same place.
            assert methods <= allowed, path


@pytest.mark.parametrize(
    "text",
    [
        "👩🏽‍🚀🏳️‍🌈",
        "e\u0301 and é stay apart",
        "Zalgo: h\u0336\u0321e\u0337l\u0338p",
        "مرحبا بالعالم",
        "\u202eright to left\u202c",
        "שלום",
        "漢字かな交じり文",
        "tab\tand\nline\r\nend",
        '<script>alert(1)</script><img src=x onerror="alert(1)">',
        "{{7*7}} ${7*7} %s %00 \\u0000",
        "'; DROP TABLE events; --",
        "x" * 10_000,
        "👩" * 10_000,
        "\x01\x02\x1b[31m",
        "\ufeffbom",
        "\U0010ffff",
    ],
)
def test_texts_are_kept_exactly(ours: Company, text: str) -> None:
    sent = ours.visitor.say(text)
    for events in (ours.visitor.events(), ours.account.events(ours.ids["chat_id"])):
        [event] = [each for each in events if each["id"] == sent["id"]]
        assert event["params"] == {"text": text}


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t\r", "\u2003\u2028", "\u200b\u200d", "\u202e", "\ufeff"]
)
def test_a_blank_text_is_no_message(ours: Company, text: str) -> None:
    before = len(ours.visitor.events())
    for client, path in (
        (ours.visitor.http, "/v1/widget/me/messages"),
        (ours.owner, f"/v1/chats/{ours.ids['chat_id']}/messages"),
    ):
        body = {"id": str(new_id()), "text": text}
        answer = client.post(path, json=body)
        assert answer.status_code == 422
        assert is_problem(answer, path)["errors"][0]["field"] == "text"
    assert len(ours.visitor.events()) == before


def test_a_key_that_comes_twice_counts_once(ours: Company) -> None:
    body = b'{"id":"%s","text":"first","text":"second"}' % str(new_id()).encode()
    answer = ours.visitor.http.post("/v1/widget/me/messages", content=body, headers=JSON)
    assert answer.status_code == 201
    assert ours.visitor.events()[-1]["params"]["text"] == "second"


def test_a_head_without_an_end_is_not_kept(server: Server) -> None:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"b" * 70_000)
        assert line.recv(100).startswith(b"HTTP/1.1 431 ")
