"""When somebody erases themselves whom an operator takes for another visitor, too.

The token proves who asks, and not that both are one person. Nobody is erased unasked, and nothing
of what was asked for is forgotten: it becomes a request about the other, whose identity is to be
proven (GDPR Art. 12(2), 12(6)).
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.base.errors import Conflict
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.rights.find import requests_of
from chathaven.product.rights.receive import Asking, receive
from chathaven.product.rights.states import FINAL, Kind, Via
from chathaven.product.visitors.identify import read_visitor


async def ask_for_a_look(tx: Transaction, ground: Ground, visitor_id: UUID) -> None:
    """Receives a request for the erasure of a visitor, where none is open; the transaction sees
    them afterwards.

    Raises:
        NotFound: there is no such visitor.
    """
    await tx.see(visitor_id)
    visitor = await read_visitor(tx, visitor_id)
    for each in await requests_of(tx, visitor_id):
        if each.kind == Kind.ERASURE and each.state not in FINAL:
            return
    asking = Asking(
        kind=Kind.ERASURE,
        via=Via.WIDGET,
        received_at=now(),
        language=str((visitor.technical or {}).get("language") or "en"),
        visitor_id=visitor_id,
        chat_id=visitor.chat_id,
    )
    # Of somebody with too many open requests one is looked at sooner or later.
    with suppress(Conflict):
        await receive(tx, ground, System(tx.account_id), asking)
