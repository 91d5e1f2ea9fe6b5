"""Withdrawing in a restored backup what people had withdrawn after it was made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Changes
from chathaven.product.consents.marketing import NO
from chathaven.product.consents.model import Answer, Notice, Receipt, Subject
from chathaven.product.consents.receipts import WITHDRAWN, Circumstances, add_receipt
from chathaven.product.visitors.model import Visitor

HOW = Circumstances(
    method="operator",
    surface="restore",
    reason="Withdrawn after the restored backup was made; known from the ledger of erasures.",
)


async def withdraw_again(tx: Transaction, changes: Changes) -> int:
    """Withdraws the account's consents that were withdrawn after a backup; returns how many.

    Each gets a receipt of its own, as of now: that of then is lost. Who said yes once more, later
    still, is asked again. The transaction sees everybody.
    """
    if not changes.knows(WITHDRAWN):
        return 0
    withdrawn = 0
    for number, visitor_id, subject, given_at in await _given(tx):
        times = changes.times(WITHDRAWN, tx.account_id, visitor_id.bytes, subject.encode())
        if any(at > given_at for at in times):
            await _withdraw(tx, number, visitor_id, Subject(subject))
            withdrawn += 1
    return withdrawn


async def _given(tx: Transaction) -> list[tuple[int, UUID, str, datetime]]:
    """Returns the consents that stand: number, person, subject, and when it was given."""
    newest = (
        select(func.max(Receipt.number))
        .where(Receipt.account_id == tx.account_id, Receipt.answer != Answer.SHOWN)
        .group_by(Receipt.visitor_id, Receipt.subject)
    )
    rows = await tx.values(
        select(Receipt.number, Receipt.visitor_id, Receipt.subject, Receipt.created_at).where(
            Receipt.account_id == tx.account_id,
            Receipt.number.in_(newest),
            Receipt.answer == Answer.GIVEN,
        )
    )
    return list(rows)


async def _withdraw(tx: Transaction, number: int, visitor_id: UUID, subject: Subject) -> None:
    receipt = await tx.one(
        select(Receipt).where(Receipt.account_id == tx.account_id, Receipt.number == number)
    )
    # Without a key there is no receipt to read, and none can be written: the state alone changes.
    if receipt is not None:
        shown = UUID(receipt.details["notice_id"])
        notice = await tx.one(
            select(Notice).where(Notice.account_id == tx.account_id, Notice.id == shown)
        )
        if notice is not None:
            await add_receipt(tx, visitor_id, notice, Answer.WITHDRAWN, HOW)
    state: dict[str, object] = {}
    if subject is Subject.MARKETING:
        state["marketing_answer"] = NO
    elif subject is Subject.LEGAL_TEXT:
        state["agreed"] = False
    if state:
        await tx.run(
            update(Visitor)
            .where(Visitor.account_id == tx.account_id, Visitor.id == visitor_id)
            .values(state)
        )
