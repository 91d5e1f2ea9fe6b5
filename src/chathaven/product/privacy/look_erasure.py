"""A person's own look at their erasure, with nothing but what they were given for it."""

from __future__ import annotations

from uuid import UUID

from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.vault.proof import is_holder
from chathaven.engines.web.limits import Rate
from chathaven.product.access.directory import look_up
from chathaven.product.privacy.ask_erasure import NUMBER
from chathaven.product.privacy.model import Erasure
from chathaven.product.privacy.show_erasure import ErasureView, read_erasure, view

LOOKS = Rate("erasure-look", 120, 600)


async def look(database: Database, erasure_id: UUID, nonce: str) -> ErasureView:
    """Returns an erasure with its certificates to whoever has its number and its nonce.

    Raises:
        NotFound: there is none of this number, or the nonce is another's.
    """
    async with database.transaction() as tx:
        return await view(tx, await enter_theirs(tx, erasure_id, nonce))


async def enter_theirs(tx: Transaction, erasure_id: UUID, nonce: str) -> Erasure:
    """Returns a person's own erasure; the transaction belongs to its account from then on.

    Raises:
        NotFound: there is none of this number, or the nonce is another's.
    """
    found = await look_up(tx, NUMBER, str(erasure_id))
    if found is None:
        raise NotFound()
    await tx.enter(found.account_id)
    erasure = await read_erasure(tx, erasure_id)
    if erasure is None or not is_holder(erasure.holder, nonce):
        raise NotFound()
    return erasure
