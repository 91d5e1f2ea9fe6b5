"""Letters that rest in the folder, found by the person they are about.

The file's name bears the person's id, which is random and says nothing by itself; no letter is
opened to find it. What went out by SMTP is with others, and is not found here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from pathlib import Path
from uuid import UUID

from chathaven.engines.database.transaction import Transaction


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

    def _about(self, people: Container[UUID]) -> list[Path]:
        return [letter for letter in self._outbox.glob("*.*") if _person(letter) in people]


def _person(letter: Path) -> UUID | None:
    """Returns whom a letter is about: the middle of its name."""
    _, *whose, _ = letter.name.split(".")
    try:
        return UUID(whose[0]) if whose else None
    except ValueError:
        return None
