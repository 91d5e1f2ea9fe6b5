"""Forgetting somebody of the team, or somebody who was invited: their rows, their key, all places.

What they wrote to visitors belongs to the visitors' chats and is sealed with the visitors' keys:
it stays, and names its author by a random id behind which nobody is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.stores import remove_inside, remove_outside

FORGET = "forget-operator"
leaving: list[Callable[[Transaction, UUID], Awaitable[None]]] = []
"""Called with the id of an operator who goes: slices above let go of what names them."""


async def forget(tx: Transaction, ground: Ground, person_id: UUID) -> None:
    """Deletes every row about somebody with their key, and has everything else follow.

    Raises:
        OSError: the ledger cannot be written; nothing is deleted then.
    """
    for let_go in leaving:
        await let_go(tx, person_id)
    await remove_inside(tx, ground.stores, person_id)
    account_id = tx.account_id
    await ground.vault.wants_new_keys(await tx.driver(), account_id)
    # About nobody: it outlives the person, and ends by itself.
    await ground.queue.enqueue(tx, FORGET, person_id)
    tx.after_commit(lambda: ground.bus.changed(account_id, "erased", person_id))
    # Whoever is not noted could come back with a backup. The ledger names nobody, so its line has
    # an id of its own.
    await asyncio.to_thread(ground.ledger.note, "visitor", account_id, person_id, new_id())


async def forget_outside(ground: Ground, account_id: UUID, person_id: UUID) -> None:
    """Removes what lies outside the database; the job that follows."""
    async with ground.database.transaction(account_id) as tx:
        await remove_outside(tx, ground.stores, person_id)
