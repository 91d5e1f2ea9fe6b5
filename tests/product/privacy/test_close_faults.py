"""Closing an account with an end in each step: the same end state."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.objects import new_object_name
from chathaven.engines.ground import Ground
from chathaven.product.privacy import close_account
from tests.product.privacy.filed import photo, send
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import PASSWORD, Company


class Killed(Exception):
    """Stands for the end of the process."""


async def test_closing_killed_at_each_step(
    ground: Ground, company: Company, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(close_account, "SETTLE_SECONDS", 0.0)
    await send(visitor.http, "photo.png", photo())
    stranger = f"{company.id}/{new_id()}/{new_object_name()}"
    ground.objects.put(stranger, b"of an upload that never came to a row")
    body = {"confirm": "DELETE", "password": PASSWORD}
    closed = await company.owner.request("DELETE", "/v1/account", json=body)
    erasure_id = UUID(closed.json()["erasure"]["id"])
    account_id = UUID(company.id)
    job = close_account.close_account_job(ground)
    note = close_account._note
    for last in itertools.count():
        steps = itertools.count()

        async def until(tx: Transaction, *given: Any, steps: Any = steps, last: int = last) -> None:
            if next(steps) == last:
                raise Killed
            await note(tx, *given)

        with monkeypatch.context() as patch:
            patch.setattr(close_account, "_note", until)
            try:
                await job(account_id=account_id, id=erasure_id)
            except Killed:
                continue
            break
    assert last > 40, "hardly anything was killed"
    async with ground.database.transaction(account_id) as tx:
        erasure = await close_account.read_account_erasure(tx, erasure_id)
        for table in close_account.tables_of_accounts():
            where = table.__table__.c["account_id"] == account_id
            assert await tx.value(select(table.__table__.c["account_id"]).where(where)) is None
    assert erasure is not None
    assert (erasure.status, erasure.account_id) == ("live", None)
    stores = {each["store"]: each for each in erasure.receipts}
    assert (stores["events"]["found"], stores["events"]["removed"]) == (4, 4)
    found = stores["objects of files"]
    assert (found["found"], found["removed"], found["verified"]) == (3, 3, True)
    assert ground.objects.count(company.id) == 0
    assert stores["visitors"]["removed"] == 1
    assert erasure.certificate is not None
