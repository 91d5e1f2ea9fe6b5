"""Permission to send advertising: asked by name, answered yes or no, never assumed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.model import Answer, Notice, Receipt, Subject
from chathaven.product.consents.receipts import Circumstances, give_receipt, last_receipt

YES, NO = "yes", "no"


class MarketingView(msgspec.Struct, frozen=True):
    """What a visitor answered, to which words, when and where; without an answer nothing is set."""

    answer: str | None = None
    text: str | None = None
    text_version: str | None = None
    language: str | None = None
    answered_at: datetime | None = None
    chat_id: UUID | None = None


UNANSWERED = MarketingView()


def marketing_view(receipt: Receipt | None) -> MarketingView | None:
    """Returns the answer that a receipt proves."""
    if receipt is None:
        return None
    details = receipt.details
    chat_id = details.get("chat_id")
    return MarketingView(
        answer=YES if receipt.answer == Answer.GIVEN else NO,
        text=details["text"],
        text_version=details["text_version"],
        language=details["language"],
        answered_at=receipt.created_at,
        chat_id=UUID(chat_id) if chat_id else None,
    )


async def read_marketing(tx: Transaction, visitor_id: UUID) -> MarketingView | None:
    """Returns a visitor's answer, or None while they were not asked."""
    return marketing_view(await last_receipt(tx, visitor_id, Subject.MARKETING))


async def read_marketing_of(
    tx: Transaction, visitor_ids: Iterable[UUID]
) -> dict[UUID, MarketingView]:
    """Returns the answers of several visitors; those who were not asked are left out."""
    newest = (
        select(func.max(Receipt.number))
        .where(
            Receipt.account_id == tx.account_id,
            Receipt.visitor_id.in_(list(visitor_ids)),
            Receipt.subject == Subject.MARKETING,
        )
        .group_by(Receipt.visitor_id)
    )
    receipts = await tx.all(
        select(Receipt).where(Receipt.account_id == tx.account_id, Receipt.number.in_(newest))
    )
    views = {receipt.visitor_id: marketing_view(receipt) for receipt in receipts}
    return {visitor_id: view for visitor_id, view in views.items() if view is not None}


async def answer_marketing(
    tx: Transaction, visitor_id: UUID, question: Notice, answer: str, how: Circumstances
) -> Receipt:
    """Writes a visitor's answer as a receipt: given, refused, or withdrawn after it was given."""
    before = await last_receipt(tx, visitor_id, Subject.MARKETING)
    if answer == YES:
        kind = Answer.GIVEN
    elif before is not None and before.answer == Answer.GIVEN:
        kind = Answer.WITHDRAWN
    else:
        kind = Answer.REFUSED
    return await give_receipt(tx, visitor_id, question, kind, how)
