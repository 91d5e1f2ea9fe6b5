"""What chats do when an operator goes: theirs are open to everybody again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.product.chats.model import Chat
from chathaven.product.operators.forget import leaving


async def let_go(tx: Transaction, operator_id: UUID) -> None:
    """Takes an operator from every chat, those of restricted people included."""
    await tx.see(EVERYONE)
    await tx.run(
        update(Chat)
        .where(Chat.account_id == tx.account_id, Chat.assignee_id == operator_id)
        .values(assignee_id=None)
    )
    await tx.see(None)


leaving.append(let_go)
