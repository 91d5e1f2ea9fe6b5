"""Telling open screens that a person has gone out of sight, or has come back."""

from __future__ import annotations

from uuid import UUID

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.chats.live import Live
from chathaven.product.visitors.restrict import Told


def telling(bus: Bus, live: Live) -> Told:
    """Returns what `restrict`, `lift`, `hold` and `release` tell after the commit.

    Operators' screens forget the person at once (`hidden`), or ask for the chat again (`shown`).
    The person's own streams come back, so that they are judged anew.
    """

    def tell(tx: Transaction, visitor_id: UUID, chat_id: UUID, hidden: bool) -> None:
        account_id = tx.account_id

        def say() -> None:
            sign = {"visitor_id": visitor_id, "chat_id": chat_id}
            name = "hidden" if hidden else "shown"
            live.publisher.whisper_feed(account_id, name, sign)
            bus.changed(account_id, "sight", visitor_id)

        tx.after_commit(say)

    return tell
