"""The jobs of this slice, each with the table whose rows tell whom it is about."""

from __future__ import annotations

from chathaven.engines.ground import Ground
from chathaven.engines.vault.tick import Tick
from chathaven.product.chats.live import Live
from chathaven.product.privacy import (
    ask_erasure,
    close_account,
    erase,
    export_account,
    restriction_api,
)
from chathaven.product.privacy.finish_erasure import try_to_close_day, try_to_finish
from chathaven.product.visitors.model import Restriction


def add_jobs(ground: Ground, live: Live) -> None:
    """Adds the jobs of this slice to the queue, and what follows a shred tick."""

    async def ticked(_tick: Tick) -> None:
        await try_to_close_day(ground)
        await try_to_finish(ground)

    ground.vault.ticked.append(ticked)
    queue = ground.queue
    ask_erasure.enqueue_with(queue)
    # About nobody: it outlives the person, and ends by itself.
    queue.add(erase.JOB, erase.erase_visitor_job(ground, live), about=None)
    queue.add(
        restriction_api.HOLD_JOB, restriction_api.end_hold_job(ground, live), about=Restriction
    )
    queue.add(close_account.JOB, close_account.close_account_job(ground), about=None)
    queue.add(export_account.JOB, export_account.export_account_job(ground), about=None)
    queue.add(export_account.EXPIRE_JOB, export_account.expire_export_job(ground), about=None)
