"""Memory of an installation at rest, and the time from nothing to the first message."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from uuid import uuid4

from benchmarks.figures import Bench, Figure, Outcome
from benchmarks.installation import Installation
from benchmarks.people import sign_up, visitors
from benchmarks.wire import Client
from chathaven.engines.database.embedded import Embedded

GOAL_MB = 150.0
GOAL_SECONDS = 3.0
REST = 10.0
"""Seconds until an installation counts as at rest."""


def measure(bench: Bench) -> Outcome:
    """Starts on empty folders; lets the last one come to rest."""
    folder = bench.folder / "rest"
    folder.mkdir()
    took: list[float] = []
    floor: list[float] = []
    rest: dict[str, int] = {}
    rounds = bench.rounds(3)
    for number in range(rounds):
        began = time.perf_counter()
        with Embedded.start(folder / f"limit{number}"):
            floor.append(time.perf_counter() - began)
        with Installation(folder / f"data{number}") as server:
            asyncio.run(_first_message(server.port))
            took.append(time.perf_counter() - server.started_at)
            if number == rounds - 1:
                time.sleep(bench.seconds(REST))
                rest = server.pss()
    whole = {name: size / 1024 / 1024 for name, size in rest.items()}
    figures = [
        Figure(
            "empty folder to first acknowledged message",
            median(took),
            "s",
            "making and starting PostgreSQL alone",
            median(floor),
            goal=GOAL_SECONDS,
        ),
        Figure(
            "memory of the whole installation at rest",
            sum(whole.values()),
            "MB",
            "PostgreSQL's part of it",
            whole["postgres"],
            goal=GOAL_MB,
        ),
    ]
    notes = [
        (
            f"starts took {', '.join(f'{each:.2f}' for each in took)} s, sign-up with its slow "
            "password hash included"
        ),
        (
            f"at rest: Chathaven {whole['server']:.1f} MB, PostgreSQL {whole['postgres']:.1f} MB "
            "(proportional set size)"
        ),
    ]
    return Outcome("Start and rest", figures, notes, {"rest": list(whole.values())})


async def _first_message(port: int) -> None:
    company = await sign_up(port)
    [token] = await visitors(port, company.site_key, 1)
    client = Client(port)
    message = {"id": str(uuid4()), "text": "Hello!"}
    answer = await client.call("POST", "/v1/widget/me/messages", message, token)
    client.close()
    if answer["seq"] != 1:
        raise RuntimeError(f"the first message is {answer}")
