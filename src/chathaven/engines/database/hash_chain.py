"""Chains of hashes: each link names the one before it, and a head says where the chain has come to.

A chain has one head for each account, in a table of its own with `account_id`, `number` and
`hash`. The head is locked while a link is added, so that numbers have no gaps and no two links
follow the same one.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from psycopg import sql

from chathaven.engines.database.transaction import Transaction

FIRST = "0" * 64
"""Stands for the hash of the link before the first."""


class Head(NamedTuple):
    """The last link: its number, counted from 1, and its hash."""

    number: int
    hash: str


EMPTY = Head(0, FIRST)


def sha256(body: bytes) -> str:
    """Returns a hash as chains hold it: 64 hex digits."""
    return hashlib.sha256(body).hexdigest()


async def lock_head(tx: Transaction, heads: str) -> Head:
    """Locks the head of the account's chain until the commit, and returns it.

    Take this lock last: whoever waits for it must hold up nobody who could be waited for.
    """
    driver = await tx.driver()
    table = sql.Identifier(heads)
    await driver.execute(
        sql.SQL(
            "INSERT INTO {} (account_id, number, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING"
        ).format(table),
        (tx.account_id, FIRST),
    )
    rows = await driver.execute(
        sql.SQL("SELECT number, hash FROM {} WHERE account_id = %s FOR UPDATE").format(table),
        (tx.account_id,),
    )
    row = await rows.fetchone()
    assert row is not None
    return Head(*row)


async def move_head(tx: Transaction, heads: str, head: Head) -> None:
    """Writes where the chain has come to; its head was locked in this transaction."""
    await (await tx.driver()).execute(
        sql.SQL("UPDATE {} SET number = %s, hash = %s WHERE account_id = %s").format(
            sql.Identifier(heads)
        ),
        (head.number, head.hash, tx.account_id),
    )


async def read_head(tx: Transaction, heads: str) -> Head:
    """Returns where the account's chain has come to; `EMPTY` where there is none."""
    rows = await (await tx.driver()).execute(
        sql.SQL("SELECT number, hash FROM {} WHERE account_id = %s").format(sql.Identifier(heads)),
        (tx.account_id,),
    )
    row = await rows.fetchone()
    return Head(*row) if row else EMPTY
