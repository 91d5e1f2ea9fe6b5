"""Rate limits: exact under parallel takes, and not forgiven by a restart."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import psycopg
import pytest

from chathaven.base.errors import RateLimited
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.web import limits as module
from chathaven.engines.web.limits import Limits, Rate, caller, forget_past


def rate(burst: int, seconds: float) -> Rate:
    """Returns a rate with a name of its own, since tests share the table."""
    return Rate(f"test-{new_id()}", burst, seconds)


async def takes(limits: Limits, each: Rate, key: str, times: int) -> int:
    """Takes one after the other, and returns how many were let through."""
    through = 0
    for _ in range(times):
        try:
            await limits.take(each, key)
            through += 1
        except RateLimited:
            pass
    return through


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("/run/proxy.sock", "/run/proxy.sock"),
    ],
)
def test_whoever_has_a_whole_network_is_one_caller(address: str, counted: str) -> None:
    assert caller(address) == counted


async def test_a_clock_that_is_put_back_locks_nobody_out(database: Database) -> None:
    limits, each = Limits(database, on=True), rate(5, 60)
    assert await takes(limits, each, "somebody", 8) == 5
    async with database.transaction() as tx:
        connection = await tx.driver()
        key = await tx.vault.lookup(connection, f"limit-{each.name}", "somebody")
        await connection.execute(
            "UPDATE rate_limits SET due_at = due_at + interval '1 day' WHERE key = %s", (key,)
        )
    assert await takes(limits, each, "somebody", 8) == 5


async def test_a_burst_is_let_through_and_no_more(database: Database) -> None:
    limits, each = Limits(database, on=True), rate(5, 60)
    assert await takes(limits, each, "somebody", 8) == 5
    assert await takes(limits, each, "somebody else", 8) == 5
    assert await takes(limits, rate(5, 60), "somebody", 1) == 1


@pytest.mark.parametrize("burst", [1, 3, 7])
async def test_parallel_takes_are_counted_exactly(database: Database, burst: int) -> None:
    limits = Limits(database, on=True)
    for _ in range(3):
        each = rate(burst, 600)
        answers = await asyncio.gather(
            *(limits.take(each, "somebody") for _ in range(24)), return_exceptions=True
        )
        assert [type(answer) for answer in answers if answer is not None] == [RateLimited] * (
            24 - burst
        )


async def test_a_transaction_that_began_earlier_is_not_refused_for_it(database: Database) -> None:
    limits, each = Limits(database, on=True), rate(3, 600)
    async with database.transaction() as tx:
        await (await tx.driver()).execute("SELECT 1")
        assert await takes(limits, each, "somebody", 2) == 2
        assert await module._take(tx, each, "somebody") == 0
        assert await module._take(tx, each, "somebody") > 0


async def test_a_new_process_forgives_nothing(
    database: Database, urls: DatabaseUrls, keyring: Keyring
) -> None:
    each = rate(3, 60)
    assert await takes(Limits(database, on=True), each, "somebody", 3) == 3
    later = Database(urls.app, Vault(keyring), pool=1)
    assert await takes(Limits(later, on=True), each, "somebody", 3) == 0
    await later.close()


async def test_after_retry_after_it_is_let_through(database: Database) -> None:
    limits, each = Limits(database, on=True), rate(2, 600)
    assert await takes(limits, each, "somebody", 2) == 2
    with pytest.raises(RateLimited) as caught:
        await limits.take(each, "somebody")
    # So much time goes by, for every row alike.
    async with database.transaction() as tx:
        await (await tx.driver()).execute(
            "UPDATE rate_limits SET due_at = due_at - make_interval(secs => %s)",
            (caught.value.retry_after,),
        )
    assert await takes(limits, each, "somebody", 2) == 1


async def test_retry_after_is_the_time_to_the_next_free_place(database: Database) -> None:
    limits, each = Limits(database, on=True), rate(2, 600)
    await takes(limits, each, "somebody", 2)
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            await limits.take(each, "somebody")
        assert caught.value.retry_after is not None
        assert 290 <= caught.value.retry_after <= 300, "a refused try does not put it off"


async def test_no_key_stands_in_the_table(database: Database, urls: DatabaseUrls) -> None:
    await Limits(database, on=True).take(rate(2, 600), "192.0.2.77|ada@canary.example")
    with psycopg.connect(urls.owner) as owner:
        rows = owner.execute("SELECT key FROM rate_limits").fetchall()
    assert rows
    assert all(len(key) == 16 and b"canary" not in key and b"192" not in key for (key,) in rows)


async def test_what_is_over_is_forgotten(database: Database, urls: DatabaseUrls) -> None:
    limits, short, long = Limits(database, on=True), rate(10, 0.01), rate(1, 600)
    await limits.take(short, "somebody")
    await limits.take(long, "somebody")
    await asyncio.sleep(0.05)
    async with database.transaction() as tx:
        assert await forget_past(tx) >= 1
    assert await takes(limits, long, "somebody", 1) == 0


async def test_off_lets_everything_through(database: Database) -> None:
    limits, each = Limits(database, on=False), rate(1, 600)
    assert await takes(limits, each, "somebody", 5) == 5
    for _ in range(5):
        limits.take_near(each, "somebody")


async def test_near_limits_count_in_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    limits, each = Limits(database, on=True), rate(3, 6)
    for _ in range(3):
        limits.take_near(each, "somebody")
    with pytest.raises(RateLimited) as caught:
        limits.take_near(each, "somebody")
    assert caught.value.retry_after == 2
    limits.take_near(each, "somebody else")
    clock[0] += 2
    limits.take_near(each, "somebody")
    with pytest.raises(RateLimited):
        limits.take_near(each, "somebody")
