"""Who is there to answer, as visitors are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.presence import Presence
from chathaven.product.operators.model import Operator

MOST_FACES = 3


async def on_duty(tx: Transaction, presence: Presence) -> list[Operator]:
    """Returns the operators who are at their screens and have not set themselves offline."""
    here = presence.here(tx.account_id, "operator")
    if not here:
        return []
    return await tx.all(
        select(Operator)
        .where(
            Operator.account_id == tx.account_id,
            Operator.id.in_(here),
            Operator.availability == "online",
        )
        .order_by(Operator.id)
    )


def team_view(operators: Sequence[Operator]) -> dict[str, Any]:
    """Returns whether somebody is there, and the names of the first few."""
    return {
        "online": bool(operators),
        "operators": [{"name": each.shown_name} for each in operators[:MOST_FACES]],
    }
