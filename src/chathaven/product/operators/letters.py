"""Letters that several operators get for one cause: a job each, so that a retry sends no other twice.

Who has something to tell writes a row for each of them in the transaction that causes it
(`write_to`). The words are made when a letter leaves, by the composer of its kind: of the days that
are left then, in the operator's language, and not at all where there is nothing to tell any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Queue
from chathaven.product.operators.letters_model import OperatorLetter
from chathaven.product.operators.model import Operator

JOB = "operator-letter"


class Words(NamedTuple):
    """What a letter says."""

    subject: str
    text: str


Composer = Callable[[Transaction, Ground, OperatorLetter, Operator], Awaitable[Words | None]]
composers: dict[str, Composer] = {}
"""By the kind of a letter. Slices above this one enter theirs; None says that it is out of date."""


async def write_to(
    tx: Transaction,
    queue: Queue,
    people: Iterable[Operator],
    kind: str,
    subject_id: UUID,
    step: int = 0,
) -> int:
    """Lets operators be written to, each once for the same kind, subject and step; returns how many.

    Raises:
        KeyError: nobody composes letters of this kind.
    """
    assert kind in composers, kind
    written = 0
    for operator in people:
        values = {
            "account_id": tx.account_id,
            "id": new_id(),
            "operator_id": operator.id,
            "kind": kind,
            "subject_id": subject_id,
            "step": step,
            "created_at": now(),
        }
        if await tx.run(insert(OperatorLetter).values(values).on_conflict_do_nothing()):
            await queue.enqueue(tx, JOB, UUID(str(values["id"])))
            written += 1
    return written


async def send(ground: Ground, account_id: UUID, id: UUID) -> None:
    """Sends a letter, unless it has left or has nothing to tell any more.

    It is noted when the post has it. Killed in between, it leaves once more with the same
    Message-ID: a deadline that was told twice is better than one that was not.
    """
    async with ground.database.transaction(account_id) as tx:
        letter = await _waiting(tx, id)
        if letter is None:
            return
        operator = await tx.one(
            select(Operator).where(
                Operator.account_id == account_id, Operator.id == letter.operator_id
            )
        )
        if operator is None:
            return
        words = await composers[letter.kind](tx, ground, letter, operator)
        to, about = operator.email, operator.id
    if words is not None:
        await ground.post.send(to, words.subject, words.text, about=about, id=id)
    async with ground.database.transaction(account_id) as tx:
        letter = await _waiting(tx, id)
        if letter is not None:
            await tx.update(letter, sent_at=now())


async def _waiting(tx: Transaction, id: UUID) -> OperatorLetter | None:
    return await tx.one(
        select(OperatorLetter).where(
            OperatorLetter.account_id == tx.account_id,
            OperatorLetter.id == id,
            OperatorLetter.sent_at.is_(None),
        )
    )
