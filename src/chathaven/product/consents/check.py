"""Checking the chain of receipts: intact, or the exact place where it is not."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.engines.database.hash_chain import FIRST, Head, read_head
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.vault.seal import CannotOpen
from chathaven.product.consents.model import Receipt, ReceiptLink
from chathaven.product.consents.receipts import HEADS, commit, link_hash

PAGE = 500


class Broken(msgspec.Struct):
    """A place where the chain does not hold, and why. `through` is the last of several."""

    number: int
    why: str
    through: int | None = None


async def check_receipts(database: Database, account_id: UUID) -> list[Broken]:
    """Walks the account's chain. Returns every place where it does not hold.

    A link without its receipt is no fault: the receipt goes when the person is erased.
    """
    async with database.transaction() as tx:
        # One view of all pages: receipts that come meanwhile are not there.
        await (await tx.driver()).execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await tx.enter(account_id, "everyone")
        return await _walk(tx)


async def _walk(tx: Transaction) -> list[Broken]:
    broken: list[Broken] = []
    last = Head(0, FIRST)
    while links := await tx.all(
        select(ReceiptLink)
        .where(ReceiptLink.account_id == tx.account_id, ReceiptLink.number > last.number)
        .order_by(ReceiptLink.number)
        .limit(PAGE)
    ):
        receipts = await _commitments(tx, last.number, links[-1].number)
        for link in links:
            broken += _link(tx.account_id, link, last)
            found = receipts.pop(link.number, link.commitment)
            if found != link.commitment:
                broken.append(Broken(link.number, "a receipt was changed"))
            last = Head(link.number, link.hash)
        broken += [Broken(number, "a receipt has no link") for number in receipts]
    head = await read_head(tx, HEADS)
    if head.number > last.number:
        broken.append(Broken(last.number + 1, "the end of the chain was cut off", head.number))
    elif head != last:
        broken.append(Broken(last.number, "the chain does not end where it says"))
    beyond = await _commitments(tx, last.number, None)
    broken += [Broken(number, "a receipt has no link") for number in beyond]
    return sorted(broken, key=lambda each: each.number)


def _link(account_id: UUID, link: ReceiptLink, last: Head) -> list[Broken]:
    if link.number != last.number + 1:
        return [Broken(last.number + 1, "a link is missing", link.number - 1)]
    hashed = link_hash(account_id, link.number, link.commitment, link.previous, link.created_at)
    if link.hash != hashed:
        return [Broken(link.number, "a link was changed")]
    if link.previous != last.hash:
        return [Broken(link.number, "a link does not follow the one before it")]
    return []


async def _commitments(tx: Transaction, after: int, through: int | None) -> dict[int, str | None]:
    """Returns the commitments of receipts by their numbers; None for one that does not open."""
    where = [Receipt.account_id == tx.account_id, Receipt.number > after]
    if through is not None:
        where.append(Receipt.number <= through)
    try:
        rows = await tx.all(select(Receipt).where(*where))
    except CannotOpen:
        numbers = [row[0] for row in await tx.values(select(Receipt.number).where(*where))]
        return {number: await _commitment(tx, number) for number in numbers}
    return {row.number: commit(row) for row in rows}


async def _commitment(tx: Transaction, number: int) -> str | None:
    try:
        row = await tx.one(
            select(Receipt).where(Receipt.account_id == tx.account_id, Receipt.number == number)
        )
    except CannotOpen:
        return None
    return commit(row) if row else None
