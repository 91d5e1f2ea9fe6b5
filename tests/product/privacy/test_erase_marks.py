"""What an erasure leaves for the next shred tick: the account is to get new keys."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from chathaven.engines.ground import Ground
from chathaven.engines.vault.model import AccountKey, RootEpoch
from chathaven.product.privacy.model import Erasure
from tests.product.privacy.erasing import erased
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import Company, Served


async def test_the_account_gets_new_keys(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    """Else its key would be wrapped by the next root, and open copies of the person's for ever."""
    account_id = UUID(company.id)
    marked = select(AccountKey.erased_epoch).where(AccountKey.account_id == account_id)
    async with ground.database.transaction(account_id) as tx:
        assert await tx.value(marked) is None
    erasure_id = await erased(served, company, visitor)
    async with ground.database.transaction(account_id) as tx:
        [current] = await tx.values(select(RootEpoch.epoch).where(RootEpoch.retired_at.is_(None)))
        assert await tx.value(marked) == current[0]
        last = select(Erasure.last_epoch).where(Erasure.account_id == account_id)
        assert await tx.value(last.where(Erasure.id == erasure_id)) == current[0]
