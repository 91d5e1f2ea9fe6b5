"""How many files, and how slowly: budgets, and what one sender can hold of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from chathaven.engines.web import upload
from chathaven.product.messages import attach, files_api
from tests.product.messages.sending import BOUNDARY, OWN, file_part, id_part
from tests.product.messages.test_files_kept import kept, send, sent
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import Company, Served


@pytest.fixture
async def visitor(served: Served, company: Company) -> Visitor:
    return await come(served, company)


async def test_budgets_have_an_end(
    served: Served, company: Company, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_api, "VISITORS_ATTACH", files_api.VISITORS_ATTACH._replace(burst=2))
    for number in range(2):
        await sent(visitor, f"{number}.txt", b"words")
    refused = await send(visitor.http, "c.txt", b"words")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["retry-after"]) > 60
    # One's budget is nobody else's.
    await sent(await come(served, company), "d.txt", b"words")


async def test_an_address_has_a_budget_whoever_comes_from_it(
    served: Served, company: Company, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_api, "ADDRESS_ATTACHES", files_api.ADDRESS_ATTACHES._replace(burst=2))
    same = served.client("192.0.2.77")
    for token in [visitor, await come(served, company)]:
        same.headers["authorization"] = token.http.headers["authorization"]
        assert (await send(same, "a.txt", b"words")).status_code == 201
    assert (await send(same, "a.txt", b"words")).status_code == 429


@pytest.mark.parametrize("limit", ["AT_ONCE", "EACH_AT_ONCE"])
async def test_few_come_in_at_once(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    id = str(uuid4())
    with monkeypatch.context() as patch:
        patch.setattr(attach, limit, 0)
        refused = await send(visitor.http, "a.txt", b"words", id)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert (await send(visitor.http, "a.txt", b"words", id)).status_code == 201


async def test_what_comes_in_together_is_sent_once(served: Served, visitor: Visitor) -> None:
    id = str(uuid4())
    answers = await asyncio.gather(
        *(send(visitor.http, "a.txt", b"words " * 9_000, id) for _ in range(3))
    )
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert len({each.text for each in answers}) == 1
    events = (await visitor.http.get("/v1/widget/me/events")).json()["items"]
    assert [event["id"] for event in events] == [id]
    assert len(kept(served)) == 1


async def test_whoever_falls_silent_is_let_go(
    served: Served, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PIECE_SECONDS", 0.05)

    async def silent() -> AsyncIterator[bytes]:
        yield id_part() + file_part(b"a.txt", b"words").removesuffix(b"\r\n")
        await asyncio.Event().wait()

    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer: httpx.Response = await visitor.http.post(OWN, content=silent(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert "slowly" in answer.json()["detail"]
    assert kept(served) == []
