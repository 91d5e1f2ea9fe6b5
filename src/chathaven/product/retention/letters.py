"""Letters that rest in DATA/outbox, for want of a mail server, go when their time is over.

Whose they are is known by the person in their names. Those about people of an account go with its
runs and are counted there; the others are swept by each process.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from chathaven.base.clock import now
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.mail.letters import Letters, Resting
from chathaven.engines.vault.model import PersonKey
from chathaven.product.access.directory import accounts_known
from chathaven.product.retention.classes import LETTERS

STORE = "letters"


def outbox(ground: Ground) -> Letters:
    """Returns the letters of this installation's folder."""
    return Letters(ground.settings.data / "outbox")


async def letters_due(
    tx: Transaction, letters: Letters, before: datetime
) -> tuple[int, datetime | None]:
    """Returns how many letters about people of the account were written before a moment, and when
    the first of them was.
    """
    found = await _of_account(tx, letters, before)
    return len(found), min((each.at for each in found), default=None)


async def remove_letters(tx: Transaction, letters: Letters, before: datetime) -> int:
    """Deletes them; returns how many."""
    found = await _of_account(tx, letters, before)
    await asyncio.to_thread(_delete, found)
    return len(found)


async def sweep_letters(ground: Ground) -> int:
    """Deletes letters whose time is over and that no account's run will find: those about nobody,
    and about people who are in no account (any more). Returns how many.

    Raises:
        Unavailable: the database cannot be reached.
    """
    before = now() - timedelta(days=LETTERS.default)
    resting = await asyncio.to_thread(outbox(ground).written_before, before)
    if not resting:
        return 0
    async with ground.database.transaction() as tx:
        accounts = await accounts_known(tx)
    known: set[UUID] = set()
    for account_id in accounts:
        async with ground.database.transaction(account_id) as tx:
            known |= await _people(tx, resting)
    nobodys = [each for each in resting if each.about not in known]
    await asyncio.to_thread(_delete, nobodys)
    return len(nobodys)


async def _of_account(tx: Transaction, letters: Letters, before: datetime) -> list[Resting]:
    resting = await asyncio.to_thread(letters.written_before, before)
    if not resting:
        return []
    # Whoever is restricted or held is not seen by a run, and neither are letters about them.
    hidden = set(await tx.value(select(func.hidden_people())))
    people = await _people(tx, resting) - hidden
    return [each for each in resting if each.about in people]


async def _people(tx: Transaction, resting: list[Resting]) -> set[UUID]:
    """Returns who of those in letters is of the transaction's account."""
    about = {each.about for each in resting if each.about is not None}
    rows = await tx.values(
        select(PersonKey.person_id).where(
            PersonKey.account_id == tx.account_id, PersonKey.person_id.in_(about)
        )
    )
    return {row[0] for row in rows}


def _delete(resting: list[Resting]) -> None:
    for each in resting:
        each.path.unlink(missing_ok=True)
