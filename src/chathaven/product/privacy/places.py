"""The places of this slice and those below it that hold a person's data outside their rows."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy import func, select

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.kept import KeptFiles
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.about import Jobs
from chathaven.engines.mail.letters import Letters
from chathaven.engines.stores import tables
from chathaven.engines.stream.subscription import Person
from chathaven.engines.vault.keys import CACHE_SECONDS
from chathaven.engines.vault.model import PersonKey
from chathaven.product.chats.names import NameCache
from chathaven.product.privacy.export_account import begin_anew
from chathaven.product.privacy.exports_left import exports_folder, gone_after, strays
from chathaven.product.privacy.model import AccountExport

KINDS = ("visitor", "operator")


def add_stores(ground: Ground, names: NameCache) -> None:
    """Names every place to the ground: what is on its way first, rows next, keys last."""
    ground.stores += [
        Streams(ground),
        Jobs(),
        Exports(ground),
        *tables(),
        KeptFiles(ground.objects),
        Letters(ground.settings.data / "outbox"),
        Memory(ground, names),
    ]


class Exports:
    """Files of the account's exports. Each may hold everybody, so each is written anew."""

    name = "files of exports"
    method = "deleted and written anew without the person; looked for again on the disk"
    inside = True

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how many files were begun while the person was there."""
        folder = exports_folder(self._ground.settings.data, account_id)
        files = await asyncio.to_thread(lambda: [path.name for path in folder.glob("*")])
        if not files or await self._is_there(tx, person_id):
            return len(files)
        # Whoever is gone is in no file that has a key: those were begun afterwards.
        rows = await tx.values(
            select(AccountExport.id).where(
                AccountExport.account_id == account_id, AccountExport.file_key.is_not(None)
            )
        )
        anew = {str(row[0]) for row in rows}
        return sum(name.partition(".")[0] not in anew for name in files)

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Lets every export begin anew; its file goes with the commit, and so does what was left."""
        found = await self.find(tx, account_id, person_id)
        await begin_anew(tx, self._ground)
        for left in await strays(tx, self._ground):
            gone_after(tx, left)
        return found

    async def _is_there(self, tx: Transaction, person_id: UUID) -> bool:
        counting = select(func.count()).select_from(PersonKey)
        where = (PersonKey.account_id == tx.account_id, PersonKey.person_id == person_id)
        return bool(await tx.value(counting.where(*where)))


class Streams:
    """Open streams of the person."""

    name = "open streams"
    method = "ended in every process; counted again in the one that erased"
    inside = False

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how many the person has open in this process."""
        people = (Person(kind, account_id, person_id) for kind in KINDS)
        return sum(map(self._ground.hub.listening, people))

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Ends them, here and elsewhere."""
        found = await self.find(tx, account_id, person_id)
        self._ground.bus.changed(account_id, "erased", person_id)
        return found


class Memory:
    """What processes keep in memory for a short while: keys, names, who is recognised."""

    name = "memory"
    method = (
        "forgotten by the process that erased and by every other one that was told; no process"
        f" keeps it longer than {CACHE_SECONDS} seconds"
    )
    inside = False

    def __init__(self, ground: Ground, names: NameCache) -> None:
        self._ground = ground
        self._names = names

    async def find(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Returns how much this process remembers."""
        return self._ground.vault.remembers(account_id, person_id) + self._names.remembers(
            account_id, person_id
        )

    async def remove(self, tx: Transaction, account_id: UUID, person_id: UUID) -> int:
        """Lets every process forget."""
        found = await self.find(tx, account_id, person_id)
        self._ground.bus.changed(account_id, "erased", person_id)
        return found
