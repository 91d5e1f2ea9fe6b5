"""Receipts: a hash-chained record of what was shown and answered (GDPR Art. 7(1)).

Each receipt is sealed with the person's key. The chain holds a salted commitment to it, so that
the chain can still be checked, link by link, after a person was erased.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.model import Answer, Notice, Receipt, ReceiptLink, Subject

SCHEMA = "chathaven-receipt-1"
_FIRST = "0" * 64
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
    """Adds a receipt to the account's chain, in the transaction of what depends on it (A-07-1)."""
    number, previous = await _next(tx)
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
    driver = await tx.driver()
    await driver.execute(
        "UPDATE receipt_heads SET number = %s, hash = %s WHERE account_id = %s",
        (number, hashed, tx.account_id),
    )
    return receipt


async def _next(tx: Transaction) -> tuple[int, str]:
    """Locks the chain's head. Returns the next number and the last hash."""
    driver = await tx.driver()
    await driver.execute(
        "INSERT INTO receipt_heads (account_id, number, hash) VALUES (%s, 0, %s)"
        " ON CONFLICT DO NOTHING",
        (tx.account_id, _FIRST),
    )
    rows = await driver.execute(
        "SELECT number, hash FROM receipt_heads WHERE account_id = %s FOR UPDATE",
        (tx.account_id,),
    )
    row = await rows.fetchone()
    assert row is not None
    return row[0] + 1, row[1]


def commit(receipt: Receipt) -> str:
    """Returns the SHA-256 of a receipt with its salt, in hex."""
    body = {
        "id": str(receipt.id),
        "visitor_id": str(receipt.visitor_id),
        "subject": str(receipt.subject),
        "answer": str(receipt.answer),
        "details": receipt.details,
        "created_at": receipt.created_at,
    }
    return hashlib.sha256(_canonical(body)).hexdigest()


def link_hash(
    account_id: UUID, number: int, commitment: str, previous: str, moment: datetime
) -> str:
    """Returns the hash of one link: of its place, its commitment and the link before it."""
    body = f"{account_id}|{number}|{commitment}|{previous}|{moment.isoformat()}"
    return hashlib.sha256(body.encode()).hexdigest()


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


class Broken(msgspec.Struct):
    """Where a chain does not hold, and why."""

    number: int
    why: str


async def check_chain(tx: Transaction) -> Broken | None:
    """Walks the account's chain. Returns the first place where it does not hold, or None."""
    previous, expected = _FIRST, 1
    links = await tx.all(
        select(ReceiptLink)
        .where(ReceiptLink.account_id == tx.account_id)
        .order_by(ReceiptLink.number)
    )
    receipts = {
        receipt.number: receipt
        for receipt in await tx.all(select(Receipt).where(Receipt.account_id == tx.account_id))
    }
    for link in links:
        if link.number != expected:
            return Broken(expected, "a link is missing")
        hashed = link_hash(
            tx.account_id, link.number, link.commitment, link.previous, link.created_at
        )
        if link.previous != previous or link.hash != hashed:
            return Broken(link.number, "a link was changed")
        receipt = receipts.get(link.number)
        if receipt is not None and commit(receipt) != link.commitment:
            return Broken(link.number, "a receipt was changed")
        previous, expected = link.hash, expected + 1
    rows = await (await tx.driver()).execute(
        "SELECT number, hash FROM receipt_heads WHERE account_id = %s", (tx.account_id,)
    )
    head = await rows.fetchone() or (0, _FIRST)
    if (head[0], head[1]) != (expected - 1, previous):
        return Broken(expected, "the end of the chain was cut off")
    return None
