"""Recognising a visitor by token, and ending that."""

from __future__ import annotations

from sqlalchemy import delete, select

from chathaven.base import actor
from chathaven.base.clock import now
from chathaven.base.ids import Secret
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.access.gate import Recognise
from chathaven.product.visitors.model import Visitor, VisitorToken


def recognise_visitor(database: Database) -> Recognise:
    """Returns what tells who holds a visitor's token."""

    async def recognise(secret: Secret) -> actor.Visitor | None:
        async with database.transaction(secret.account_id) as tx:
            found = await tx.values(
                select(VisitorToken.id, Visitor.id, Visitor.site_id, Visitor.chat_id)
                .join(
                    Visitor,
                    (Visitor.account_id == VisitorToken.account_id)
                    & (Visitor.id == VisitorToken.visitor_id),
                )
                .where(
                    VisitorToken.account_id == tx.account_id,
                    VisitorToken.digest == secret.digest,
                    VisitorToken.expires_at > now(),
                )
            )
        if not found:
            return None
        token_id, visitor_id, site_id, chat_id = found[0]
        return actor.Visitor(
            account_id=secret.account_id,
            id=visitor_id,
            site_id=site_id,
            chat_id=chat_id,
            token_id=token_id,
        )

    return recognise


async def forget_token(tx: Transaction, who: actor.Visitor) -> None:
    """Ends the token that a visitor came with."""
    await tx.run(
        delete(VisitorToken).where(
            VisitorToken.account_id == tx.account_id, VisitorToken.id == who.token_id
        )
    )
