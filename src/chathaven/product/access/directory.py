"""Finding and keeping the account behind a name."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.access.model import Directory

OPERATOR_EMAIL = "operator-email"
SITE_KEY = "site-key"


class Found(NamedTuple):
    """What a name stands for."""

    account_id: UUID
    target_id: UUID


async def look_up(tx: Transaction, kind: str, name: str) -> Found | None:
    """Returns the account and row behind a name, or None."""
    hashed = await tx.vault.lookup(await tx.driver(), kind, name)
    rows = await tx.values(
        select(Directory.account_id, Directory.target_id).where(
            Directory.kind == kind, Directory.hash == hashed
        )
    )
    return Found(*rows[0]) if rows else None


async def accounts_known(tx: Transaction) -> list[UUID]:
    """Returns the id of every account that somebody can sign in to."""
    rows = await tx.values(
        select(Directory.account_id).where(Directory.kind == OPERATOR_EMAIL).distinct()
    )
    return [row[0] for row in rows]


async def enter_name(tx: Transaction, kind: str, name: str, target_id: UUID) -> None:
    """Keeps a name of the transaction's account."""
    hashed = await tx.vault.lookup(await tx.driver(), kind, name)
    await tx.insert(
        Directory(kind=kind, hash=hashed, account_id=tx.account_id, target_id=target_id)
    )


async def forget_names(tx: Transaction, target_id: UUID) -> None:
    """Forgets all names of one row."""
    await tx.run(
        delete(Directory).where(
            Directory.account_id == tx.account_id, Directory.target_id == target_id
        )
    )
