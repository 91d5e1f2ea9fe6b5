"""What may be off for one account, because it objects to a company that would take part (A-28-3).

Few parts of the product can be switched off for one account alone: `FEATURES` has them all. A
slice above this one knows who objects to what; those that do the work ask here first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from chathaven.base.errors import Forbidden
from chathaven.engines.database.transaction import Transaction

Feature = Literal["files", "visitor-mail"]
FEATURES: tuple[Feature, ...] = ("files", "visitor-mail")
"""Files in chats, and letters to visitors."""

off_by: list[Callable[[Transaction, Feature], Awaitable[bool]]] = []
"""Asked in turn; one that says True is enough."""


async def is_off(tx: Transaction, feature: Feature) -> bool:
    """Whether a feature is off for the transaction's account."""
    return any([await ask(tx, feature) for ask in off_by])


async def check_on(tx: Transaction, feature: Feature) -> None:
    """Lets nothing through while a feature is off.

    Raises:
        Forbidden: it is (`feature_off`).
    """
    if await is_off(tx, feature):
        raise Forbidden(
            "This is switched off here until an objection is decided.", code="feature_off"
        )
