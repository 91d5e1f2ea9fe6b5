"""Finding an operator of the transaction's account."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from chathaven.base.actor import Role
from chathaven.base.errors import NotFound
from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.product.operators.model import Operator


async def find(tx: Transaction, operator_id: UUID, *, lock: bool = False) -> Operator:
    """Returns an operator; with `lock` nobody else changes the row until the commit.

    Raises:
        NotFound: the account has no such operator.
    """
    wanted = select(Operator).where(
        Operator.account_id == tx.account_id, Operator.id == operator_id
    )
    operator = await tx.one(wanted.with_for_update() if lock else wanted)
    if operator is None:
        raise NotFound()
    return operator


async def everyone(tx: Transaction) -> list[Operator]:
    """Returns all operators, the longest here first."""
    return await tx.all(
        select(Operator)
        .where(Operator.account_id == tx.account_id)
        .order_by(Operator.created_at, Operator.id)
    )


async def has_email(tx: Transaction, email: str) -> bool:
    """Whether an operator of the account has this e-mail."""
    hashes = await tx.vault.indexes(await tx.driver(), tx.account_id, "email", email)
    found = select(Operator.id).where(
        Operator.account_id == tx.account_id, Operator.email_index.in_(hashes)
    )
    return await tx.value(found) is not None


async def owners_language(tx: Transaction) -> str:
    """Returns the language of the first owner, for letters to somebody of whom none is known."""
    owners = [each for each in await everyone(tx) if each.role == Role.OWNER]
    return choose(owners[0].language if owners else None, None)
