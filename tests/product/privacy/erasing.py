"""Asking for an erasure, carrying it out when a test says so, and looking what is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from chathaven.engines.database.people import count
from chathaven.engines.ground import Ground
from chathaven.product.privacy import erase
from chathaven.product.privacy.model import Erasure
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import Company, Served


async def ask(company: Company, visitor: Visitor) -> UUID:
    asked = await company.owner.delete(f"/v1/visitors/{visitor.id}")
    assert asked.status_code == 202, asked.text
    return UUID(asked.json()["erasure"]["id"])


async def erase_now(served: Served, company: Company, erasure_id: UUID) -> None:
    job = erase.erase_visitor_job(served.process.ground, served.process.live)
    await job(account_id=UUID(company.id), id=erasure_id)


async def is_gone(ground: Ground, company: Company, visitor: Visitor, erasure_id: UUID) -> bool:
    async with ground.database.transaction(UUID(company.id)) as tx:
        left = await count(tx, visitor.id)
        erasure = await tx.one(
            select(Erasure).where(Erasure.account_id == tx.account_id, Erasure.id == erasure_id)
        )
    assert erasure is not None
    return left == {} and erasure.status == "live" and erasure.subject_id is None


async def shown(company: Company, erasure_id: UUID) -> dict[str, Any]:
    """Returns an erasure as the owner sees it."""
    answer = await company.owner.get(f"/v1/erasures/{erasure_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def erased(served: Served, company: Company, who: Visitor) -> UUID:
    """Erases somebody; returns the erasure's id."""
    erasure_id = await ask(company, who)
    await erase_now(served, company, erasure_id)
    return erasure_id
