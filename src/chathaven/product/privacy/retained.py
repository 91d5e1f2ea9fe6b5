"""What stays after an erasure, on which ground of the law, and until when (GDPR Art. 17(3))."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from chathaven.base.clock import now
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.vault.signing import Signing
from chathaven.product.accounts.settings import (
    AccountSettings,
    RetentionPeriods,
    read_account,
)
from chathaven.product.audit.model import AuditLine
from chathaven.product.consents.kept_model import ConsentProof, SuppressedAddress
from chathaven.product.consents.proofs import count_of_holder, keep_proofs, to_be_kept
from chathaven.product.privacy.certificate import Retained
from chathaven.product.privacy.model import Erasure
from chathaven.product.visitors.model import Visitor

UNTIL_REVOKED = "revoked"
"""Stands for the day where something has none: it is kept until the person says yes again."""


class Why(NamedTuple):
    """What is kept, and on which ground, in the words that are signed."""

    what: str
    ground: str


WHY: Mapping[str, Why] = {
    AuditLine.__tablename__: Why(
        "what was done when, by and to a random id; no content and no name",
        "Art. 17(3)(b) with Art. 5(2): showing that the rules were kept",
    ),
    ConsentProof.__tablename__: Why(
        "which text was agreed to or withdrawn, and when; no name, address or message: found only"
        " by who shows the address, of which a keyed hash is kept, or the key that was handed out"
        " with this certificate",
        "Art. 17(3)(e) with Art. 7(1) and 5(2): showing that consent was given",
    ),
    SuppressedAddress.__tablename__: Why(
        "a keyed hash of the e-mail address, so that it is not written to again",
        "Art. 17(3)(b) with Art. 21(3): an objection that has to be kept to",
    ),
}
"""By table. Certificates are read in other languages by these very words: one that is changed gets
its translations in `legal/certificate-texts.json`, and the old one stays there."""


class Staying(msgspec.Struct):
    """What would stay of a person, counted before they are erased. `until` is a date."""

    store: str
    count: int
    until: str


async def keep_proof(
    tx: Transaction, signing: Signing, erasure: Erasure, person_id: UUID, moment: datetime
) -> int:
    """Keeps the proof of what somebody consented to, in the transaction that erases them."""
    if not (await _periods(tx)).consent_months:
        return 0
    return await keep_proofs(
        tx,
        signing,
        person_id,
        email=await email_of(tx, person_id),
        holder=erasure.holder,
        moment=moment,
    )


async def email_of(tx: Transaction, person_id: UUID) -> str | None:
    """Returns a visitor's address; None where there is none, or no such visitor."""
    visitor = await tx.one(
        select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id == person_id)
    )
    return visitor.email if visitor else None


async def what_is_retained(tx: Transaction, erasure: Erasure, person_id: UUID) -> list[Retained]:
    """Returns what was kept of somebody who is gone, for the certificate."""
    periods = await _periods(tx)
    found = []
    lines, last = await _lines(tx, person_id)
    if last is not None:
        found.append(_retained(AuditLine, lines, months_after(last, periods.audit_months)))
    proofs = await count_of_holder(tx, erasure.holder)
    if proofs:
        # Proofs are kept from when the rows went, which a day may lie between.
        until = months_after(now(), periods.consent_months)
        found.append(_retained(ConsentProof, proofs, until))
    if erasure.suppressed:
        found.append(_retained(SuppressedAddress, 1, None))
    return found


def _retained(table: type[Table], count: int, until: date | None) -> Retained:
    what, ground = WHY[table.__tablename__]
    day = f"{until:%Y-%m-%d}" if until else UNTIL_REVOKED
    return Retained(table.__tablename__, count, what, ground, day)


async def what_would_stay(tx: Transaction, person_id: UUID) -> list[Staying]:
    """Returns what would be kept of somebody if they were erased now."""
    periods = await _periods(tx)
    found = []
    lines, last = await _lines(tx, person_id)
    if last is not None:
        until = months_after(last, periods.audit_months)
        found.append(Staying(AuditLine.__tablename__, lines, f"{until:%Y-%m-%d}"))
    receipts = await to_be_kept(tx, person_id) if periods.consent_months else []
    if receipts:
        until = months_after(now(), periods.consent_months)
        found.append(Staying(ConsentProof.__tablename__, len(receipts), f"{until:%Y-%m-%d}"))
    return found


async def _lines(tx: Transaction, person_id: UUID) -> tuple[int, datetime | None]:
    named = or_(AuditLine.actor_id == person_id, AuditLine.target_id == person_id)
    rows = await tx.values(
        select(func.count(), func.max(AuditLine.at)).where(
            AuditLine.account_id == tx.account_id, named
        )
    )
    return int(rows[0][0]), rows[0][1]


async def _periods(tx: Transaction) -> RetentionPeriods:
    return msgspec.convert((await read_account(tx)).settings, AccountSettings).privacy.retention


def months_after(moment: datetime, months: int) -> date:
    """Returns the day so many months later, the last one of a shorter month."""
    count = moment.year * 12 + moment.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(moment.day, monthrange(year, month)[1]))


def summed(stays: Iterable[Staying]) -> list[Staying]:
    """Returns what would stay by store, until the last day of any."""
    found: dict[str, Staying] = {}
    for each in stays:
        there = found.get(each.store, Staying(each.store, 0, each.until))
        until = max(there.until, each.until)
        found[each.store] = Staying(each.store, there.count + each.count, until)
    return list(found.values())
