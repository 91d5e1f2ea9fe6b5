"""Acknowledged durable messages per second, through the real HTTP interface."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg

from benchmarks.figures import Bench, Figure, Outcome
from benchmarks.installation import Installation
from benchmarks.people import Company, sign_up, visitors
from benchmarks.pgbench import inserts
from benchmarks.senders import Load, Sent, send
from chathaven.engines.database.embedded import running

SENDERS = (1, 32, 256)
GOAL = 0.35


def measure(bench: Bench) -> Outcome:
    """Loads the server and, in turns with it, pgbench."""
    rates: dict[int, list[float]] = {count: [] for count in SENDERS}
    times: dict[int, list[tuple[float, float]]] = {count: [] for count in SENDERS}
    limits: list[float] = []
    folder = bench.folder / "throughput"
    folder.mkdir()
    answers: list[tuple[str, bytes]] = []
    with Installation(folder / "data") as server:
        company = asyncio.run(sign_up(server.port))
        tokens = asyncio.run(visitors(server.port, company.site_key, max(SENDERS)))
        with inserts(folder) as limit:
            for _ in range(bench.rounds(3)):
                limits.append(limit.per_second(bench.seconds(5), 32))
                for count in SENDERS:
                    sent = send(Load(server.port, tokens[:count], 1.0, bench.seconds(5)))
                    _check_answers(sent)
                    answers += [each for sender in sent.answers for each in sender]
                    rates[count].append(sent.per_second)
                    times[count].append((sent.p50, sent.p99))
                limits.append(limit.per_second(bench.seconds(5), 32))
            prepared = limit.per_second(bench.seconds(5), 32, "prepared")
        stored = _check_stored(server.data, company, answers)
    limit_rate = median(limits)
    figures = [
        Figure(
            name=f"acknowledged messages, {count} sender{'s' * (count > 1)}",
            value=median(rates[count]),
            unit="/s",
            limit_name="pgbench -c 32 -j 2",
            limit=limit_rate,
            goal=GOAL if count == max(SENDERS) else None,
            at_least=True,
            goal_is_ratio=True,
        )
        for count in SENDERS
    ]
    notes = [
        f"{count} senders: p50 {median(p50 for p50, _ in times[count]):.1f} ms, "
        f"p99 {median(p99 for _, p99 in times[count]):.1f} ms until acknowledged"
        for count in SENDERS
    ]
    notes.append(f"with prepared statements (-M prepared) pgbench commits {prepared:,.0f}/s")
    notes.append(
        f"all {len(answers)} acknowledged messages were found in the database, each once; "
        f"{stored} events in {len(tokens)} chats are numbered without a gap"
    )
    return Outcome("Throughput", figures, notes, {"pgbench": limits})


def _check_answers(sent: Sent) -> None:
    if sent.refused:
        raise RuntimeError(f"{len(sent.refused)} messages were refused: {sent.refused[0]}")


def _check_stored(data: Path, company: Company, answers: list[tuple[str, bytes]]) -> int:
    """Compares what was acknowledged with what is stored; returns how many events there are."""
    with (
        running(data / "postgres") as way,
        psycopg.connect(way.app) as connection,
    ):
        connection.execute("SELECT set_config('app.account', %s, true)", (company.account_id,))
        rows = connection.execute(
            "SELECT id, chat_id, seq, position FROM events WHERE account_id = %s",
            (company.account_id,),
        ).fetchall()
    stored = {row[0]: (row[1], row[2]) for row in rows}
    if len(stored) != len(rows):
        raise RuntimeError("an id is stored twice")
    for id, body in answers:
        answer = json.loads(body)
        if answer["id"] != id or stored.get(UUID(id)) != (UUID(answer["chat_id"]), answer["seq"]):
            raise RuntimeError(f"message {id} was acknowledged and is not stored so")
    chats: dict[UUID, list[int]] = {}
    for chat, seq in stored.values():
        chats.setdefault(chat, []).append(seq)
    numbered = [*chats.values(), [row[3] for row in rows]]
    if any(sorted(numbers) != list(range(1, len(numbers) + 1)) for numbers in numbered):
        raise RuntimeError("there is a gap in the numbers")
    return len(rows)
