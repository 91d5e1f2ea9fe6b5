"""How often something may be done: limits in PostgreSQL, so that a restart forgives nothing.

The generic cell rate algorithm (ITU-T I.371): per key one time, the theoretical arrival of the
next request. What is counted is a keyed hash of name and key, so no address or e-mail is kept.
"""

from __future__ import annotations

import math
import time
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from cachetools import TTLCache
from sqlalchemy.orm import Mapped

from chathaven.base.errors import RateLimited
from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Database, Transaction


class RateLimit(Table):
    """When the next request of a key is due."""

    __tablename__ = "rate_limits"
    holding = Holding(
        whose=Whose.NOBODY,
        purpose=Purpose.SECURITY,
        basis=Basis.LEGITIMATE_INTEREST,
        retention=Retention.SECURITY,
    )

    key: Mapped[bytes] = columns.lookup_hash(primary_key=True)
    due_at: Mapped[datetime] = columns.time(index=True)


class Rate(NamedTuple):
    """`burst` at once, and `burst` in every `seconds` on the long run."""

    name: str
    burst: int
    seconds: float


class Limits:
    """Counts, and refuses what comes too often."""

    def __init__(self, database: Database, *, on: bool) -> None:
        self._database = database
        self._on = on
        self._near: TTLCache[tuple[str, object], float] = TTLCache(100_000, 3600)

    async def take(self, rate: Rate, key: str) -> None:
        """Counts one request of `key`, in a transaction of its own, kept whatever follows.

        Raises:
            RateLimited: there were too many; says after how many seconds to come back.
        """
        if not self._on:
            return
        async with self._database.transaction() as tx:
            wait = await _take(tx, rate, key)
        if wait > 0:
            raise RateLimited(retry_after=math.ceil(wait))

    def take_near(self, rate: Rate, key: object) -> None:
        """Counts in this process's memory only: for what is asked all the time.

        Raises:
            RateLimited: as `take`.
        """
        if not self._on:
            return
        now = time.monotonic()
        step = rate.seconds / rate.burst
        due = max(self._near.get((rate.name, key), 0.0), now)
        if due + step - now > rate.seconds:
            raise RateLimited(retry_after=math.ceil(due + step - now - rate.seconds))
        self._near[rate.name, key] = due + step


def caller(address: str) -> str:
    """Returns whom a limit counts that is told an address: the address, or of IPv6 its network.

    A household or a rented machine has at least a /64 to itself, and so as many addresses as it
    likes. What is no address is returned as it is.
    """
    try:
        given = ip_address(address)
    except ValueError:
        return address
    if isinstance(given, IPv4Address):
        return str(given)
    if given.ipv4_mapped is not None:
        return str(given.ipv4_mapped)
    return str(IPv6Address(int(given) >> 64 << 64))


_FROM = (
    "CASE WHEN r.due_at > clock_timestamp() + 2 * make_interval(secs => %(seconds)s)"
    " THEN clock_timestamp() ELSE greatest(r.due_at, clock_timestamp()) END"
)
"""From when on the next one counts. A time that no limit could have come to was written by a clock
that was put back since: it is forgiven, for nobody could sign in until that time."""

# The clock and not now(): that is the start of the transaction, which for one that waited for the
# row lies before the time that the other has written, and the last of a burst is refused.
_COUNT = (
    "INSERT INTO rate_limits AS r (key, due_at)"  # noqa: S608  our own words
    " VALUES (%(key)s, clock_timestamp() + make_interval(secs => %(step)s))"
    f" ON CONFLICT (key) DO UPDATE SET due_at = {_FROM} + make_interval(secs => %(step)s)"
    f" WHERE {_FROM} + make_interval(secs => %(step)s)"
    " <= clock_timestamp() + make_interval(secs => %(seconds)s) RETURNING 0"
)


async def _take(tx: Transaction, rate: Rate, key: str) -> float:
    """Returns 0, or the seconds to wait when there were too many."""
    driver = await tx.driver()
    hashed = await tx.vault.lookup(driver, f"limit-{rate.name}", key)
    step = rate.seconds / rate.burst
    rows = await driver.execute(_COUNT, {"key": hashed, "step": step, "seconds": rate.seconds})
    if await rows.fetchone() is not None:
        return 0
    rows = await driver.execute(
        "SELECT extract(epoch FROM due_at - clock_timestamp())::float8 FROM rate_limits"
        " WHERE key = %s",
        (hashed,),
    )
    row = await rows.fetchone()
    return max(float(row[0]) + step - rate.seconds, 0.001) if row else 0.001


async def forget_past(tx: Transaction) -> int:
    """Deletes limits whose time is over. Returns how many."""
    driver = await tx.driver()
    rows = await driver.execute("DELETE FROM rate_limits WHERE due_at < now()")
    return rows.rowcount
