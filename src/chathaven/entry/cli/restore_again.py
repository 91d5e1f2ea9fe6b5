"""Doing again in a restored database what was done to protect people after its backup was made."""

from __future__ import annotations

from typing import NamedTuple

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger_changes import Changes
from chathaven.product.consents.suppressed import suppress_again
from chathaven.product.messages.delete_again import delete_again
from chathaven.product.visitors.restrict_again import restrict_again
from chathaven.product.visitors.withdraw_again import withdraw_again


class DoneAgain(NamedTuple):
    """How much was done again, by what it is.

    `lost` are addresses whose hash is known, and not the key that makes it.
    """

    messages: int = 0
    withdrawals: int = 0
    restrictions: int = 0
    addresses: int = 0
    lost: int = 0

    def plus(self, other: DoneAgain) -> DoneAgain:
        """Returns both together."""
        return DoneAgain(*(one + two for one, two in zip(self, other, strict=True)))


async def do_again(tx: Transaction, changes: Changes) -> DoneAgain:
    """Does again what the ledger knows of one account. The transaction sees everybody.

    Last come restrictions, for they would hide what is still to be changed.
    """
    messages = await delete_again(tx, changes)
    withdrawals = await withdraw_again(tx, changes)
    addresses, lost = await suppress_again(tx, changes)
    restrictions = await restrict_again(tx, changes)
    return DoneAgain(messages, withdrawals, restrictions, addresses, lost)


def in_words(done: DoneAgain) -> list[str]:
    """Returns what was done again, for people; nothing where the ledger knew of nothing."""
    if not any(done):
        return []
    first = (
        "What had been done after the backup was made was done again. Messages deleted: "
        f"{done.messages}. Consents withdrawn: {done.withdrawals}. People restricted or held: "
        f"{done.restrictions}. Addresses that are not to be written to: {done.addresses}."
    )
    said = [first]
    if done.restrictions:
        said.append(
            "Of restrictions and holds the words are lost, and those that had ended stand again: "
            "look at them in the app, within a month."
        )
    if done.lost:
        said.append(
            f"{done.lost} addresses could not be put on that list, for the key of its hashes came "
            "after the backup: put them on it anew from the requests that you have on file."
        )
    return said
