"""Erasing a person with 1,000 messages and 20 files, in a small and in a large database; the proof.

Half of the files are photographs, which have small pictures beside them, and half are papers.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from benchmarks.figures import Bench, Figure, Outcome
from benchmarks.files import FILES, send_files
from benchmarks.installation import COMMAND, Installation
from benchmarks.people import Company, sign_up, visitors
from benchmarks.wire import Client
from chathaven.base.ids import new_id
from chathaven.engines.database.embedded import running
from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.signing import Checker
from chathaven.product.chats.append import Draft, append
from chathaven.product.chats.model import EventType

SMALL = 10_000
LARGE = 1_000_000
QUICK = 50_000
OF_ONE = 1_000
ROUNDS = 4
OTHERS = 100
AT_ONCE = 1_000
GOAL_RATIO = 3.0
TEXT = "I ordered a lamp on Tuesday, and the parcel has not come. Could you look where it is?"


def measure(bench: Bench) -> Outcome:
    """Erases people of the same size before and after the database has grown."""
    folder = bench.folder / "erasure"
    folder.mkdir()
    large = int(os.environ.get("BENCH_ERASURE_MESSAGES", QUICK if bench.quick else LARGE))
    with Installation(folder / "data") as server:
        company, tokens, chats, people = asyncio.run(_people(server.port))
        going, others = people[: 2 * ROUNDS], chats[2 * ROUNDS :]
        for number in range(2 * ROUNDS):
            asyncio.run(_fill(server.data, company, [chats[number]], OF_ONE))
        asyncio.run(_fill(server.data, company, others, SMALL - 2 * ROUNDS * OF_ONE))
        sending = time.perf_counter()
        size = sum(send_files(server.port, token) for token in tokens[: 2 * ROUNDS])
        sent = time.perf_counter() - sending
        before = asyncio.run(_erase(server.port, company, going[:ROUNDS]))
        began = time.perf_counter()
        asyncio.run(_fill(server.data, company, others, large - SMALL))
        filled = (large - SMALL) / (time.perf_counter() - began)
        after = asyncio.run(_erase(server.port, company, going[ROUNDS:]))
        certificate = after[-1][1]["certificate"]
        checked = _checking(server, certificate)
        proof, report = _proof(server, folder / "report.json")
    small, big = median(each for each, _ in before), median(each for each, _ in after)
    figures = [
        Figure(
            f"erasing a person with {OF_ONE:,} messages and {FILES} files among {large:,}",
            big,
            "s",
            f"the same among {SMALL:,}",
            small,
            goal=GOAL_RATIO,
            goal_is_ratio=True,
        ),
        Figure("checking a certificate", checked * 1e6, "µs"),
        Figure("size of a certificate", len(canonical(certificate)) / 1024, "KB"),
        Figure(f"verify-erasure beside {large:,} messages", proof, "s"),
        Figure("size of its report", report / 1024, "KB"),
    ]
    receipts = {store["store"]: store["removed"] for store in after[-1][1]["receipts"]}
    if receipts["objects of files"] != FILES + FILES // 2:
        raise RuntimeError("the files were not erased, or are others than were sent")
    removed = sum(receipts.values())
    notes = [
        f"among {SMALL:,}: {', '.join(f'{each:.3f}' for each, _ in before)} s",
        f"among {large:,}: {', '.join(f'{each:.3f}' for each, _ in after)} s",
        f"{removed:,} removed in {len(receipts)} stores, each looked at again",
        f"{receipts['objects of files']} of them were objects of files",
        f"the database was filled with {filled:,.0f} messages a second",
        f"{FILES} files have {size / 2 / ROUNDS / 1e6:.1f} MB, sent in {sent / 2 / ROUNDS:.1f} s",
    ]
    return Outcome("Erasing a person", figures, notes)


async def _people(port: int) -> tuple[Company, list[str], list[UUID], list[str]]:
    """Returns the company, and of its visitors the tokens, the chats and the ids."""
    company = await sign_up(port)
    client = Client(port)
    chats, people = [], []
    tokens = await visitors(port, company.site_key, OTHERS + 2 * ROUNDS)
    for token in tokens:
        me = await client.call("GET", "/v1/widget/me", None, token)
        chats.append(UUID(me["chat"]["id"]))
        people.append(str(me["visitor"]["id"]))
    client.close()
    return company, tokens, chats, people


async def _fill(data: Path, company: Company, chats: list[UUID], count: int) -> None:
    """Writes messages as the server does, in one transaction a thousand."""
    account_id = UUID(company.account_id)
    with running(data / "postgres") as way:
        database = Database(way.app, Vault(Keyring.open(data / "keyring.json")))
        for begin in range(0, count, AT_ONCE):
            drafts = [
                Draft(
                    chats[number % len(chats)],
                    new_id(),
                    EventType.VISITOR_MESSAGE,
                    "visitor",
                    None,
                    {"text": TEXT},
                )
                for number in range(begin, min(begin + AT_ONCE, count))
            ]
            async with database.transaction(account_id) as tx:
                await append(await tx.driver(), database.vault, account_id, drafts)
        await database.close()


async def _erase(
    port: int, company: Company, people: list[str]
) -> list[tuple[float, dict[str, Any]]]:
    """Erases people one after the other; returns seconds from asking to certified, and each end."""
    client = Client(port)
    took = []
    for person in people:
        began = time.perf_counter()
        asked = await client.call("DELETE", f"/v1/visitors/{person}", None, company.token)
        path = f"/v1/erasures/{asked['erasure']['id']}"
        done = await _until_live(client, path, company)
        took.append((time.perf_counter() - began, done))
        if not all(store["verified"] for store in done["receipts"]):
            raise RuntimeError("something was left")
    client.close()
    return took


async def _until_live(client: Client, path: str, company: Company) -> dict[str, Any]:
    while True:
        done: dict[str, Any] = await client.call("GET", path, None, company.token)
        if done["status"] == "live":
            return done
        await asyncio.sleep(0.005)


def _checking(server: Installation, certificate: dict[str, Any]) -> float:
    """Returns the seconds that checking a certificate takes, offline."""
    keys = asyncio.run(_keys(server.port))
    checker = Checker.of(json.dumps(keys))
    began = time.perf_counter()
    for _ in range(100):
        checker.check(certificate)
    return (time.perf_counter() - began) / 100


async def _keys(port: int) -> Any:
    client = Client(port)
    keys = await client.call("GET", "/.well-known/chathaven-keys.json")
    client.close()
    return keys


def _proof(server: Installation, report: Path) -> tuple[float, int]:
    """Runs the whole proof; returns its seconds and the bytes of its report."""
    began = time.perf_counter()
    done = subprocess.run(
        [
            *(COMMAND, "verify-erasure", "--data", server.data, "--report", report),
            *("--url", f"http://127.0.0.1:{server.port}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"nothing was proven: {done.stdout[-2000:]}{done.stderr[-500:]}")
    return time.perf_counter() - began, report.stat().st_size
