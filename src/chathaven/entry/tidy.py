"""What is forgotten now and then, by every process, whether it runs jobs or not."""

from __future__ import annotations

import asyncio
import random

import structlog

from chathaven.base.errors import Fault
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import forget_past
from chathaven.product.messages.files_sweep import try_to_sweep
from chathaven.product.privacy.exports_left import sweep_exports
from chathaven.product.privacy.finish_erasure import try_to_finish
from chathaven.product.retention.letters import sweep_letters

EVERY_SECONDS, JITTER_SECONDS = 600.0, 60.0
log = structlog.get_logger()


async def tidy(ground: Ground) -> None:
    """Forgets limits and letters whose time is over, and files without a message or an export.

    Runs until it is cancelled.
    """
    while True:
        await asyncio.sleep(EVERY_SECONDS + random.random() * JITTER_SECONDS)
        try:
            await tidy_once(ground)
        except Fault as fault:
            log.warning("tidying failed", code=fault.code)
        except Exception as error:  # A bug here must not end all later tidying.
            log.exception("tidying failed", kind=type(error).__name__)


async def tidy_once(ground: Ground) -> None:
    """Does it now.

    Raises:
        Unavailable: the database cannot be reached.
    """
    async with ground.database.transaction() as tx:
        await forget_past(tx)
    await try_to_sweep(ground.database, ground.objects)
    await sweep_letters(ground)
    await sweep_exports(ground)
    # A tick of another process may have destroyed the roots that erasures wait for.
    await try_to_finish(ground)
