"""Finding visitors: by exact e-mail through its index, by a part of anything by opening them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.suppressed import suppressed_among
from chathaven.product.visitors.model import Visitor

SCAN_PAGE = 500
MOST_SCANNED = 20_000
"""A search by opening stops here; the newest come first."""


async def find_by_email(tx: Transaction, email: str, limit: int) -> list[Visitor]:
    """Returns the visitors with exactly this address, newest first."""
    hashes = await tx.vault.indexes(await tx.driver(), tx.account_id, "email", email)
    return await tx.all(
        select(Visitor)
        .where(Visitor.account_id == tx.account_id, Visitor.email_index.in_(hashes))
        .order_by(Visitor.id.desc())
        .limit(limit)
    )


async def list_visitors(
    tx: Transaction, words: str, marketing: str | None, before: UUID | None, limit: int
) -> tuple[list[Visitor], UUID | None]:
    """Returns visitors with `words` in name, e-mail or phone, newest first, and the next cursor.

    `marketing` keeps those with that answer: yes, no, or none. Who said yes, and whose address is
    not to be written to, is left out (A-17-6).
    """
    found: list[Visitor] = []
    wanted = words.casefold()
    scanned = 0
    while scanned < MOST_SCANNED:
        statement = select(Visitor).where(Visitor.account_id == tx.account_id)
        if marketing is not None:
            answer = None if marketing == "none" else marketing
            statement = statement.where(Visitor.marketing_answer.is_not_distinct_from(answer))
        if before is not None:
            statement = statement.where(Visitor.id < before)
        page = await tx.all(statement.order_by(Visitor.id.desc()).limit(SCAN_PAGE))
        barred = await _barred(tx, page) if marketing == "yes" else frozenset[str]()
        for visitor in page:
            before = visitor.id
            if visitor.email not in barred and matches(visitor, wanted):
                found.append(visitor)
                if len(found) == limit:
                    return found, before
        if len(page) < SCAN_PAGE:
            return found, None
        scanned += len(page)
    return found, before


async def _barred(tx: Transaction, visitors: Iterable[Visitor]) -> frozenset[str]:
    """Returns the addresses among these visitors' that are not to be written to."""
    emails = [visitor.email for visitor in visitors if visitor.email]
    return frozenset(await suppressed_among(tx, emails))


def matches(visitor: Visitor, wanted: str) -> bool:
    """Whether any of a visitor's own fields holds the words (case folded)."""
    fields = (visitor.name, visitor.email, visitor.phone)
    return not wanted or any(wanted in field.casefold() for field in fields if field)
