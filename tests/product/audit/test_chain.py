"""The audit log is one chain: without gaps, whoever writes, and tampering is placed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from chathaven.base.actor import Operator, Role, System
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.check import Broken, Checked, check_audit_log
from chathaven.product.audit.cut import anchor_daily, anchor_head, cut_before
from chathaven.product.audit.find import LineView, Wanted, find_lines
from chathaven.product.audit.opened import Readings
from chathaven.product.audit.record import record, record_once

LINES = 6
_ZERO = "0" * 64


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    """A folder for anchors."""
    return Anchors(tmp_path, Signing.open(tmp_path / FILE_NAME))


def somebody(account_id: UUID) -> Operator:
    """An operator, by session."""
    return Operator(account_id, new_id(), Role.OWNER, frozenset(), session_id=new_id())


async def written(database: Database, account_id: UUID, lines: int = LINES) -> None:
    """Writes a log: lines of people and of the software itself."""
    for number in range(lines):
        who = System(account_id) if number % 3 == 2 else somebody(account_id)
        async with database.transaction(account_id) as tx:
            await record(tx, who, f"action-{number}", "chat", new_id() if number % 2 else None)


async def lines_of(database: Database, account_id: UUID) -> list[LineView]:
    """The log, in its order."""
    async with database.transaction(account_id) as tx:
        return (await find_lines(tx, Wanted(), None, 1000))[::-1]


async def tamper(database: Database, account_id: UUID, *statements: str) -> None:
    """Does what somebody with the database's password could do."""
    async with database.transaction(account_id) as tx:
        for statement in statements:
            await tx.session.execute(text(statement))


async def checked(database: Database, account_id: UUID, anchors: Anchors) -> Checked:
    """What the check says."""
    return await check_audit_log(database, account_id, anchors.read(account_id), now())


async def test_lines_follow_one_another(database: Database, tenant: UUID, anchors: Anchors) -> None:
    await written(database, tenant)
    lines = await lines_of(database, tenant)
    assert [line.number for line in lines] == list(range(1, LINES + 1))
    assert lines[0].previous == _ZERO
    assert all(after.previous == before.hash for before, after in pairwise(lines))
    found = await checked(database, tenant, anchors)
    assert found.intact
    assert (found.lines, found.first, found.last) == (LINES, 1, LINES)


async def test_an_empty_log_is_intact(database: Database, tenant: UUID, anchors: Anchors) -> None:
    assert (await checked(database, tenant, anchors)).intact


async def test_many_at_once_leave_no_gap(
    database: Database, tenant: UUID, anchors: Anchors
) -> None:
    async def one(number: int) -> None:
        async with database.transaction(tenant) as tx:
            await record(tx, somebody(tenant), "first", "chat")
            await record(tx, somebody(tenant), "second", "chat")
            if number % 5 == 0:
                raise LookupError

    results = await asyncio.gather(*map(one, range(40)), return_exceptions=True)
    assert sum(isinstance(each, LookupError) for each in results) == 8
    lines = await lines_of(database, tenant)
    assert [line.number for line in lines] == list(range(1, 65))
    assert (await checked(database, tenant, anchors)).intact


async def test_the_chain_is_locked_for_the_commit_alone(database: Database, tenant: UUID) -> None:
    """One who recorded and still works holds up nobody."""
    async with database.transaction(tenant) as slow:
        await record(slow, somebody(tenant), "slow", "chat")
        async with asyncio.timeout(5), database.transaction(tenant) as quick:
            await record(quick, somebody(tenant), "quick", "chat")
    assert [line.action for line in await lines_of(database, tenant)] == ["quick", "slow"]


def flipped(value: str, bit: int) -> str:
    """A text with one bit of one character turned."""
    at = bit // 7 % len(value)
    return value[:at] + chr(ord(value[at]) ^ 1 << bit % 7) + value[at + 1 :]


