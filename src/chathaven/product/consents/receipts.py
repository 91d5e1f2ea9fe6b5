"""Receipts: a hash-chained record of what was shown and answered (GDPR Art. 7(1)).

Each receipt is sealed with the person's key. The chain holds a salted commitment to it, so that
the chain can still be checked, link by link, after a person was erased.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.hash_chain import Head, lock_head, move_head, sha256
from chathaven.engines.database.noting import note
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Change
from chathaven.product.consents.model import Answer, Notice, Receipt, ReceiptLink, Subject

SCHEMA = "chathaven-receipt-1"
HEADS = "receipt_heads"
WITHDRAWN = "withdrawn"
"""What the ledger calls a withdrawal, so that a restored backup does not have the consent again."""
_canonical = msgspec.json.Encoder(order="deterministic").encode


class Circumstances(msgspec.Struct):
    """How an answer came about.

    `method`: button, toggle, gpc, api or operator. `surface`: pre-chat, in-chat, privacy-panel or
    app. `page_origin` is the origin of the host's page; `browser` the browser's family.
    """

    method: str
    surface: str
    page_origin: str | None = None
    browser: str | None = None
    chat_id: UUID | None = None
    reason: str | None = None
    operator_id: UUID | None = None


class ReceiptView(msgspec.Struct):
    """A receipt as the person and the account see it. `reason`: why an operator wrote it."""

    id: UUID
    number: int
    subject: str
    answer: str
    text: str
    text_version: str
    language: str
    sha256: str
    method: str
    surface: str
    at: datetime
    hash: str
    reason: str | None


async def give_receipt(
    tx: Transaction,
    visitor_id: UUID,
    notice: Notice,
    answer: Answer,
    how: Circumstances,
) -> Receipt:
    """Adds a receipt to the account's chain, in the transaction of what depends on it (A-07-1).

    A consent that is withdrawn stays withdrawn when an older backup is restored.
    """
    receipt = await add_receipt(tx, visitor_id, notice, answer, how)
    if answer == Answer.WITHDRAWN and await _was_given(tx, receipt):
        of = (visitor_id.bytes, receipt.subject.encode())
        note(tx, Change(WITHDRAWN, tx.account_id, of, receipt.created_at))
    return receipt


async def add_receipt(
    tx: Transaction, visitor_id: UUID, notice: Notice, answer: Answer, how: Circumstances
) -> Receipt:
    """Adds a receipt of what the ledger knows already; others are given (`give_receipt`)."""
    head = await lock_head(tx, HEADS)
    number, previous = head.number + 1, head.hash
    moment = now()
    details: dict[str, Any] = {
        "schema": SCHEMA,
        "notice_id": str(notice.id),
        "text": notice.text,
        "text_version": str(notice.version),
        "language": notice.language,
        "sha256": notice.sha256,
        "salt": os.urandom(32).hex(),
        **msgspec.to_builtins(how),
    }
    receipt = Receipt(
        account_id=tx.account_id,
        number=number,
        id=new_id(),
        visitor_id=visitor_id,
        subject=notice.subject,
        answer=answer,
        details=details,
        created_at=moment,
    )
    commitment = commit(receipt)
    hashed = link_hash(tx.account_id, number, commitment, previous, moment)
    await tx.insert(receipt)
    await tx.insert(
        ReceiptLink(
            account_id=tx.account_id,
            number=number,
            commitment=commitment,
            previous=previous,
            hash=hashed,
            created_at=moment,
        )
    )
    await move_head(tx, HEADS, Head(number, hashed))
    return receipt


async def _was_given(tx: Transaction, receipt: Receipt) -> bool:
    """Whether consent stood before a receipt: to withdraw what does not stand changes nothing."""
    last = await tx.value(
        select(Receipt.answer)
        .where(
            Receipt.account_id == tx.account_id,
            Receipt.visitor_id == receipt.visitor_id,
            Receipt.subject == receipt.subject,
            Receipt.answer != Answer.SHOWN,
            Receipt.number < receipt.number,
        )
        .order_by(Receipt.number.desc())
        .limit(1)
    )
    return bool(last == Answer.GIVEN)


def commit(receipt: Receipt) -> str:
    """Returns the SHA-256 of a receipt with its salt, in hex."""
    body = {
        "id": str(receipt.id),
        "visitor_id": str(receipt.visitor_id),
        "subject": str(receipt.subject),
        "answer": str(receipt.answer),
        "details": receipt.details,
        "created_at": receipt.created_at.astimezone(UTC),
    }
    return sha256(_canonical(body))


def link_hash(
    account_id: UUID, number: int, commitment: str, previous: str, moment: datetime
) -> str:
    """Returns the hash of one link: of its place, its commitment and the link before it."""
    body = f"{account_id}|{number}|{commitment}|{previous}|{moment.astimezone(UTC).isoformat()}"
    return sha256(body.encode())


async def receipts_of(tx: Transaction, visitor_id: UUID) -> list[ReceiptView]:
    """Returns a person's receipts, the newest first."""
    return await page_of_receipts(tx, visitor_id, None, None)


async def page_of_receipts(
    tx: Transaction, visitor_id: UUID, before: int | None, limit: int | None
) -> list[ReceiptView]:
    """Returns a person's receipts from behind a number on, the newest first, at most `limit`."""
    statement = select(Receipt).where(
        Receipt.account_id == tx.account_id, Receipt.visitor_id == visitor_id
    )
    if before is not None:
        statement = statement.where(Receipt.number < before)
    receipts = await tx.all(statement.order_by(Receipt.number.desc()).limit(limit))
    hashes = await _hashes(tx, [receipt.number for receipt in receipts])
    return [receipt_view(receipt, hashes[receipt.number]) for receipt in receipts]


async def last_receipt(tx: Transaction, visitor_id: UUID, subject: Subject) -> Receipt | None:
    """Returns the newest receipt of a person about one subject."""
    return await tx.one(
        select(Receipt)
        .where(
            Receipt.account_id == tx.account_id,
            Receipt.visitor_id == visitor_id,
            Receipt.subject == subject,
        )
        .order_by(Receipt.number.desc())
    )


async def _hashes(tx: Transaction, numbers: Iterable[int]) -> dict[int, str]:
    rows = await tx.values(
        select(ReceiptLink.number, ReceiptLink.hash).where(
            ReceiptLink.account_id == tx.account_id, ReceiptLink.number.in_(list(numbers))
        )
    )
    return dict(map(tuple, rows))


def receipt_view(receipt: Receipt, hashed: str) -> ReceiptView:
    """Returns a receipt as shown: without its salt."""
    details = receipt.details
    return ReceiptView(
        id=receipt.id,
        number=receipt.number,
        subject=receipt.subject,
        answer=receipt.answer,
        text=details["text"],
        text_version=details["text_version"],
        language=details["language"],
        sha256=details["sha256"],
        method=details["method"],
        surface=details["surface"],
        at=receipt.created_at,
        hash=hashed,
        reason=details.get("reason"),
    )
