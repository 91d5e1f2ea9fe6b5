"""An erasure that is asked for once more while it runs: neither waits for ever for the other."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import psycopg
import pytest

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.product.privacy import erase
from chathaven.product.privacy.model import Erasure
from tests.product.privacy.erasing import ask, erase_now, is_gone
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import Company, Served


def somebody_waits(urls: DatabaseUrls) -> bool:
    """Whether anybody waits for a lock on a row of this database."""
    with psycopg.connect(urls.owner) as owner:
        found = owner.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return found is not None and found[0] > 0


async def test_whoever_asks_once_more_waits_and_is_not_waited_for(
    served: Served, ground: Ground, company: Company, visitor: Visitor, urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    erasure_id = await ask(company, visitor)
    was_under_way = erase._under_way
    asking: list[asyncio.Task[httpx.Response]] = []

    async def asked_behind_it(tx: Transaction, id: UUID) -> Erasure | None:
        """The erasure is locked; before anything else is, somebody asks once more."""
        found = await was_under_way(tx, id)
        if found is not None and found.started_at is not None and not asking:
            again = company.owner.delete(f"/v1/visitors/{visitor.id}")
            asking.append(asyncio.create_task(again))
            while not asking[0].done() and not somebody_waits(urls):
                await asyncio.sleep(0.01)
        return found

    monkeypatch.setattr(erase, "_under_way", asked_behind_it)
    await erase_now(served, company, erasure_id)
    answer = await asking[0]
    assert answer.status_code in {202, 404}, answer.text
    assert await is_gone(ground, company, visitor, erasure_id)
