"""Erasures as they are shown: to those who may erase, and to the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.errors import Invalid
from chathaven.base.reasons import Reason
from chathaven.engines.database.people import Removed
from chathaven.engines.database.transaction import Transaction
from chathaven.product.privacy.model import Erasure, Status
from chathaven.product.visitors.model import RestrictionKind
from chathaven.product.visitors.restrict import standing


class HoldView(msgspec.Struct):
    """A legal hold for which an erasure waits: until when, and nothing of what it is for."""

    id: UUID
    until: str | None


class ErasureView(msgspec.Struct):
    """An erasure as shown. While it is `waiting`, `holds` says for what."""

    id: UUID
    status: str
    requested_at: str | None = None
    asked_by: str = ""
    live_at: str | None = None
    final_at: str | None = None
    holds: list[HoldView] = []
    receipts: list[Removed] = []
    certificate: dict[str, Any] | None = None
    final_certificate: dict[str, Any] | None = None


def erasure_view(erasure: Erasure, holds: list[HoldView] | None = None) -> ErasureView:
    """Returns an erasure as shown."""
    return ErasureView(
        id=erasure.id,
        status=erasure.status,
        requested_at=shown(erasure.requested_at),
        asked_by=erasure.asked_by,
        live_at=shown(erasure.live_at),
        final_at=shown(erasure.final_at),
        holds=holds or [],
        receipts=msgspec.convert(erasure.receipts, list[Removed]),
        certificate=erasure.certificate,
        final_certificate=erasure.final_certificate,
    )


def shown(moment: datetime | None) -> str | None:
    """Returns a time as the interface writes it."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


async def view(tx: Transaction, erasure: Erasure) -> ErasureView:
    """Returns an erasure as shown, with the holds that it waits for."""
    holds = []
    if erasure.status == Status.WAITING and erasure.subject_id is not None:
        holds = [
            HoldView(each.id, shown(each.review_at))
            for each in await standing(tx, erasure.subject_id, RestrictionKind.HOLD)
        ]
    return erasure_view(erasure, holds)


async def read_erasure(tx: Transaction, erasure_id: UUID) -> Erasure | None:
    """Returns an erasure of the account, or None."""
    return await tx.one(
        select(Erasure).where(Erasure.account_id == tx.account_id, Erasure.id == erasure_id)
    )


async def list_erasures(
    tx: Transaction, after: str | None, limit: int
) -> tuple[list[Erasure], str | None]:
    """Returns the account's erasures, the newest first, and where to go on.

    Raises:
        Invalid: `after` is not the `next` of an earlier answer.
    """
    wanted = select(Erasure).where(Erasure.account_id == tx.account_id)
    if after:
        try:
            # Ids are made in the order of time.
            wanted = wanted.where(Erasure.id < UUID(after))
        except ValueError:
            raise Invalid.field("after", Reason.CURSOR) from None
    found = await tx.all(wanted.order_by(Erasure.id.desc()).limit(limit + 1))
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None
