"""What an import brings to one moment, for an export reads table after table while people write.

Whoever came while it was read is in some tables and not in others, and is left out; whatever was
written meanwhile by those who were there is in, with what counts it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, func, select, update

from chathaven.engines.database.data_map import Whose
from chathaven.engines.database.people import tables_about_people
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import EVERYONE, Transaction
from chathaven.engines.vault.model import PersonKey
from chathaven.product.audit.cut import settle_head
from chathaven.product.chats.model import Chat, Event, Feed
from chathaven.product.consents.settle import settle_chain

_VISITOR = "visitor"


async def settle(tx: Transaction) -> None:
    """Takes out who is not there as a whole, and brings counters and chains to their last row."""
    await tx.see(EVERYONE)
    await _leave_out_newcomers(tx)
    await _settle_counters(tx)
    await settle_head(tx)
    await settle_chain(tx)


async def with_keys(
    tx: Transaction, table: type[Table], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Returns those of a table's rows that can be sealed: the others' people came afterwards."""
    if not table.sealed_columns:
        return rows
    person = str(table.holding.person)
    keys = await tx.vault.keys(await tx.driver(), tx.account_id, {row[person] for row in rows})
    return [row for row in rows if row[person] in keys]


async def _leave_out_newcomers(tx: Transaction) -> None:
    chat = exists().where(
        Chat.account_id == PersonKey.account_id, Chat.visitor_id == PersonKey.person_id
    )
    await tx.run(
        delete(PersonKey).where(
            PersonKey.account_id == tx.account_id, PersonKey.kind == _VISITOR, ~chat
        )
    )
    for table in tables_about_people():
        if table.holding.whose is not Whose.VISITOR or table is PersonKey:
            continue
        columns = table.__table__.c
        known = exists().where(
            PersonKey.account_id == columns["account_id"],
            PersonKey.person_id == columns[str(table.holding.person)],
        )
        await tx.run(delete(table).where(columns["account_id"] == tx.account_id, ~known))


async def _settle_counters(tx: Transaction) -> None:
    """Chats and the feed go on behind their last event."""
    last = (
        select(func.max(Event.seq))
        .where(Event.account_id == Chat.account_id, Event.chat_id == Chat.id)
        .scalar_subquery()
    )
    said = (
        select(func.max(Event.seq))
        .where(
            Event.account_id == Chat.account_id,
            Event.chat_id == Chat.id,
            Event.type.like("%-message"),
        )
        .scalar_subquery()
    )
    await tx.run(
        update(Chat)
        .where(Chat.account_id == tx.account_id, Chat.last_seq < last)
        .values(last_seq=last, last_message_seq=func.coalesce(said, Chat.last_message_seq))
    )
    position = (
        select(func.max(Event.position))
        .where(Event.account_id == Feed.account_id)
        .scalar_subquery()
    )
    await tx.run(
        update(Feed)
        .where(Feed.account_id == tx.account_id, Feed.position < position)
        .values(position=position)
    )