@pytest.mark.parametrize("number", [1, 3, LINES])
async def test_every_flipped_bit_is_placed(
    database: Database, tenant: UUID, anchors: Anchors, number: int
) -> None:
    await written(database, tenant)
    line = next(each for each in await lines_of(database, tenant) if each.number == number)
    where = f"WHERE account_id = '{tenant}' AND number = {number}"
    put: dict[str, list[str]] = {"at": []}
    for name in ("action", "target_kind", "actor_kind", "previous", "hash"):
        value = getattr(line, name)
        # A database takes no text with a NUL, and a quote is doubled in it.
        put[name] = [
            "'" + flipped(value, bit).replace("'", "''") + "'"
            for bit in range(0, len(value) * 7, 5 if len(value) > 20 else 1)
            if "\0" not in flipped(value, bit)
        ]
    for name in ("actor_id", "target_id", "credential_id"):
        known = getattr(line, name)
        bits = [known.int ^ 1 << bit for bit in range(0, 128, 9)] if known else [1]
        put[name] = [f"'{UUID(int=each)}'" for each in bits]
    put["at"] = [
        f"'{(line.at + timedelta(microseconds=1 << bit)).isoformat()}'" for bit in range(40)
    ]
    tried = 0
    for name, values in put.items():
        own = getattr(line, name)
        back = "NULL" if own is None else f"'{own}'"
        for value in values:
            await tamper(database, tenant, f"UPDATE audit_lines SET {name} = {value} {where}")
            found = await checked(database, tenant, anchors)
            assert not found.intact, (name, value)
            # A changed hash is seen at the line itself; nothing before it is blamed.
            assert min(each.number for each in found.broken) == number, (name, value)
            tried += 1
        await tamper(database, tenant, f"UPDATE audit_lines SET {name} = {back} {where}")
    assert tried > 150
    assert (await checked(database, tenant, anchors)).intact


@pytest.mark.parametrize("number", range(1, LINES + 1))
async def test_every_removed_line_is_placed(
    database: Database, tenant: UUID, anchors: Anchors, number: int
) -> None:
    await written(database, tenant)
    await tamper(database, tenant, f"DELETE FROM audit_lines WHERE number = {number}")
    [found] = (await checked(database, tenant, anchors)).broken
    if number == 1:
        assert found == Broken(1, "start", through=1)
    elif number == LINES:
        assert found == Broken(LINES, "cut-off", through=LINES)
    else:
        assert found == Broken(number, "missing", through=number)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (2, 5), (5, 6), (1, 6)])
async def test_every_swap_is_placed(
    database: Database, tenant: UUID, anchors: Anchors, one: int, other: int
) -> None:
    await written(database, tenant)
    await tamper(
        database,
        tenant,
        f"UPDATE audit_lines SET number = -1 WHERE number = {one}",
        f"UPDATE audit_lines SET number = {one} WHERE number = {other}",
        f"UPDATE audit_lines SET number = {other} WHERE number = -1",
    )
    found = (await checked(database, tenant, anchors)).broken
    moved = {(each.number, each.belongs_at) for each in found if each.what == "moved"}
    assert {(one, other), (other, one)} <= moved, found


@pytest.mark.parametrize("number", [0, 3, LINES + 1])
async def test_an_inserted_line_is_placed(
    database: Database, tenant: UUID, anchors: Anchors, number: int
) -> None:
    await written(database, tenant)
    columns = (
        "at, actor_kind, actor_id, action, target_kind, target_id, credential_id, previous, hash"
    )
    room = f"UPDATE audit_lines SET number = number + 100 WHERE number >= {number};"
    back = f"UPDATE audit_lines SET number = number - 99 WHERE number >= {100 + number}"
    await tamper(
        database,
        tenant,
        *([room.rstrip(";"), back] if 0 < number <= LINES else []),
        f"INSERT INTO audit_lines (account_id, id, number, {columns}) SELECT account_id,"
        f" gen_random_uuid(), {number}, {columns} FROM audit_lines ORDER BY number LIMIT 1",
    )
    found = await checked(database, tenant, anchors)
    assert number in {each.number for each in found.broken}, found


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
    path.write_bytes(bytes(damaged) + b"\n")
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


async def test_reading_is_noted_once_in_a_while(database: Database, tenant: UUID) -> None:
    ada, chat = somebody(tenant), new_id()

    async def read(readings: Readings) -> None:
        async with database.transaction(tenant) as tx:
            await readings.note(tx, ada, "chat-opened", "chat", chat)

    one, other = Readings(), Readings()
    # Two processes, several requests each, all at once.
    await asyncio.gather(*(read(each) for each in (one, other) for _ in range(5)))
    [line] = await lines_of(database, tenant)
    assert (line.actor_id, line.target_id, line.credential_id) == (ada.id, chat, ada.session_id)
    async with database.transaction(tenant) as tx:
        await record_once(tx, ada, "chat-opened", "chat", chat, timedelta())
    assert len(await lines_of(database, tenant)) == 2


async def test_what_is_rolled_back_is_noted_the_next_time(database: Database, tenant: UUID) -> None:
    ada, chat, readings = somebody(tenant), new_id(), Readings()
    with suppress(LookupError):
        async with database.transaction(tenant) as tx:
            await readings.note(tx, ada, "chat-opened", "chat", chat)
            raise LookupError
    assert await lines_of(database, tenant) == []
    async with database.transaction(tenant) as tx:
        await readings.note(tx, ada, "chat-opened", "chat", chat)
    assert len(await lines_of(database, tenant)) == 1
