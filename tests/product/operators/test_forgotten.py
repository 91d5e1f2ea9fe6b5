"""An operator who is removed is erased; what others need of their work stays, under no name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chathaven.base.ids import new_id
from chathaven.engines.database.people import count
from chathaven.engines.ground import Ground
from chathaven.engines.ledger import Subject, mark, read
from chathaven.product.operators.forget import forget_outside
from tests.product.operators.invited import invite, join
from tests.product.privacy.test_export_visitor import come
from tests.product.served import Company, Served


def ground_of(served: Served) -> Ground:
    ground: Ground = served.process.ground
    return ground


async def left_of(served: Served, company: Company, person_id: str) -> dict[str, int]:
    async with ground_of(served).database.transaction(UUID(company.id)) as tx:
        return await count(tx, UUID(person_id))


def letters(served: Served, person_id: str) -> list[str]:
    outbox = served.data / "outbox"
    return [each.name for each in outbox.iterdir() if person_id in each.name]


def is_noted(served: Served, company: Company, person_id: str) -> bool:
    ledger = ground_of(served).ledger
    found = read(ledger.body(), ledger.path)
    subject = Subject("visitor", UUID(company.id), UUID(person_id))
    return mark(found.first, subject) in found.marks()


async def events(company: Company, chat_id: str) -> list[dict[str, Any]]:
    answer = await company.owner.get(f"/v1/chats/{chat_id}/events")
    return list(answer.json()["items"])


async def test_their_messages_stay_and_name_nobody(served: Served, company: Company) -> None:
    member = await join(company, "administrator")
    await member.client.patch("/v1/me", json={"name": "Grace Hopper"})
    visitor = await come(served, company)
    await visitor.say("Hello")
    chat = (await visitor.http.get("/v1/widget/me")).json()["chat"]["id"]
    body = {"id": str(new_id()), "text": "Good morning"}
    assert (await member.client.post(f"/v1/chats/{chat}/messages", json=body)).status_code == 201
    await member.client.patch(f"/v1/chats/{chat}", json={"assignee_id": member.id})
    assert (await events(company, chat))[1]["author"]["name"] == "Grace Hopper"
    assert (await left_of(served, company, member.id))["person_keys"] == 1
    assert (await company.owner.delete(f"/v1/operators/{member.id}")).status_code == 204
    assert await left_of(served, company, member.id) == {}
    told = await events(company, chat)
    said = next(each for each in told if each["type"] == "operator-message")
    assert said["params"]["text"] == "Good morning"
    assert said["author"] == {"kind": "operator", "id": member.id, "name": None}
    assert "Grace" not in str(told)
    assert (await company.owner.get(f"/v1/chats/{chat}")).json()["assignee"] is None
    waiting = await company.owner.get("/v1/chats", params={"view": "unassigned"})
    assert [each["id"] for each in waiting.json()["items"]] == [chat]
    # The next tick gives the account new keys, and no backup brings them back.
    ground = ground_of(served)
    async with ground.database.transaction(UUID(company.id)) as tx:
        rows = await (await tx.driver()).execute("SELECT erased_epoch FROM account_keys")
        assert [row[0] async for row in rows] == [1]
    assert is_noted(served, company, member.id)


async def test_letters_to_them_go(served: Served, company: Company) -> None:
    member = await join(company, "operator")
    assert len(letters(served, member.id)) == 1
    await company.owner.delete(f"/v1/operators/{member.id}")
    await forget_outside(ground_of(served), UUID(company.id), UUID(member.id))
    assert letters(served, member.id) == []


async def test_an_invitation_that_is_taken_back_leaves_nothing(
    served: Served, company: Company
) -> None:
    invitation_id = await invite(company, "grace@example.com")
    assert letters(served, invitation_id)
    answer = await company.owner.delete(f"/v1/invitations/{invitation_id}")
    assert answer.status_code == 204
    assert await left_of(served, company, invitation_id) == {}
    await forget_outside(ground_of(served), UUID(company.id), UUID(invitation_id))
    assert letters(served, invitation_id) == []
    assert is_noted(served, company, invitation_id)
