"""Exporting an account: messages per second, and what it costs the server in memory."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from uuid import UUID, uuid4

from benchmarks.figures import Bench, Figure, Outcome
from benchmarks.installation import Installation, memory
from benchmarks.people import PASSWORD, Company, sign_up, visitors
from benchmarks.wire import Client
from chathaven.base.ids import new_id
from chathaven.engines.database.embedded import running
from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.product.chats.append import Draft, append
from chathaven.product.chats.model import EventType

MESSAGES = 1_000_000
QUICK = 50_000
VISITORS = 200
AT_ONCE = 1_000
GOAL_GROWTH_MB = 64.0
TEXT = "I ordered a lamp on Tuesday, and the parcel has not come. Could you look where it is?"


def measure(bench: Bench) -> Outcome:
    """Fills an account, exports it, downloads it; watches the server's resident memory."""
    folder = bench.folder / "account-export"
    folder.mkdir()
    count = QUICK if bench.quick else MESSAGES
    count = int(os.environ.get("BENCH_EXPORT_MESSAGES", count))
    with Installation(folder / "data") as server:
        company, chats = asyncio.run(_people(server.port))
        filling = time.perf_counter()
        asyncio.run(_fill(server.data, company, chats, count))
        filled = count / (time.perf_counter() - filling)
        before = memory(server.pid)["Rss"] / 1024 / 1024
        took, most, size = asyncio.run(_export(server, company))
        fetch = time.perf_counter()
        fetched, most_sent = _download(server, company, folder / "account.zip")
        sent = time.perf_counter() - fetch
    if fetched != size:
        raise RuntimeError(f"{fetched} bytes came, {size} were promised")
    lines = _messages_in(folder / "account.zip")
    if lines < count:
        raise RuntimeError(f"{lines} events are in the file, {count} were written")
    figures = [
        Figure(
            f"export of {count:,} messages", count / took, "/s", "writing them in thousands", filled
        ),
        Figure(
            "growth of the server's memory while it exports",
            most - before,
            "MB",
            "resident before",
            before,
            goal=GOAL_GROWTH_MB,
        ),
        Figure(
            "growth of the server's memory while it sends",
            most_sent - before,
            "MB",
            "resident before",
            before,
            goal=GOAL_GROWTH_MB,
        ),
    ]
    notes = [
        f"exported in {took:.1f} s, resident at most {most:.0f} MB ({before:.0f} MB before)",
        f"the ZIP has {size / 1024 / 1024:.1f} MB and was sent in {sent:.1f} s",
        f"all {lines:,} events are in the file",
    ]
    return Outcome("Exporting an account", figures, notes)


async def _people(port: int) -> tuple[Company, list[UUID]]:
    company = await sign_up(port)
    client = Client(port)
    chats = []
    for token in await visitors(port, company.site_key, VISITORS):
        me = await client.call("GET", "/v1/widget/me", None, token)
        chats.append(UUID(me["chat"]["id"]))
    client.close()
    return company, chats


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
                    {"text": f"{TEXT} {uuid4()}"},
                )
                for number in range(begin, min(begin + AT_ONCE, count))
            ]
            async with database.transaction(account_id) as tx:
                await append(await tx.driver(), database.vault, account_id, drafts)
        await database.close()


async def _export(server: Installation, company: Company) -> tuple[float, float, int]:
    """Returns seconds, the most resident megabytes, and the bytes of the ZIP."""
    client = Client(server.port)
    began, most = time.perf_counter(), 0.0
    body = {"password": PASSWORD}
    asked = await client.call("POST", "/v1/account/exports", body, company.token)
    while True:
        found = await client.call("GET", f"/v1/account/exports/{asked['id']}", None, company.token)
        most = max(most, memory(server.pid)["Rss"] / 1024 / 1024)
        if found["status"] == "ready":
            break
        if found["status"] == "failed":
            raise RuntimeError("the export failed")
        await asyncio.sleep(0.2)
    client.close()
    return time.perf_counter() - began, most, int(found["bytes"])


def _download(server: Installation, company: Company, path: Path) -> tuple[int, float]:
    """Fetches the file; returns its bytes and the most resident megabytes meanwhile."""
    head = {"authorization": f"Bearer {company.token}"}
    address = f"http://127.0.0.1:{server.port}/v1/account/exports"
    with urllib.request.urlopen(urllib.request.Request(address, headers=head)) as answer:
        [export] = json.load(answer)["items"]
    request = urllib.request.Request(f"{address}/{export['id']}/file", headers=head)
    size, most = 0, 0.0
    with urllib.request.urlopen(request) as answer, path.open("wb") as file:
        while piece := answer.read(1024 * 1024):
            file.write(piece)
            size += len(piece)
            most = max(most, memory(server.pid)["Rss"] / 1024 / 1024)
    return size, most


def _messages_in(path: Path) -> int:
    """Counts the events in a ZIP, in a process of its own, which forgets it all."""
    count = (
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]);"
        "print(sum(sum(1 for _ in z.open(n)) for n in z.namelist() if n.startswith('tables/events/')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", count, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)
