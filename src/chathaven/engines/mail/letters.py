"""Letters that rest in the folder, found by the person they are about.

The file's name bears the person's id, which is random and says nothing by itself; no letter is
opened to find it. What went out by SMTP is with others, and is not found here.
"""

from __future__ import annotations

import asyncio
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
        return len(await asyncio.to_thread(self._about, person_id))

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Deletes them."""
        letters = await asyncio.to_thread(self._about, person_id)
        for letter in letters:
            await asyncio.to_thread(letter.unlink, missing_ok=True)
        return len(letters)

    def _about(self, person_id: UUID) -> list[Path]:
        return sorted(self._outbox.glob(f"*.{person_id}.*"))
