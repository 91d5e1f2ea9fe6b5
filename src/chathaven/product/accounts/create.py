"""Making a new account."""

from __future__ import annotations

from uuid import UUID

from chathaven.base.clock import now
from chathaven.engines.database.transaction import Transaction
from chathaven.product.accounts.model import Account
from chathaven.product.accounts.settings import DEFAULTS


async def create(tx: Transaction, account_id: UUID, company: str, terms_version: str) -> Account:
    """Writes a new account with its keys; the transaction belongs to it already."""
    driver = await tx.driver()
    await tx.vault.new_account(driver, account_id)
    await tx.vault.new_person(driver, account_id, account_id, "account")
    moment = now()
    account = Account(
        account_id=account_id,
        company=company,
        settings=DEFAULTS,
        terms_version=terms_version,
        terms_accepted_at=moment,
        created_at=moment,
    )
    await tx.insert(account)
    return account
