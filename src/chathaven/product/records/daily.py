"""What is done without being asked: keeping records after a start, and anchoring audit logs."""

from __future__ import annotations

import asyncio
import random

import structlog

from chathaven.engines.database.transaction import Database
from chathaven.product.access.directory import accounts_known
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.cut import anchor_daily
from chathaven.product.records.keep import Keeper

EVERY = 3600
"""Seconds between looks for logs whose last anchor is a day old."""
log = structlog.get_logger()


async def keep_records(database: Database, keeper: Keeper, anchors: Anchors) -> None:
    """Runs until it is cancelled; a database that is away is waited for."""
    swept = False
    while True:
        try:
            if not swept:
                await keeper.sweep(database)
                swept = True
            await anchor_all(database, anchors)
        except Exception as error:  # noqa: BLE001  whatever it was, the next look is due
            log.warning("keeping records failed; trying again", kind=type(error).__name__)
            await asyncio.sleep(60)
            continue
        await asyncio.sleep(EVERY + random.random() * 60)


async def anchor_all(database: Database, anchors: Anchors) -> int:
    """Anchors every account's log that is due; returns how many."""
    async with database.transaction() as tx:
        accounts = await accounts_known(tx)
    done = 0
    for account_id in accounts:
        done += await anchor_daily(database, anchors, account_id)
    return done
