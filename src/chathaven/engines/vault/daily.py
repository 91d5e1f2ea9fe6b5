"""The shred tick by itself, once a day, in whichever process comes first."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import structlog

from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.tick import AnotherTick, shred_tick

PERIOD = timedelta(days=1)
JITTER = timedelta(hours=1)
"""Each process waits for up to so much longer: they do not all begin at once."""
LOOK_SECONDS = 600.0
log = structlog.get_logger()


async def tick_daily(database: Database, vault: Vault, grace: int) -> None:
    """Makes a tick when the newest root is a day old; runs until it is cancelled."""
    late = random.random() * JITTER
    while True:
        # First it sleeps: a start has other things to do.
        await asyncio.sleep(LOOK_SECONDS * (0.5 + random.random()))
        try:
            if await is_due(database, PERIOD + late):
                await shred_tick(database, vault, grace=grace, wait=False)
        except AnotherTick:
            continue
        except LostRoot as lost:
            # Its text names epochs, and nothing else.
            log.warning("keys are not replaced: roots are missing", reason=str(lost))
        except Exception as error:  # noqa: BLE001 # whatever it was, the next look is due all the same
            log.warning("keys are not replaced yet", reason=type(error).__name__)


async def is_due(database: Database, after: timedelta) -> bool:
    """Whether the newest root is older than a time."""
    async with database.transaction() as tx:
        rows = await (await tx.driver()).execute(
            "SELECT max(created_at) < now() - %s FROM root_epochs", (after,)
        )
        row = await rows.fetchone()
    return bool(row and row[0])
