"""The shred tick: wrapping the keys of 300,000 people anew, in a process that is watched."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.figures import Bench, Figure, Outcome
from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.arrays import byte_strings, uuids
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.migrate import migrate
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.places import person_place
from chathaven.engines.vault.tick import shred_tick
from chathaven.engines.vault.wrapping import wrap
from chathaven.entry import slices
from chathaven.product.visitors.model import Visitor

PEOPLE, ADDRESSES, ACCOUNTS = 300_000, 30_000, 1_000
QUICK = (20_000, 2_000, 100)
AT_ONCE = 5_000
GOAL_SECONDS = 60.0
GOAL_GROWTH_MB = 64.0

assert slices.HANDLERS, "the tick walks the tables of every slice"


def measure(bench: Bench) -> Outcome:
    """Fills one large account and many small ones, erases somebody, and ticks twice."""
    folder = bench.folder / "tick"
    folder.mkdir()
    # The database's own account enters it.
    folder.chmod(0o711)
    people, addresses, accounts = QUICK if bench.quick else (PEOPLE, ADDRESSES, ACCOUNTS)
    people = int(os.environ.get("BENCH_TICK_PEOPLE", people))
    keyring = folder / "keyring.json"
    with Embedded.start(folder / "postgres") as server:
        urls = DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn)
        migrate(urls)
        asyncio.run(_fill(urls.app, keyring, people, addresses, accounts))
        first, second = _tick(urls.app, keyring), _tick(urls.app, keyring)
    if (first["accounts"], second["accounts"]) != (1, 0) or first["people"] < people:
        raise RuntimeError(f"the ticks did something else: {first}, {second}")
    growth = first["most"] - first["before"]
    figures = [
        Figure(
            f"a tick with an erasure among {people:,} people",
            first["seconds"],
            "s",
            "the next, with none",
            second["seconds"],
            goal=GOAL_SECONDS,
        ),
        Figure(
            "people's keys wrapped anew and opened again", first["people"] / first["seconds"], "/s"
        ),
        Figure(
            "growth of the memory of the process that ticks",
            growth,
            "MB",
            "resident before",
            first["before"],
            goal=GOAL_GROWTH_MB,
        ),
    ]
    notes = [
        f"{addresses:,} of them have an e-mail address and a number, whose hashes were made anew",
        f"{accounts:,} more accounts have no erasure: their keys are wrapped by the new root alone",
    ]
    return Outcome("Replacing keys", figures, notes)


async def _fill(dsn: str, keyring: Path, people: int, addresses: int, accounts: int) -> None:
    database = Database(dsn, Vault(Keyring.open(keyring)))
    for _ in range(accounts):
        await _account(database)
    account = await _account(database)
    for begin in range(0, people, AT_ONCE):
        known = [new_id() for _ in range(min(AT_ONCE, people - begin))]
        await _people(database, account, known)
        await _visitors(database, account, known[: max(0, min(AT_ONCE, addresses - begin))])
    async with database.transaction(account) as tx:
        driver = await tx.driver()
        await tx.vault.wants_new_keys(driver, account)
        # As after months, and not as right after an import.
        await driver.execute("ANALYZE person_keys")
    await database.close()


async def _account(database: Database) -> UUID:
    account_id = new_id()
    async with database.transaction(account_id) as tx:
        await tx.vault.new_account(await tx.driver(), account_id)
    return account_id


async def _people(database: Database, account_id: UUID, people: list[UUID]) -> None:
    async with database.transaction(account_id) as tx:
        driver = await tx.driver()
        account = await tx.vault.read_account(driver, account_id)
        wrapped = [
            wrap(account.key, os.urandom(32), person_place(account_id, person, 1))
            for person in people
        ]
        await driver.execute(
            "INSERT INTO person_keys (account_id, person_id, kind, version, account_key_version,"
            " wrapped, created_at) SELECT %s, p, 'visitor', 1, 1, w, now()"
            " FROM unnest(%s::uuid[], %s::bytea[]) AS n(p, w)",
            (account_id, uuids(people), byte_strings(wrapped)),
        )


async def _visitors(database: Database, account_id: UUID, people: list[UUID]) -> None:
    async with database.transaction(account_id) as tx:
        for person in people:
            visitor = Visitor(
                account_id=account_id,
                id=person,
                site_id=new_id(),
                chat_id=new_id(),
                name="Ada",
                email=f"{person.hex}@visitor.example",
                phone=f"+49 {person.int % 10**10}",
                technical={},
                created_at=now(),
                last_seen_at=now(),
            )
            await tx.insert(visitor)


def _tick(dsn: str, keyring: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.shred_tick", dsn, str(keyring)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


async def _alone(dsn: str, keyring: Path) -> dict[str, Any]:
    """Makes a tick in this process; returns seconds, counts and megabytes."""
    database = Database(dsn, Vault(Keyring.open(keyring)), pool=1)
    before = _megabytes("VmRSS")
    _forget_the_most()
    began = time.perf_counter()
    tick = await shred_tick(database, database.vault)
    took, most = time.perf_counter() - began, _megabytes("VmHWM")
    await database.close()
    return {
        "seconds": took,
        "accounts": tick.accounts_rotated,
        "people": tick.people_rewrapped,
        "before": before,
        "most": most,
    }


def _forget_the_most() -> None:
    # A new process takes over what its parent had at most (proc(5)).
    Path("/proc/self/clear_refs").write_text("5")


def _megabytes(what: str) -> float:
    """Returns `VmRSS`, the memory now, or `VmHWM`, the most since it was last forgotten."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == what:
            return int(value.split()[0]) / 1024
    raise RuntimeError(f"this system does not tell {what}")


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_alone(sys.argv[1], Path(sys.argv[2])))))
