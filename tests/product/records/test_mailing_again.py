"""What failed of a large batch is sent once more, and who asks for it waits for none of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import NotSent, Post
from chathaven.product.records import mailing, mailing_again
from chathaven.product.records.mailing_model import SEND_JOB
from tests.product.records.mailed import Case
from tests.product.rights.desk import come, letters_to, made
from tests.product.served import Company, Served, fresh_email

PEOPLE = 5


async def jobs_to_send(ground: Ground, company: Company) -> int:
    async with ground.database.transaction() as tx:
        rows = await (await tx.driver()).execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE task_name = %s AND args->>'account_id' = %s AND status = 'todo'",
            (SEND_JOB, company.id),
        )
        row = await rows.fetchone()
    assert row is not None
    return int(row[0])


async def test_it_is_enqueued_some_at_a_time_behind_the_answer(
    served: Served, company: Company, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [fresh_email() for _ in range(PEOPLE)]
    case = Case(served, company)
    await case.begin(*[await come(served, company, email=address) for address in addresses])

    async def refuses(*_: Any, **__: Any) -> None:
        raise NotSent("nobody of that name", lasting=True)

    with monkeypatch.context() as refusing:
        refusing.setattr(Post, "send", refuses)
        await case.send()
        batch = await case.done()
    assert batch["counts"]["failed"] == PEOPLE
    for module in (mailing, mailing_again):
        monkeypatch.setattr(module, "AT_ONCE", 2)

    asked = await company.owner.post(f"{case.path}/mailings/{batch['id']}/again", json={})
    shown = made(asked, 202)
    assert shown["finished_at"] is None
    assert shown["counts"]["waiting"] == PEOPLE
    assert await jobs_to_send(ground, company) == 0
    steps = []
    for _ in range(4):
        await mailing.fill(ground, UUID(company.id), UUID(batch["id"]))
        steps.append(await jobs_to_send(ground, company))
    assert steps == [2, 4, PEOPLE, PEOPLE]

    batch = await case.done()
    assert batch["counts"]["sent"] == batch["total"] == PEOPLE
    assert [len(letters_to(served, address)) for address in addresses] == [1] * PEOPLE
