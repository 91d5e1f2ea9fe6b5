"""What somebody is told who was recognised a moment ago, and is erased or restricted by now."""

from __future__ import annotations

import pytest

from chathaven.base.ids import new_id
from tests.product.rights.desk import Someone, come, made, work
from tests.product.served import Company, Served


@pytest.fixture
async def vera(served: Served, company: Company, monkeypatch: pytest.MonkeyPatch) -> Someone:
    """Somebody whom the gate remembers, whatever becomes of them: as in the same moment."""
    came = await come(served, company)
    await came.say("Hello")
    monkeypatch.setattr(served.process.gate, "forget", lambda _account_id: None)
    return came


async def told(vera: Someone) -> set[tuple[int, str]]:
    """Sends a message and a file; returns status and code of both."""
    answers = (
        await vera.http.post(
            "/v1/widget/me/messages", json={"id": str(new_id()), "text": "Are you there?"}
        ),
        await vera.http.post(
            "/v1/widget/me/files",
            data={"id": str(new_id())},
            files={"file": ("a.txt", b"Words", "text/plain")},
        ),
    )
    return {(each.status_code, each.json()["code"]) for each in answers}


async def test_the_erased_are_nobody_at_once(
    served: Served, company: Company, vera: Someone
) -> None:
    made(await company.owner.delete(f"/v1/visitors/{vera.id}"), 202)
    await work(served, company)
    assert await told(vera) == {(401, "unauthenticated")}


async def test_the_restricted_are_to_ask_again(company: Company, vera: Someone) -> None:
    body = {"ground": "claims"}
    made(await company.owner.post(f"/v1/visitors/{vera.id}/restriction", json=body), 201)
    assert await told(vera) == {(503, "unavailable")}
