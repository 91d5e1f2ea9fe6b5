"""The names beside events, kept for a moment so that a busy chat does not ask for them again."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from cachetools import TTLCache
from sqlalchemy import select

from chathaven.engines.database.transaction import Transaction
from chathaven.product.chats.append import Written
from chathaven.product.operators.model import Operator
from chathaven.product.visitors.model import Visitor

Names = dict[UUID, str | None]
_SECONDS = 60
_MOST = 20_000


class NameCache:
    """Names of operators and visitors, by id."""

    def __init__(self) -> None:
        self._names: TTLCache[tuple[UUID, UUID], str | None] = TTLCache(_MOST, _SECONDS)

    def remembers(self, account_id: UUID, person_id: UUID) -> bool:
        """Whether a person's name is in memory."""
        return self._names.get((account_id, person_id)) is not None

    def forget(self, account_id: UUID, person_id: UUID) -> None:
        """Drops a name that changed."""
        self._names.pop((account_id, person_id), None)

    def forget_account(self, account_id: UUID) -> None:
        """Drops every name of an account."""
        for place in [place for place in self._names if place[0] == account_id]:
            self._names.pop(place, None)

    def known(self, account_id: UUID, events: Iterable[Written]) -> Names | None:
        """Returns the names of the authors of events, or None when one has to be read."""
        names: Names = {}
        for _, person_id in {person for event in events for person in _people(event)}:
            if (account_id, person_id) not in self._names:
                return None
            names[person_id] = self._names[account_id, person_id]
        return names

    async def of(self, tx: Transaction, events: Iterable[Written]) -> Names:
        """Returns the names of the authors of events."""
        authors = {person for event in events for person in _people(event)}
        names: Names = {}
        missing: dict[str, list[UUID]] = {}
        for kind, person_id in authors:
            if (tx.account_id, person_id) in self._names:
                names[person_id] = self._names[tx.account_id, person_id]
            else:
                missing.setdefault(kind, []).append(person_id)
        for kind, people in missing.items():
            found = dict.fromkeys(people) | await _read(tx, kind, people)
            for person_id, name in found.items():
                names[person_id] = self._names[tx.account_id, person_id] = name
        return names


def _people(event: Written) -> Iterable[tuple[str, UUID]]:
    if event.author_id is not None:
        yield event.author_kind, event.author_id
    assignee = event.params.get("operator_id")
    if assignee is not None:
        yield "operator", UUID(assignee)


async def _read(tx: Transaction, kind: str, people: list[UUID]) -> Names:
    if kind == "operator":
        operators = await tx.all(
            select(Operator).where(Operator.account_id == tx.account_id, Operator.id.in_(people))
        )
        return {each.id: each.shown_name for each in operators}
    if kind == "visitor":
        visitors = await tx.all(
            select(Visitor).where(Visitor.account_id == tx.account_id, Visitor.id.in_(people))
        )
        return {each.id: each.name for each in visitors}
    return {}
