"""Letters that rest in the folder, found by the person they are about.

The file's name bears the person's id, which is random and says nothing by itself; no letter is
opened to find it. What went out by SMTP is with others, and is not found here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from chathaven.engines.database.transaction import Transaction

WRITTEN = "%Y%m%d-%H%M%S-%f"
"""How a letter's name begins: when it was written, in UTC, so that they stand in their order."""
_LONG = len("20261124-023141-000000")


STAY_DAYS = 30
"""Long enough for whoever runs the installation to send them on by hand."""


class Resting(NamedTuple):
    """A letter, when it was written, and the person it is about; None: nobody."""

    path: Path
    at: datetime
    about: UUID | None


class Letters:
    """Letters in DATA/outbox."""

    name = "letters"
    method = "files deleted, then looked for again by the id in their names"
    inside = False

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how many letters are about the person, unfinished ones included."""
        return await asyncio.to_thread(self.count, {person_id})

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Deletes them."""
        return await asyncio.to_thread(self.delete, {person_id})

    def count(self, people: Container[UUID]) -> int:
        """Returns how many letters are about any of these people."""
        return len(self._about(people))

    def delete(self, people: Container[UUID]) -> int:
        """Deletes letters about any of these people, and returns how many there were."""
        letters = self._about(people)
        for letter in letters:
            letter.unlink(missing_ok=True)
        return len(letters)

    def written_before(self, moment: datetime) -> list[Resting]:
        """Returns the letters that were written before a moment, unfinished ones included."""
        found = [
            Resting(letter, at, _person(letter))
            for letter in self._outbox.glob("*.*")
            if (at := _written(letter)) is not None
        ]
        return [each for each in found if each.at < moment]

    def _about(self, people: Container[UUID]) -> list[Path]:
        return [letter for letter in self._outbox.glob("*.*") if _person(letter) in people]


def _written(letter: Path) -> datetime | None:
    """Returns when a letter was written; None for what is no letter of ours."""
    try:
        return datetime.strptime(letter.name[:_LONG], WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return None


def _person(letter: Path) -> UUID | None:
    """Returns whom a letter is about: the middle of its name."""
    _, *whose, _ = letter.name.split(".")
    try:
        return UUID(whose[0]) if whose else None
    except ValueError:
        return None
