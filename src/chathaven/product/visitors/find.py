"""Finding visitors: by exact e-mail through its index, by a part of anything by opening them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.consents.suppressed import suppressed_among
from chathaven.product.visitors.model import Visitor
from chathaven.product.visitors.person import merged_into_each, stands_alone

SCAN_PAGE = 500
MOST_SCANNED = 20_000
"""A search by opening stops here; the newest come first."""


async def find_by_email(tx: Transaction, email: str, limit: int) -> list[Visitor]:
    """Returns the visitors with exactly this address, newest first.

    Of somebody who was merged it is the other who is returned.
    """
    hashes = await tx.vault.indexes(await tx.driver(), tx.account_id, "email", email)
    found = await tx.all(
        select(Visitor)
        .where(Visitor.account_id == tx.account_id, Visitor.email_index.in_(hashes))
        .order_by(Visitor.id.desc())
        .limit(limit)
    )
    merged = {each.merged_into for each in found if each.merged_into is not None}
    others = await tx.all(
        select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id.in_(merged))
    )
    by_id = {each.id: each for each in others}
    people = (by_id.get(each.merged_into, each) if each.merged_into else each for each in found)
    return sorted({each.id: each for each in people}.values(), key=_newest)


def _newest(visitor: Visitor) -> int:
    return -visitor.id.int


async def list_visitors(
    tx: Transaction, words: str, marketing: str | None, before: UUID | None, limit: int
) -> tuple[list[Visitor], UUID | None]:
    """Returns visitors with `words` in name, e-mail or phone, newest first, and the next cursor.

    Those who were merged are not listed, and the other is found by their words too. `marketing`
    keeps those with that answer, as `keep_answer` does.
    """
    found: list[Visitor] = []
    wanted = words.casefold()
    scanned = 0
    while scanned < MOST_SCANNED:
        statement = select(Visitor).where(Visitor.account_id == tx.account_id, stands_alone())
        if marketing is not None:
            answer = None if marketing == "none" else marketing
            statement = statement.where(Visitor.marketing_answer.is_not_distinct_from(answer))
        if before is not None:
            statement = statement.where(Visitor.id < before)
        page = await tx.all(statement.order_by(Visitor.id.desc()).limit(SCAN_PAGE))
        kept = {each.id for each in await keep_answer(tx, page, marketing)}
        merged = await merged_into_each(tx, [each.id for each in page])
        for visitor in page:
            before, others = visitor.id, merged.get(visitor.id, [])
            if visitor.id not in kept:
                continue
            if any(matches(each, wanted) for each in (visitor, *others)):
                found.append(visitor)
                if len(found) == limit:
                    return found, before
        if len(page) < SCAN_PAGE:
            return found, None
        scanned += len(page)
    return found, before


async def keep_answer(
    tx: Transaction, visitors: list[Visitor], marketing: str | None
) -> list[Visitor]:
    """Returns those of visitors who answered yes, no, or nothing ("none"); None keeps all.

    Who said yes, and whose address is not to be written to (A-17-6), is left out; so is who said no
    as another visitor.
    """
    if marketing is None:
        return visitors
    found = [each for each in visitors if (each.marketing_answer or "none") == marketing]
    if marketing != "yes":
        return found
    barred = await _barred(tx, found)
    merged = await merged_into_each(tx, [each.id for each in found])
    return [
        each
        for each in found
        if each.email not in barred and not any(map(_refused, merged.get(each.id, [])))
    ]


async def _barred(tx: Transaction, visitors: Iterable[Visitor]) -> frozenset[str]:
    """Returns the addresses among these visitors' that are not to be written to."""
    emails = [visitor.email for visitor in visitors if visitor.email]
    return frozenset(await suppressed_among(tx, emails))


def _refused(visitor: Visitor) -> bool:
    return visitor.marketing_answer == "no"


def matches(visitor: Visitor, wanted: str) -> bool:
    """Whether any of a visitor's own fields holds the words (case folded)."""
    fields = (visitor.name, visitor.email, visitor.phone)
    return not wanted or any(wanted in field.casefold() for field in fields if field)
