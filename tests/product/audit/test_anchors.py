"""Signed anchors outside the database show what the chain alone cannot."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import text

from chathaven.base.actor import System
from chathaven.base.clock import now
from chathaven.engines.database.transaction import Database
from chathaven.product.audit.anchors import Anchors, Kind
from chathaven.product.audit.check import Broken
from chathaven.product.audit.cut import anchor_daily, anchor_head, cut_before
from chathaven.product.audit.find import LineView
from chathaven.product.audit.record import record
from tests.product.audit.logs import LINES, checked, lines_of, tamper, written


async def forge(database: Database, account_id: UUID, but: Callable[[LineView], bool]) -> None:
    """Writes the whole chain anew, without some lines, as somebody who knows the code could."""
    lines = [line for line in await lines_of(database, account_id) if but(line)]
    await tamper(database, account_id, "DELETE FROM audit_lines", "DELETE FROM audit_heads")
    for line in lines:
        async with database.transaction(account_id) as tx:
            await record(tx, System(account_id), line.action, line.target_kind, line.target_id)


async def test_a_chain_written_anew_is_caught_by_an_anchor(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant, 3)
    await anchor_head(database, anchors, tenant)
    await written(database, tenant, 3)
    await anchor_head(database, anchors, tenant)
    assert (await checked(database, tenant, anchors)).intact
    await forge(database, tenant, lambda line: True)
    found = await checked(database, tenant, anchors)
    assert found.broken == [Broken(1, "rewritten", through=3), Broken(4, "rewritten", through=6)]


async def test_a_cut_off_end_is_caught_by_an_anchor(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant)
    await anchor_head(database, anchors, tenant)
    await forge(database, tenant, lambda line: line.number <= 4)
    found = (await checked(database, tenant, anchors)).broken
    assert Broken(5, "cut-off", through=LINES) in found


async def test_an_emptied_log_is_caught_by_an_anchor(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant)
    await anchor_head(database, anchors, tenant)
    await tamper(database, tenant, "DELETE FROM audit_lines", "DELETE FROM audit_heads")
    found = await checked(database, tenant, anchors)
    assert found.broken == [Broken(1, "cut-off", through=LINES)]


async def test_every_flipped_bit_of_an_anchor_is_named(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant, 2)
    await anchor_head(database, anchors, tenant)
    path = anchors.path(tenant)
    whole = path.read_bytes().rstrip(b"\n")
    for bit in range(0, len(whole) * 8, 3):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bytes(damaged) + b"\n")
        read = anchors.read(tenant)
        assert None in read, bit
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(whole[:-1] + b"x\n")
    assert (await checked(database, tenant, anchors)).broken[0].what == "anchor"


async def test_what_passed_its_time_goes_and_the_rest_is_checked_from_a_signed_cut(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant)
    lines = await lines_of(database, tenant)
    async with database.transaction(tenant) as tx:
        assert await cut_before(tx, anchors, lines[3].at) == 3
    found = await checked(database, tenant, anchors)
    assert found.intact, found
    assert (found.first, found.last, found.lines) == (4, LINES, 3)
    # The same without its anchor is a removal.
    async with database.transaction(tenant) as tx:
        await tx.session.execute(text("DELETE FROM audit_lines WHERE number = 4"))
    [gone] = (await checked(database, tenant, anchors)).broken
    assert gone == Broken(1, "start", through=4)
    async with database.transaction(tenant) as tx:
        assert await cut_before(tx, anchors, now()) == 2
    assert (await checked(database, tenant, anchors)).intact
    await written(database, tenant, 1)
    assert (await checked(database, tenant, anchors)).intact


async def test_a_day_has_one_anchor(database: Database, tenant: UUID, anchors: Anchors) -> None:
    assert not await anchor_daily(database, anchors, tenant)
    await written(database, tenant, 2)
    assert await anchor_daily(database, anchors, tenant)
    await written(database, tenant, 2)
    assert not await anchor_daily(database, anchors, tenant)
    assert len(anchors.read(tenant)) == 1


async def test_lines_that_a_restore_lost_are_noted_and_no_tampering(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant)
    await anchor_head(database, anchors, tenant)
    await tamper(
        database,
        tenant,
        "DELETE FROM audit_lines WHERE number > 4",
        "UPDATE audit_heads SET number = 4, hash = (SELECT hash FROM audit_lines WHERE number = 4)",
    )
    assert (await checked(database, tenant, anchors)).broken == [Broken(5, "cut-off", through=6)]
    await anchor_head(database, anchors, tenant, Kind.RESTORED)
    assert (await checked(database, tenant, anchors)).intact
    await written(database, tenant, 4)
    await anchor_head(database, anchors, tenant)
    found = await checked(database, tenant, anchors)
    assert found.intact, found
    assert found.anchored == 8


async def test_half_a_line_of_a_crash_harms_no_other(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant, 3)
    await anchor_head(database, anchors, tenant)
    path = anchors.path(tenant)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert (await checked(database, tenant, anchors)).intact
    assert anchors.documents(tenant) == whole
    await written(database, tenant, 3)
    await anchor_head(database, anchors, tenant)
    found = await checked(database, tenant, anchors)
    assert (found.intact, found.anchors, found.anchored) == (True, 2, 6)


async def test_an_account_that_is_gone_gets_no_anchor_any_more(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    await written(database, tenant)
    await tamper(database, tenant, "DELETE FROM account_keys")
    assert not await anchor_daily(database, anchors, tenant)
    assert not anchors.path(tenant).exists()
