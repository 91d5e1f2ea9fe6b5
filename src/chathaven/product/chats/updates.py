"""Correcting who a visitor is, and saying so in the chat."""

from __future__ import annotations

from uuid import UUID

from chathaven.base.actor import Operator, Visitor
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.stream.bus import Bus
from chathaven.product.audit.record import record
from chathaven.product.chats.append import Draft
from chathaven.product.chats.change import lock_feed
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import EventType
from chathaven.product.visitors import model
from chathaven.product.visitors.identify import Profile, identify


async def correct(
    tx: Transaction,
    bus: Bus,
    live: Live,
    who: Operator | Visitor,
    visitor_id: UUID,
    profile: Profile,
) -> model.Visitor:
    """Writes a visitor's profile; the chat notes which fields changed, never their values.

    Raises:
        Invalid: a field holds what it cannot take; nothing is stored.
        NotFound: there is no such visitor.
    """
    await lock_feed(tx)
    visitor, changed = await identify(tx, visitor_id, profile)
    if changed:
        kind = "operator" if isinstance(who, Operator) else "visitor"
        params = {"fields": changed}
        draft = Draft(visitor.chat_id, new_id(), EventType.VISITOR_UPDATED, kind, who.id, params)
        live.names.forget(tx.account_id, visitor_id)
        await live.add(tx, draft)
        if isinstance(who, Operator):
            await record(tx, who, "visitor-corrected", "visitor", visitor_id)
        if not (isinstance(who, Visitor) and who.restricted):
            account_id = tx.account_id
            tx.after_commit(lambda: bus.changed(account_id, "visitor", visitor_id))
    return visitor
