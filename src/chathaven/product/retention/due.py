"""What has had its time: people, who are erased as if they had asked, and rows of other tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg import sql
from sqlalchemy import ColumnElement, delete, func, select, tuple_

from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.accounts.settings import RetentionPeriods
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.cut import count_before, cut_before
from chathaven.product.audit.model import AuditLine
from chathaven.product.chats.silence import count_silent, needed, silent_people
from chathaven.product.messages.model import File
from chathaven.product.privacy.export_rows import of_account
from chathaven.product.privacy.model import Erasure
from chathaven.product.retention.classes import (
    CLASSES,
    CONVERSATION,
    LETTERS,
    VISIT,
    Class,
    tables_of,
)
from chathaven.product.retention.letters import STORE, letters_due, outbox


class StoreDue(msgspec.Struct):
    """How many rows of a table have had their time; or letters in the folder (`letters`)."""

    store: str
    rows: int


class ClassDue(msgspec.Struct):
    """What of a class has had its time.

    `code` is the class in the data map, `period` how long it is kept, in `unit`; `most` the
    longest that can be set, equal to `period` where nothing can. `people` are erased whole, and
    with them their `files`, of `bytes` in all; `rows` go one by one. `oldest` is the time from
    which the first of them counts.
    """

    code: str
    name: str
    period: int
    unit: str
    most: int
    setting: str | None
    people: int
    rows: int
    oldest: datetime | None
    stores: list[StoreDue]
    files: int = 0
    bytes: int = 0


async def what_is_due(
    tx: Transaction, ground: Ground, periods: RetentionPeriods, moment: datetime
) -> list[ClassDue]:
    """Returns for each class what of it has had its time at a moment.

    Whoever is restricted or held is not seen, so nothing of theirs is counted.
    """
    going = await on_their_way(tx)
    return [await _of_class(tx, ground, each, periods, moment, going) for each in CLASSES]


async def overdue(
    tx: Transaction, ground: Ground, periods: RetentionPeriods, moment: datetime
) -> int:
    """Returns how many people and rows have had their time at a moment."""
    return sum(each.people + each.rows for each in await what_is_due(tx, ground, periods, moment))


async def _of_class(
    tx: Transaction,
    ground: Ground,
    which: Class,
    periods: RetentionPeriods,
    moment: datetime,
    going: Sequence[UUID],
) -> ClassDue:
    before = which.before(periods, moment)
    people, oldest, files, size = 0, None, 0, 0
    if which in (VISIT, CONVERSATION):
        silent = await count_silent(tx, before, said=which is CONVERSATION, but=going)
        people, oldest = silent.people, silent.oldest
        if people:
            files, size = await _files(tx, before, said=which is CONVERSATION, but=going)
    stores = []
    for table in tables_of(which.retention):
        count, first = await _count(tx, table, before)
        if count:
            stores.append(StoreDue(table.__tablename__, count))
            oldest = min(filter(None, (oldest, first)), default=None)
    if which is LETTERS:
        count, oldest = await letters_due(tx, outbox(ground), before)
        stores += [StoreDue(STORE, count)] if count else []
    return ClassDue(
        code=which.code,
        name=which.name,
        period=which.period(periods),
        unit=which.unit,
        most=which.most,
        setting=which.setting,
        people=people,
        rows=sum(each.rows for each in stores),
        oldest=oldest,
        stores=stores,
        files=files,
        bytes=size,
    )


async def _files(
    tx: Transaction, before: datetime, *, said: bool, but: Sequence[UUID]
) -> tuple[int, int]:
    """Returns how many files of the people who go there are, and how many bytes."""
    rows = await (await tx.driver()).execute(
        sql.SQL(
            "SELECT count(*), coalesce(sum(size), 0)::bigint FROM {}"
            " WHERE account_id = %(account)s AND visitor_id IN ({})"
        ).format(sql.Identifier(File.__tablename__), silent_people(said)),
        {"account": tx.account_id, "before": before, "but": list(but)},
    )
    found = await rows.fetchone()
    return (found[0], found[1]) if found else (0, 0)


async def on_their_way(tx: Transaction) -> list[UUID]:
    """Returns the people whose erasure was asked for and is not done, and those still needed."""
    rows = await tx.values(
        select(Erasure.subject_id).where(
            Erasure.account_id == tx.account_id, Erasure.subject_id.is_not(None)
        )
    )
    return [row[0] for row in rows] + [
        person_id for people in needed for person_id in await people(tx)
    ]


def _past(table: type[Table], account_id: UUID, before: datetime) -> list[ColumnElement[bool]]:
    return [*of_account(table, account_id), table.__table__.c[str(table.holding.since)] < before]


async def _count(
    tx: Transaction, table: type[Table], before: datetime
) -> tuple[int, datetime | None]:
    where = _past(table, tx.account_id, before)
    since = table.__table__.c[str(table.holding.since)]
    [(count, oldest)] = await tx.values(select(func.count(), func.min(since)).where(*where))
    if table is AuditLine:
        # A line in the chain stays as long as one before it.
        count = await count_before(tx, before)
    return int(count), oldest if count else None


async def remove_rows(
    tx: Transaction, anchors: Anchors, table: type[Table], before: datetime, limit: int
) -> int:
    """Deletes at most `limit` rows that have had their time; returns how many."""
    if table is AuditLine:
        # Its chain is cut at once, and a signed anchor says where: check.py reads on from there.
        return await cut_before(tx, anchors, before)
    keys = [column for column in table.__table__.primary_key if column.name != "account_id"]
    some = select(*keys).where(*_past(table, tx.account_id, before)).limit(limit)
    return await tx.run(
        delete(table).where(
            table.__table__.c["account_id"] == tx.account_id, tuple_(*keys).in_(some)
        )
    )
