"""The shred tick: what lives is wrapped under a new root, and old roots die.

A deleted row lingers in table files, in the write-ahead log and in backups, and a wrapped key in
it lingers too. It opens nothing once every key above it is gone. So from time to time a new root
is made; accounts in which somebody was erased get a new key; all living keys are wrapped by the
new root; all of it is opened again; and roots that are older than the grace are destroyed.

A transaction of its own holds the lock by which there is one tick at a time; it is asked whether it
still does before anything is destroyed. A tick that was killed, or failed, leaves every living key
openable, and the next one ends it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, NamedTuple

import structlog
from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, LockNotAvailable

from chathaven.engines.database.transaction import Database
from chathaven.engines.vault import epochs
from chathaven.engines.vault.key_file import TooOpen
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.rewrap import (
    rewrap_accounts,
    rewrap_installation,
    rows_under_roots,
    verify,
)
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.rotate import accounts_to_rotate, rotate
from chathaven.engines.vault.walk import LOCK_SECONDS, every_account, until_free
from chathaven.engines.vault.wrapping import CannotUnwrap

GRACE = 2
_ROUNDS = 3
"""Somebody may be erased while the tick runs; then their account is taken once more."""

Connection = AsyncConnection[Any]
log = structlog.get_logger()


class AnotherTick(Exception):
    """Another process is at it."""


class Tick(NamedTuple):
    """What a tick did. `left` accounts still name an old root; the next tick takes them up."""

    new_epoch: int
    destroyed: list[int]
    accounts_rotated: int
    people_rewrapped: int
    left: int = 0


async def shred_tick(
    database: Database, vault: Vault, *, grace: int = GRACE, wait: bool = True
) -> Tick:
    """Makes a new root, wraps what lives under it, and destroys roots older than `grace` ticks.

    With `grace=0` every older root is destroyed at once. `wait` says whether to wait for a tick
    that another process is at.

    Raises:
        AnotherTick: another process is at it, and `wait` is False.
        LostRoot: keys are wrapped by a root that is not in the keyring.
        CannotUnwrap: a key did not open when it was tried; nothing was destroyed.
        LockNotAvailable: somebody held the keys for too long; nothing was destroyed.
        OSError: the keyring cannot be written; nothing was destroyed.
    """
    lock = await database.connect()
    try:
        if not await epochs.one_at_a_time(lock, wait=wait):
            raise AnotherTick("Another process is replacing keys at this moment.")
        connection = await database.connect()
        try:
            await connection.set_autocommit(True)
            tick = await _watched(connection, lock, vault, grace)
        finally:
            await connection.close()
    finally:
        await lock.close()
    log.info(
        "keys replaced",
        epoch=tick.new_epoch,
        destroyed=len(tick.destroyed),
        accounts=tick.accounts_rotated,
        people=tick.people_rewrapped,
        left=tick.left,
    )
    for call in vault.ticked:
        await call(tick)
    return tick


async def _watched(connection: Connection, lock: Connection, vault: Vault, grace: int) -> Tick:
    """Runs the tick; whatever becomes of it, no root that was there gets lost."""
    roots = vault.keyring.roots
    await asyncio.to_thread(roots.watch)
    try:
        return await _tick(connection, lock, vault, grace)
    finally:
        # A disk that is full fails the tick by itself; the file is then as it was.
        with suppress(OSError, TooOpen):
            await asyncio.to_thread(roots.complete)
        roots.settle()


async def _tick(connection: Connection, lock: Connection, vault: Vault, grace: int) -> Tick:
    keyring = vault.keyring
    await _reconcile(connection, keyring)
    epoch = await until_free(lambda: _new_epoch(connection, keyring))
    rotated = people = 0
    under: dict[int, int] = {}
    for _ in range(_ROUNDS):
        waiting = await accounts_to_rotate(connection, epoch)
        for account_id in waiting:
            try:
                people += await rotate(connection, vault, account_id, epoch)
                rotated += 1
            except (LockNotAvailable, DeadlockDetected):
                log.warning("an account's key was in use; it waits for the next tick")
        await rewrap_accounts(connection, keyring, epoch)
        await rewrap_installation(connection, keyring, epoch)
        async with every_account(connection):
            under = await rows_under_roots(connection)
        if not under.keys() - {epoch}:
            break
    await verify(connection, keyring, epoch)
    # Fails where the lock is gone with its connection: another tick may be under way.
    await lock.execute("SELECT 1")
    destroyed = await until_free(lambda: _destroy(connection, keyring, epoch, grace))
    left = sum(count for each, count in under.items() if each != epoch)
    return Tick(epoch, destroyed, rotated, people, left)


async def _reconcile(connection: Connection, keyring: Keyring) -> None:
    """Brings the table of epochs and the keyring together, as a killed tick may have left them.

    Raises:
        LostRoot: keys are wrapped by a root that is not in the keyring, or is another one there.
    """
    async with every_account(connection):
        await epochs.current_epoch(connection, keyring)
        held = await asyncio.to_thread(keyring.roots.held)
        cursor = await connection.execute("SELECT epoch, proof, destroyed_at FROM root_epochs")
        rows = await cursor.fetchall()
        named = set(await rows_under_roots(connection))
        if missing := named - held:
            raise LostRoot(
                f"Keys are wrapped by roots that are not in the keyring: {sorted(missing)}."
                " Bring a newer copy of it back."
            )
        for epoch, proof, destroyed_at in rows:
            if epoch in held and not await asyncio.to_thread(epochs.proves, keyring, epoch, proof):
                raise LostRoot(f"The keyring holds another root of epoch {epoch}.")
            if epoch in held and destroyed_at is not None:
                # An older copy of the keyring was put back: it dies once more, by this tick.
                await connection.execute(
                    "UPDATE root_epochs SET destroyed_at = NULL WHERE epoch = %s", (epoch,)
                )
        # Destroyed by a tick that could not say so any more.
        await connection.execute(
            "UPDATE root_epochs SET destroyed_at = now(), retired_at = coalesce(retired_at, now())"
            " WHERE destroyed_at IS NULL AND epoch <> ALL(%s)",
            (sorted(held),),
        )
        # Made by a tick that was killed before anything was wrapped under them.
        await epochs.register(connection, keyring, held - {row[0] for row in rows})


async def _new_epoch(connection: Connection, keyring: Keyring) -> int:
    """Makes a new root, from which moment on it wraps whatever is new."""
    async with every_account(connection):
        await epochs.still_roots(connection, LOCK_SECONDS)
        cursor = await connection.execute("SELECT coalesce(max(epoch), 0) FROM root_epochs")
        row = await cursor.fetchone()
        assert row is not None, "an aggregate has a row"
        held = await asyncio.to_thread(keyring.roots.held)
        epoch = int(max(row[0], *held)) + 1
        await asyncio.to_thread(keyring.roots.make, epoch)
        await connection.execute(
            "UPDATE root_epochs SET retired_at = now() WHERE retired_at IS NULL"
        )
        await epochs.register(connection, keyring, {epoch}, current=epoch)
        return epoch


async def _destroy(connection: Connection, keyring: Keyring, epoch: int, grace: int) -> list[int]:
    """Destroys the roots whose time is over and that no row names; returns which.

    Raises:
        CannotUnwrap: the newest root does not open its proof any more.
    """
    async with every_account(connection):
        # Nobody writes under a root meanwhile, so what is looked at stays true.
        await epochs.still_roots(connection, LOCK_SECONDS)
        await asyncio.to_thread(keyring.roots.complete)
        named = set(await rows_under_roots(connection))
        cursor = await connection.execute(
            "SELECT epoch, proof FROM root_epochs WHERE destroyed_at IS NULL"
        )
        alive = dict(await cursor.fetchall())
        proof = alive.get(epoch)
        if proof is None or not await asyncio.to_thread(epochs.proves, keyring, epoch, proof):
            raise CannotUnwrap("The keyring was changed while keys were wrapped anew.")
        dying = sorted(each for each in alive if each < epoch - grace and each not in named)
        if not dying:
            return []
        await asyncio.to_thread(keyring.roots.destroy, dying)
        if staying := await asyncio.to_thread(keyring.roots.held) & set(dying):
            raise CannotUnwrap(f"Roots are still in the keyring: {sorted(staying)}.")
        await connection.execute(
            "UPDATE root_epochs SET destroyed_at = now(), retired_at = coalesce(retired_at, now())"
            " WHERE epoch = ANY(%s)",
            (dying,),
        )
        return dying
