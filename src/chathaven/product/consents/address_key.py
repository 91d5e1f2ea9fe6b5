"""Keyed hashes of e-mail addresses that outlive the address."""

from __future__ import annotations

import os

from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.vault.blind_index import blind_index
from chathaven.product.accounts.settings import read_account
from chathaven.product.consents.kept_model import AddressKey


async def hash_to_keep(tx: Transaction, email: str) -> bytes:
    """Returns the hash of an address to be written; the account's key is made when it is missing."""
    key = await _key(tx)
    if key is None:
        # Locked, so that of two who come at once the second finds what the first has made.
        await read_account(tx, lock=True)
        key = await _key(tx) or await _make(tx)
    return blind_index(key, "email", email)


async def hashes_of(tx: Transaction, emails: list[str]) -> list[bytes]:
    """Returns the hashes to look for, in order; none where this account never kept one."""
    key = await _key(tx) if emails else None
    return [blind_index(key, "email", each) for each in emails] if key is not None else []


async def _key(tx: Transaction) -> bytes | None:
    found = await tx.one(select(AddressKey).where(AddressKey.account_id == tx.account_id))
    return bytes.fromhex(found.key) if found is not None and found.key else None


async def _make(tx: Transaction) -> bytes:
    key = os.urandom(32)
    await tx.insert(AddressKey(account_id=tx.account_id, key=key.hex(), created_at=now()))
    return key
