"""The direct way of a visitor's message: it takes what is in order, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from chathaven.base.ids import new_id
from chathaven.product.messages.direct import send_directly
from tests.conftest import Api
from tests.driving import Account, VisitorClient, json_of
from tests.product.rights.desk import Someone, come, made
from tests.product.served import Company, Served

Given = dict[str, bytes]
SENT = {"content-type": b"application/json"}


class Sent:
    """A message that was offered to the direct way, and what came of it."""

    def __init__(self, served: Served, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        process = served.process
        self.taken = send_directly(
            process.gate, process.writer, headers, body, self.answer.set_result
        )


def message(text: str = "Hello", id: str | None = None) -> bytes:
    return json.dumps({"id": id or str(new_id()), "text": text}).encode()


def headers_of(someone: Someone, **more: bytes) -> list[tuple[bytes, bytes]]:
    said = SENT | {"authorization": someone.http.headers["authorization"].encode()}
    said |= {name.replace("_", "-"): value for name, value in more.items()}
    return [(name.encode(), value) for name, value in said.items()]


async def events(someone: Someone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made(await someone.http.get("/v1/widget/me/events"))["items"]
    return found


@pytest.fixture
async def vera(served: Served, company: Company) -> Someone:
    """Somebody whom the server knows."""
    found = await come(served, company)
    await found.say("First")
    return found


async def test_it_sends_and_sends_again_without_a_second_one(served: Served, vera: Someone) -> None:
    body = message("Second")
    ways = [Sent(served, headers_of(vera), body) for _ in range(2)]
    assert [way.taken for way in ways] == [True, True]
    answers = [json.loads(await way.answer or b"") for way in ways]
    assert answers[0] == answers[1]
    assert (answers[0]["id"], answers[0]["seq"]) == (json.loads(body)["id"], 2)
    assert [each["params"]["text"] for each in await events(vera)] == ["First", "Second"]


async def test_who_is_not_known_yet_is_left_to_the_usual_way(
    served: Served, company: Company
) -> None:
    otto = await come(served, company)
    assert not Sent(served, headers_of(otto), message()).taken
    await otto.say("Now you know me")
    assert Sent(served, headers_of(otto), message()).taken


ODD_HEADERS: list[Given] = [
    {"authorization": b"Bearer chv_nobody"},
    {"authorization": b"Basic dmVyYQ=="},
    {"content_type": b"text/plain"},
    {"origin": b"https://shop.example"},
    {"origin": b"https://shop.example", "sec_fetch_site": b"cross-site"},
]
WRONG_BODIES = [
    *(b"", b"{", b"[]"),
    *(message(" "), message("a\0b"), message(id="7"), message("a" * 10_001)),
]


async def test_what_is_odd_or_wrong_is_left_to_the_usual_way(served: Served, vera: Someone) -> None:
    headers = headers_of(vera)
    for more in ODD_HEADERS:
        assert not Sent(served, headers_of(vera, **more), message()).taken, more
    assert not Sent(served, [*headers, headers[0]], message()).taken, "said twice"
    for body in WRONG_BODIES:
        assert not Sent(served, headers, body).taken, body
    assert len(await events(vera)) == 1


async def test_our_own_page_may(served: Served, vera: Someone) -> None:
    own = {"origin": served.public_url.encode(), "sec_fetch_site": b"same-origin"}
    assert Sent(served, headers_of(vera, **own), message()).taken


async def test_the_secret_of_an_operators_cookie_opens_nothing(
    served: Served, company: Company
) -> None:
    made(await company.owner.get("/v1/me"))
    [secret] = company.owner.cookies.values()
    headers = [*SENT.items(), ("authorization", f"Bearer {secret}".encode())]
    assert not Sent(served, [(name.encode(), value) for name, value in headers], message()).taken


async def test_an_id_that_is_taken_is_for_the_usual_way_to_refuse(
    served: Served, vera: Someone
) -> None:
    first = (await events(vera))[0]["id"]
    way = Sent(served, headers_of(vera), message("Something else", first))
    assert (way.taken, await way.answer) == (True, None)


async def test_a_legal_text_that_was_not_agreed_to_is_for_the_usual_way_to_show(
    served: Served, company: Company, vera: Someone
) -> None:
    text = {"enabled": True, "requires_agreement": True, "texts": {"en": "Agree to this"}}
    made(await company.owner.patch("/v1/settings", json={"general": {"legal_text": text}}))
    refused = await vera.http.post("/v1/widget/me/messages", json=json.loads(message()))
    assert refused.json()["code"] == "notice_required"
    assert not Sent(served, headers_of(vera), message()).taken
    assert len(await events(vera)) == 1


async def test_a_full_line_is_for_the_usual_way_to_tell(
    served: Served, vera: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chathaven.product.messages.send.MOST_WAITING", 0)
    assert not Sent(served, headers_of(vera), message()).taken


@pytest.mark.parametrize("change", [lambda _: None, lambda http: http.headers.pop("origin")])
def test_both_ways_answer_alike(
    api: Api, account: Account, visitor: VisitorClient, change: Callable[[Any], object]
) -> None:
    """Over the wire, to the whole server; a header said twice keeps one off the direct way."""
    own = {"origin": account.server.url, "sec-fetch-site": "same-origin"}
    visitor.http.headers.update(own)
    change(visitor.http)
    visitor.say("So that the server knows who it is")
    answers = [
        visitor.http.post(
            "/v1/widget/me/messages",
            json={"id": str(new_id()), "text": "Hello"},
            headers=[("x-said", "once"), *more],
        )
        for more in ([], [("x-said", "twice")])
    ]
    assert [json_of(answer, 201)["seq"] for answer in answers] == [2, 3]
    direct, usual = ({**answer.headers} for answer in answers)
    for headers in (direct, usual):
        assert {"date", "content-length", "x-content-type-options"} <= headers.keys()
        del headers["date"]
    # One's own page needs no word of who else may read an answer.
    assert direct == {name: value for name, value in usual.items() if "access-control" not in name}
