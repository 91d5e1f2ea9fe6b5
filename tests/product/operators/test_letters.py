"""One cause, several operators: each is written to once, however often the work is done again."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import NotSent, Post
from chathaven.product.operators import letters
from chathaven.product.operators.find import everyone
from chathaven.product.operators.letters_model import OperatorLetter
from chathaven.product.operators.model import Operator
from tests.product.operators.invited import join
from tests.product.served import Company, Served

KIND = "test-kind"


@pytest.fixture(autouse=True)
def composer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def compose(
        tx: Transaction, ground: Ground, letter: OperatorLetter, operator: Operator
    ) -> letters.Words | None:
        return letters.Words("Subject", "Text") if letter.step else None

    monkeypatch.setitem(letters.composers, KIND, compose)


async def written(served: Served, company: Company, about: UUID, step: int = 1) -> list[UUID]:
    ground: Ground = served.process.ground
    async with ground.database.transaction(UUID(company.id)) as tx:
        people = await everyone(tx)
        await letters.write_to(tx, ground.queue, people, KIND, about, step)
        rows = await (await tx.driver()).execute(
            "SELECT id FROM operator_letters WHERE account_id = %s AND subject_id = %s",
            (company.id, about),
        )
        return [row[0] async for row in rows]


def outbox(served: Served) -> list[Path]:
    return sorted((served.data / "outbox").glob("*.eml"))


async def test_the_cause_told_twice_is_one_letter_each(served: Served, company: Company) -> None:
    about = new_id()
    first = await written(served, company, about)
    assert await written(served, company, about) == first
    assert len(first) == 1
    assert len(await written(served, company, about, step=2)) == 2


async def test_a_letter_that_failed_is_sent_again_and_no_other(
    served: Served, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await join(company, "operator")
    ground: Ground = served.process.ground
    before = len(outbox(served))
    first, second = await written(served, company, new_id())
    real = Post.send
    refused: list[str] = []

    async def send(self: Post, to: str, *given: str, **named: UUID | None) -> None:
        if named["id"] == second and not refused:
            refused.append(to)
            raise NotSent("refused")
        await real(self, to, given[0], given[1], about=named["about"], id=named["id"])

    monkeypatch.setattr(Post, "send", send)
    account_id = UUID(company.id)
    await letters.send(ground, account_id, first)
    with pytest.raises(NotSent):
        await letters.send(ground, account_id, second)
    # The queue tries again; a job that ran already does nothing.
    for _ in range(2):
        await letters.send(ground, account_id, first)
        await letters.send(ground, account_id, second)
    assert len(outbox(served)) == before + 2


async def test_killed_before_it_was_noted_it_lies_in_the_folder_once(
    served: Served, company: Company
) -> None:
    ground: Ground = served.process.ground
    before = len(outbox(served))
    [letter_id] = await written(served, company, new_id())
    await letters.send(ground, UUID(company.id), letter_id)
    async with ground.database.transaction(UUID(company.id)) as tx:
        await (await tx.driver()).execute(
            "UPDATE operator_letters SET sent_at = NULL WHERE account_id = %s AND id = %s",
            (company.id, letter_id),
        )
    await letters.send(ground, UUID(company.id), letter_id)
    assert len(outbox(served)) == before + 1


async def test_what_is_out_of_date_is_not_sent(served: Served, company: Company) -> None:
    before = len(outbox(served))
    [letter_id] = await written(served, company, new_id(), step=0)
    await letters.send(served.process.ground, UUID(company.id), letter_id)
    assert len(outbox(served)) == before
