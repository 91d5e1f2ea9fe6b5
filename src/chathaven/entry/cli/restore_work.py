"""What a restored database needs before it is served: its hashes, marks and erasures, and what was
done to protect people after its backup was made.
"""

from __future__ import annotations

import json
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from chathaven.base.settings import Settings
from chathaven.engines.backup.archive import VERSIONS, Archive
from chathaven.engines.backup.rebuild import Replayed
from chathaven.engines.database.transaction import EVERYONE, Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ground import Ground
from chathaven.engines.ledger_changes import Changes
from chathaven.engines.vault.keys import KeyGone, Vault
from chathaven.engines.vault.reindex import reindex
from chathaven.engines.vault.walk import one_account
from chathaven.entry import ground
from chathaven.entry.cli.restore_again import DoneAgain, do_again
from chathaven.product.audit.anchors import Anchors, Kind
from chathaven.product.audit.cut import anchor_head
from chathaven.product.privacy import close_account, erase
from chathaven.product.privacy.model import AccountErasure, Erasure


class Again(NamedTuple):
    """What was set going again: erasures that had not come to their end, and accounts whose
    keyed hashes were made anew; and what was done again (`done`).
    """

    erasures: int
    accounts: int
    done: DoneAgain


async def set_right(
    settings: Settings,
    urls: DatabaseUrls,
    archive: Archive,
    replayed: Replayed,
    changes: Changes,
) -> Again:
    """Makes hashes anew where keys changed since, does again what a restore must not undo, marks
    accounts, and queues erasures again.

    The queue itself is not brought back: a job of then would send its letters a second time. An
    erasure that was asked for is the exception, for it was promised.
    """
    process = ground.build(settings, urls, runs_jobs=False)
    anchors = Anchors(settings.data, process.ground.signing)
    then = {UUID(id): version for id, version in json.loads(archive.whole(VERSIONS)).items()}
    try:
        there = process.ground
        queued = changed = 0
        done = DoneAgain()
        for account_id, version in then.items():
            if account_id in replayed.accounts:
                continue
            changed += await _index(there.database, there.vault, account_id, version)
            async with there.database.transaction(account_id, sees=EVERYONE) as tx:
                done = done.plus(await do_again(tx, changes))
            queued += await _queue(there, account_id)
            if anchors.path(account_id).exists():
                # What the audit log said later is lost with the data, and no tampering.
                await anchor_head(there.database, anchors, account_id, Kind.RESTORED)
        for account_id in replayed.accounts:
            anchors.forget(account_id)
        for account_id in replayed.marked:
            async with there.database.transaction(account_id) as tx:
                await there.vault.wants_new_keys(await tx.driver(), account_id)
        return Again(queued + await _queue_accounts(there), changed, done)
    finally:
        await process.stop()


async def _index(database: Database, vault: Vault, account_id: UUID, then: int) -> int:
    """Makes an account's hashes anew if its index key is another one now."""
    connection = await database.connect()
    try:
        await connection.set_autocommit(True)
        async with one_account(connection, account_id):
            try:
                account = await vault.read_account(connection, account_id)
            except KeyGone:
                return 0
        if list(account.index_keys) == [then]:
            return 0
        await reindex(connection, vault, account_id, account)
        return 1
    finally:
        await connection.close()


async def _queue(there: Ground, account_id: UUID) -> int:
    async with there.database.transaction(account_id) as tx:
        waiting = await tx.values(
            select(Erasure.id).where(
                Erasure.account_id == account_id, Erasure.subject_id.is_not(None)
            )
        )
        for (id,) in waiting:
            await there.queue.enqueue(tx, erase.JOB, id)
    return len(waiting)


async def _queue_accounts(there: Ground) -> int:
    both = select(AccountErasure.id, AccountErasure.account_id)
    async with there.database.transaction() as tx:
        waiting = await tx.values(both.where(AccountErasure.account_id.is_not(None)))
    for id, account_id in waiting:
        async with there.database.transaction(account_id) as tx:
            await there.queue.enqueue(tx, close_account.JOB, id)
    return len(waiting)
