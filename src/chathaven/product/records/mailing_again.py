"""Sending once more what failed of a batch: marked at once, and enqueued by the batch's own job.

A batch may have as many letters as the company has visitors, so who asks waits for one statement,
and the jobs are enqueued some at a time, as when the batch was filled.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from chathaven.base.actor import Operator
from chathaven.base.errors import Conflict
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.jobs.queue import Queue
from chathaven.product.accounts.features import check_on
from chathaven.product.audit.record import record
from chathaven.product.records.mailing_model import (
    AT_ONCE,
    FILL_JOB,
    SEND_JOB,
    BreachLetter,
    BreachMailing,
    LetterState,
)

_CALLED = -1
"""The count of tries of a letter that waits for its job."""


async def try_again(
    tx: Transaction, queue: Queue, actor: Operator, mailing: BreachMailing, *, unclear: bool
) -> int:
    """Sends what failed once more, and with `unclear` also what may have arrived; how many.

    The batch is locked.

    Raises:
        Conflict: it is still being sent (`mailing_under_way`).
        Forbidden: letters to visitors are off for this account (`feature_off`).
    """
    await check_on(tx, "visitor-mail")
    if mailing.finished_at is None:
        raise Conflict("Letters are being sent already.", code="mailing_under_way")
    states = [LetterState.FAILED, LetterState.NO_ADDRESS]
    states += [LetterState.UNCLEAR] if unclear else []
    called = await tx.run(
        update(BreachLetter)
        .where(
            BreachLetter.account_id == tx.account_id,
            BreachLetter.mailing_id == mailing.id,
            BreachLetter.state.in_([state.value for state in states]),
        )
        .values(state=LetterState.WAITING, tries=_CALLED, begun_at=None)
    )
    if called:
        await tx.update(mailing, finished_at=None)
        await queue.enqueue(tx, FILL_JOB, mailing.id)
        await record(tx, actor, "breach-mailing-again", "breach", mailing.breach_id)
    return called


async def call_up(tx: Transaction, queue: Queue, mailing_id: UUID) -> int:
    """Enqueues some of the letters that wait for their jobs; returns how many."""
    # Not a subquery of the update: with a limit and locks it may be asked more than once.
    called = await tx.values(
        select(BreachLetter.id, BreachLetter.visitor_id)
        .where(
            BreachLetter.account_id == tx.account_id,
            BreachLetter.mailing_id == mailing_id,
            BreachLetter.state == LetterState.WAITING.value,
            BreachLetter.tries == _CALLED,
        )
        .limit(AT_ONCE)
        .with_for_update()
    )
    if called:
        await tx.run(
            update(BreachLetter)
            .where(
                BreachLetter.account_id == tx.account_id,
                BreachLetter.id.in_([letter_id for letter_id, _ in called]),
            )
            .values(tries=0)
        )
    for letter_id, visitor_id in called:
        await queue.enqueue(tx, SEND_JOB, letter_id, about=visitor_id)
    return len(called)
