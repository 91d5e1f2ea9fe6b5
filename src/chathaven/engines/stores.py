"""Every kind of place that can hold a person's data: found, emptied, and looked at again.

The tables come from the data map. Everything else says here that it is there: queued jobs,
letters, files, memory, open streams. Erasing walks the list and knows no place by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, func, select

from chathaven.engines.database.people import (
    Removed,
    count,
    is_about,
    see_for_erasing,
    tables_about_people,
)
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction


class Store(Protocol):
    """One kind of place. `method` tells in plain words how it is emptied and looked at.

    `inside` says whether what it removes comes back when the transaction is undone. A place
    outside the database is emptied after the commit, when nothing can write to it any more.
    """

    @property
    def name(self) -> str:
        """The name under which receipts and certificates list it."""

    @property
    def method(self) -> str:
        """How it is emptied, and how it is looked at again."""

    @property
    def inside(self) -> bool:
        """Whether removing is part of the transaction."""

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how much it holds about a person."""

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Removes it, and returns how much. Done twice it removes nothing."""


class Rows:
    """The rows of one table of the data map."""

    method = "rows deleted, then counted again"
    inside = True

    def __init__(self, table: type[Table]) -> None:
        self.name = table.__tablename__
        self._table = table

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how many rows are about the person."""
        await see_for_erasing(tx, person_id)
        where = is_about(self._table, account_id, person_id)
        return int(await tx.value(select(func.count()).select_from(self._table).where(*where)))

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Deletes them."""
        await see_for_erasing(tx, person_id)
        return await tx.run(
            delete(self._table).where(*is_about(self._table, account_id, person_id))
        )


def tables() -> list[Store]:
    """Returns every table with rows about people, keys last."""
    return [Rows(table) for table in tables_about_people()]


class StillThere(Exception):
    """Something was found again after it was removed; the names of the places, and no more."""


async def remove_inside(tx: Transaction, stores: Iterable[Store], person_id: UUID) -> list[Removed]:
    """Empties the places inside the database, in order; the transaction holds all of it or none."""
    inside = [store for store in stores if store.inside]
    found = await _find(tx, inside, person_id)
    removed = {
        # Most tables hold nothing about most people. What comes meanwhile is found again.
        store.name: 0
        if isinstance(store, Rows) and not found[store.name]
        else await store.remove(tx, tx.account_id, person_id)
        for store in inside
    }
    left = await _find(tx, inside, person_id)
    return [
        Removed(store.name, found[store.name], removed[store.name], left[store.name] == 0)
        for store in inside
    ]


async def _find(tx: Transaction, stores: Iterable[Store], person_id: UUID) -> dict[str, int]:
    """Returns how much each of these places holds about a person."""
    rows = await count(tx, person_id)
    return {
        store.name: rows.get(store.name, 0)
        if isinstance(store, Rows)
        else await store.find(tx, tx.account_id, person_id)
        for store in stores
    }


async def find_outside(tx: Transaction, stores: Iterable[Store], person_id: UUID) -> list[Removed]:
    """Returns what the places outside the database hold now, as not removed yet."""
    return [
        Removed(store.name, await store.find(tx, tx.account_id, person_id), 0, False)
        for store in stores
        if not store.inside
    ]


async def remove_outside(tx: Transaction, stores: Iterable[Store], person_id: UUID) -> None:
    """Empties the places outside the database."""
    for store in stores:
        if not store.inside:
            await store.remove(tx, tx.account_id, person_id)


async def look_again(
    tx: Transaction, stores: Sequence[Store], person_id: UUID, receipts: Iterable[Removed]
) -> list[Removed]:
    """Looks at every place again, and returns the receipts with what is true now.

    What was found outside and is gone was removed: whoever was killed between removing and
    writing that down has removed it all the same.

    Raises:
        StillThere: a place holds something.
    """
    before = {each.store: each for each in receipts}
    left = await _find(tx, stores, person_id)
    if any(left.values()):
        raise StillThere(", ".join(sorted(name for name, count in left.items() if count)))
    return [
        Removed(store.name, found, found, True)
        for store in stores
        for found in [before[store.name].found if store.name in before else 0]
    ]


def joined(before: Iterable[Any], new: Iterable[Removed], stores: Iterable[Store]) -> list[Removed]:
    """Returns what all runs found together, place by place.

    Inside the database each run finds what the runs before it did not remove, so counts add up.
    Outside, a run that was killed may have counted what the next one counts again.
    """
    counts = {each.store: each for each in before}
    inside = {store.name for store in stores if store.inside}
    for each in new:
        old = counts.get(each.store)
        if old is None:
            counts[each.store] = each
        elif each.store in inside:
            counts[each.store] = Removed(
                each.store, old.found + each.found, old.removed + each.removed, each.verified
            )
        else:
            counts[each.store] = Removed(
                each.store, max(old.found, each.found), max(old.removed, each.removed), False
            )
    return list(counts.values())
