"""Moving to another place for the roots: a tick whose new root is made there."""

from __future__ import annotations

import asyncio

from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.epochs import proves
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.roots_moving import MovingRoots
from chathaven.engines.vault.tick import Tick, shred_tick

_ROUNDS = 3


async def move(database: Database, vault: Vault) -> Tick:
    """Wraps all that lives under a new root in the new place, and empties the old one.

    The vault's keyring is one of `MovingRoots`, and nobody else uses the database. Killed
    anywhere, it can be done again with the same two places, and loses nothing.

    Raises:
        LostRoot: a root is in neither place, or keys in use keep the old place from being emptied.
        CannotUnwrap: a key did not open when it was tried; nothing was destroyed.
        OSError: one of the places cannot be written.
    """
    roots = vault.keyring.roots
    assert isinstance(roots, MovingRoots), "a move has two places"
    await _drop_unused(database, roots)
    for _ in range(_ROUNDS):
        tick = await shred_tick(database, vault, grace=0)
        if not await asyncio.to_thread(roots.old.held):
            return tick
    raise LostRoot(
        f"{roots.old.where()} still holds roots that keys in use are wrapped by: stop every server,"
        " and move again."
    )


async def _drop_unused(database: Database, roots: MovingRoots) -> None:
    """Destroys roots that a killed move made in the new place, and that never wrapped anything.

    What wraps something is in the table of epochs before it does. The old place may have made a
    root of the same number since.
    """
    async with database.transaction() as tx:
        connection = await tx.driver()
        rows = await connection.execute("SELECT epoch, proof FROM root_epochs")
        proofs = dict(await rows.fetchall())
    new = Keyring(roots.new)
    held = await asyncio.to_thread(roots.new.held)
    unused = [
        epoch
        for epoch in held
        if epoch not in proofs or not await asyncio.to_thread(proves, new, epoch, proofs[epoch])
    ]
    if unused:
        await asyncio.to_thread(roots.new.clear, unused)
