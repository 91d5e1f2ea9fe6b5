"""Bringing the chain of receipts to one end, after rows were brought from elsewhere."""

from __future__ import annotations

from sqlalchemy import delete, select

from chathaven.engines.database.hash_chain import EMPTY, Head, lock_head, move_head
from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.model import Receipt, ReceiptLink
from chathaven.product.consents.receipts import HEADS, commit, link_hash


async def settle_chain(tx: Transaction) -> None:
    """Links receipts that have no link yet, and sets the head to the last link.

    Tables are read one after another while people answer: links may have come behind the head, and
    receipts behind the links. A receipt stands under the next number, where others before it went
    with their person.
    """
    await lock_head(tx, HEADS)
    last = await _last_link(tx)
    for number in await _without_link(tx, last.number):
        receipt = await tx.one(
            select(Receipt).where(Receipt.account_id == tx.account_id, Receipt.number == number)
        )
        if receipt is not None:
            last = await _link(tx, receipt, last)
    await move_head(tx, HEADS, last)


async def _last_link(tx: Transaction) -> Head:
    rows = await tx.values(
        select(ReceiptLink.number, ReceiptLink.hash)
        .where(ReceiptLink.account_id == tx.account_id)
        .order_by(ReceiptLink.number.desc())
        .limit(1)
    )
    return Head(*rows[0]) if rows else EMPTY


async def _without_link(tx: Transaction, after: int) -> list[int]:
    rows = await tx.values(
        select(Receipt.number)
        .where(Receipt.account_id == tx.account_id, Receipt.number > after)
        .order_by(Receipt.number)
    )
    return [row[0] for row in rows]


async def _link(tx: Transaction, receipt: Receipt, last: Head) -> Head:
    number, commitment, moment = last.number + 1, commit(receipt), receipt.created_at
    hashed = link_hash(tx.account_id, number, commitment, last.hash, moment)
    await tx.insert(
        ReceiptLink(
            account_id=tx.account_id,
            number=number,
            commitment=commitment,
            previous=last.hash,
            hash=hashed,
            created_at=moment,
        )
    )
    if receipt.number != number:
        await _move(tx, receipt, number)
    return Head(number, hashed)


async def _move(tx: Transaction, receipt: Receipt, number: int) -> None:
    """Writes a receipt under another number: what is sealed is bound to it, so it is sealed anew."""
    columns = (column.name for column in Receipt.__table__.columns)
    said = {name: getattr(receipt, name) for name in columns}
    await tx.run(
        delete(Receipt).where(Receipt.account_id == tx.account_id, Receipt.number == receipt.number)
    )
    await tx.insert(Receipt(**{**said, "number": number}))
