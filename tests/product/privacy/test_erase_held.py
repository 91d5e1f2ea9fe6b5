"""An erasure under a legal hold waits, says so plainly, and runs by itself when the hold ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chathaven.base.clock import now
from chathaven.engines.database.people import count
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.privacy import erase
from chathaven.product.privacy.model import Erasure
from tests.product.privacy.erasing import erase_now, is_gone, shown
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import Company, Served

MATTER = "Vera against the shop, file 7"


async def put_on_hold(company: Company, visitor: Visitor) -> str:
    body = {"matter": MATTER, "review_at": (now() + timedelta(days=30)).isoformat()}
    answer = await company.owner.post(f"/v1/visitors/{visitor.id}/holds", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def jobs(ground: Ground, company: Company, erasure_id: str) -> int:
    async with ground.database.transaction(UUID(company.id)) as tx:
        rows = await (await tx.driver()).execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'erase-visitor'"
            " AND args->>'id' = %s",
            (erasure_id,),
        )
        row = await rows.fetchone()
    assert row is not None
    return int(row[0])


async def test_it_waits_and_runs_by_itself(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    first, second = [await put_on_hold(company, visitor) for _ in range(2)]
    asked: dict[str, Any] = (await company.owner.delete(f"/v1/visitors/{visitor.id}")).json()
    erasure = asked["erasure"]
    assert erasure["status"] == "waiting"
    assert [each["id"] for each in erasure["holds"]] == [first, second]
    assert all(each["until"] for each in erasure["holds"])
    assert MATTER not in str(await shown(company, UUID(erasure["id"])))
    # Recorded and shut out, and nothing is deleted.
    assert (await visitor.http.get("/v1/widget/me")).status_code == 401
    assert await jobs(ground, company, erasure["id"]) == 0
    await erase_now(served, company, UUID(erasure["id"]))
    async with ground.database.transaction(UUID(company.id)) as tx:
        assert (await count(tx, visitor.id))["events"] == 3
    assert (await shown(company, UUID(erasure["id"])))["status"] == "waiting"
    assert (await company.owner.delete(f"/v1/holds/{first}")).status_code < 300
    assert await jobs(ground, company, erasure["id"]) == 0, "another hold still stands"
    assert (await company.owner.delete(f"/v1/holds/{second}")).status_code < 300
    assert await jobs(ground, company, erasure["id"]) == 1
    await erase_now(served, company, UUID(erasure["id"]))
    assert await is_gone(ground, company, visitor, UUID(erasure["id"]))


async def test_a_hold_that_comes_later_stops_it_too(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    asked = (await company.owner.delete(f"/v1/visitors/{visitor.id}")).json()
    assert asked["erasure"]["status"] == "queued"
    hold_id = await put_on_hold(company, visitor)
    erasure_id = UUID(asked["erasure"]["id"])
    await erase_now(served, company, erasure_id)
    found = await shown(company, erasure_id)
    assert (found["status"], [each["id"] for each in found["holds"]]) == ("waiting", [hold_id])
    await company.owner.delete(f"/v1/holds/{hold_id}")
    await erase_now(served, company, erasure_id)
    assert await is_gone(ground, company, visitor, erasure_id)


async def test_a_hold_that_comes_while_it_begins_stops_it(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked = (await company.owner.delete(f"/v1/visitors/{visitor.id}")).json()
    erasure_id = UUID(asked["erasure"]["id"])
    was_held = erase._under_way

    async def held_behind_it(tx: Transaction, id: UUID) -> Erasure | None:
        """Looked, and nobody was held; then somebody is, before anything is locked."""
        found = await was_held(tx, id)
        if found is not None and found.started_at is not None and not there:
            there.append(await put_on_hold(company, visitor))
        return found

    there: list[str] = []
    monkeypatch.setattr(erase, "_under_way", held_behind_it)
    await erase_now(served, company, erasure_id)
    assert there
    assert (await shown(company, erasure_id))["status"] == "waiting"
    async with ground.database.transaction(UUID(company.id)) as tx:
        assert (await count(tx, visitor.id))["events"] == 3
