"""The audit log is one chain: without gaps, whoever writes, and tampering is placed."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, timedelta
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

import pytest

from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.check import Broken
from chathaven.product.audit.find import LineView
from chathaven.product.audit.line import line_hash
from chathaven.product.audit.model import AuditLine
from chathaven.product.audit.opened import Readings
from chathaven.product.audit.record import record, record_once
from tests.product.audit.logs import LINES, checked, lines_of, somebody, tamper, written

_ZERO = "0" * 64


async def test_lines_follow_one_another(database: Database, tenant: UUID, anchors: Anchors) -> None:
    await written(database, tenant)
    lines = await lines_of(database, tenant)
    assert [line.number for line in lines] == list(range(1, LINES + 1))
    assert lines[0].previous == _ZERO
    assert all(after.previous == before.hash for before, after in pairwise(lines))
    found = await checked(database, tenant, anchors)
    assert found.intact
    assert (found.lines, found.first, found.last) == (LINES, 1, LINES)


async def test_the_hashes_are_the_documented_ones(database: Database, tenant: UUID) -> None:
    """Computed as docs/privacy/audit-log.md says, without our code: every column is in them."""
    await written(database, tenant)
    said: list[object] = []
    for line in await lines_of(database, tenant):
        at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
        said = ["chathaven-audit-1", tenant, line.number, line.id, at]
        said += [line.actor_kind, line.actor_id, line.credential_id, line.action]
        said += [line.target_kind, line.target_id, line.previous]
        text = json.dumps(said, separators=(",", ":"), default=str)
        assert line.hash == sha256(text.encode()).hexdigest()
    # A column that comes later has to be in the hash as well.
    assert len(said) == len(LineView.__struct_fields__) - len(["hash"]) + len(["format", "account"])


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


@pytest.mark.parametrize("number", [3, LINES])
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
            for bit in range(0, len(value) * 7, 17 if len(value) > 20 else 1)
            if "\0" not in flipped(value, bit)
        ]
    for name in ("id", "actor_id", "target_id", "credential_id"):
        known = getattr(line, name)
        bits = [known.int ^ 1 << bit for bit in range(0, 128, 19)] if known else [1]
        put[name] = [f"'{UUID(int=each)}'" for each in bits]
    put["at"] = [
        f"'{(line.at + timedelta(microseconds=1 << bit)).isoformat()}'" for bit in range(0, 40, 3)
    ]
    # Its place is what the other tests move, remove and fill.
    assert {*put, "account_id", "number"} == set(AuditLine.__table__.c.keys())
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
    assert tried > 90
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


@pytest.mark.parametrize("number", range(1, LINES + 1))
async def test_a_line_that_was_written_anew_with_its_hash_is_placed(
    database: Database, tenant: UUID, anchors: Anchors, number: int
) -> None:
    """It is whole by itself; what follows it tells: the next line, or the head behind the last."""
    await written(database, tenant)
    line = next(each for each in await lines_of(database, tenant) if each.number == number)
    line.action = "another"
    hashed = line_hash(line, tenant, number, line.previous)
    change = f"UPDATE audit_lines SET action = 'another', hash = '{hashed}' WHERE number = {number}"
    await tamper(database, tenant, change)
    [found] = (await checked(database, tenant, anchors)).broken
    if number == LINES:
        assert found == Broken(LINES, "head")
    else:
        assert (found.number, found.what) == (number + 1, "moved")


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
