"""What the store of files holds about people, as one of the places that erasing empties."""

from __future__ import annotations

import asyncio
from uuid import UUID

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.objects import Objects, person_folder


class KeptFiles:
    """The objects of one person: those that rows name, and those that never came to a row."""

    name = "objects of files"
    method = "everything in the person's folder of the store removed, then listed again"
    inside = False

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how many objects there are."""
        return await asyncio.to_thread(self._objects.count, person_folder(account_id, person_id))

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Removes them."""
        return await asyncio.to_thread(self._objects.empty, person_folder(account_id, person_id))
