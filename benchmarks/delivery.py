"""Time from a visitor's post to the operator's stream at a steady rate.

Open loop: messages go out by the clock, whether or not those before are answered, and each is
timed from the moment it was due. So a stall counts for all who would have met it (no
coordinated omission).
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import uvloop

from benchmarks.figures import Bench, Figure, Outcome
from benchmarks.installation import Installation
from benchmarks.people import sign_up, visitors
from benchmarks.pgbench import inserts
from benchmarks.senders import at
from benchmarks.wire import HOST, Caller, request

RATE = 100
VISITORS = 64
GOAL_MS = 10.0


@dataclass(frozen=True)
class Job:
    """What the process that sends and listens is given."""

    port: int
    operator: str
    visitors: list[str]
    seconds: float


class _Stream(asyncio.Protocol):
    """The operator's stream: notes when each id arrived."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held = b""

    def data_received(self, data: bytes) -> None:
        moment = time.perf_counter()
        self._held += data
        *frames, self._held = self._held.split(b"\n\n")
        for frame in frames:
            if b"event: hello" in frame:
                self.open.set_result(None)
            # Between the frames stand the sizes of HTTP's chunks.
            at_id, at_data = frame.find(b"id: "), frame.find(b"\ndata: ")
            if at_id >= 0 and at_data > at_id and b"event: " not in frame:
                event = json.loads(frame[at_data + 7 :])
                self.arrived.setdefault(event["id"], moment)


def measure(bench: Bench) -> Outcome:
    """Sends at 100 a second, and reads what pgbench needs for an insert at that rate."""
    folder = bench.folder / "delivery"
    folder.mkdir()
    seconds = bench.seconds(30)
    with Installation(folder / "data") as server:
        company = asyncio.run(sign_up(server.port))
        tokens = asyncio.run(visitors(server.port, company.site_key, VISITORS))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            job = Job(server.port, company.token, tokens, seconds)
            delivered = sorted(pool.submit(_in_process, job).result())
    with inserts(folder) as limit:
        bare = limit.latencies(seconds / 2, RATE)
    name = f"a durable insert at {RATE}/s (pgbench -R)"
    figures = [
        Figure("post to operator's stream, p50", at(delivered, 0.5), "ms", name, at(bare, 0.5)),
        Figure(
            "post to operator's stream, p99",
            at(delivered, 0.99),
            "ms",
            name,
            at(bare, 0.99),
            goal=GOAL_MS,
        ),
    ]
    notes = [
        (
            f"{len(delivered)} messages of {VISITORS} visitors, all of them delivered; "
            f"the slowest took {delivered[-1]:.1f} ms"
        )
    ]
    return Outcome("Delivery", figures, notes, {"delivered": delivered, "insert": bare})


def _in_process(job: Job) -> list[float]:
    return uvloop.run(_deliver(job))


async def _deliver(job: Job) -> list[float]:
    """Returns the ms from when each message was due to when it stood on the stream."""
    loop = asyncio.get_running_loop()
    way, stream = await loop.create_connection(_Stream, HOST, job.port)
    way.write(request("GET", "/v1/stream", token=job.operator))
    await stream.open
    idle: asyncio.Queue[tuple[Caller, str]] = asyncio.Queue()
    for token in job.visitors:
        await _connect(job.port, token, idle)
    warm = RATE
    count = warm + int(job.seconds * RATE)
    begin = loop.time() + 0.1
    # The two clocks run alike; what is between their zeros is taken out.
    apart = time.perf_counter() - loop.time()
    due = {f"0197a5c1-{n:04x}-7000-8000-{n:012x}": begin + n / RATE for n in range(count)}
    sends = []
    for id, moment in due.items():
        await asyncio.sleep(moment - loop.time())
        sends.append(asyncio.create_task(_send(idle, id)))
    await asyncio.gather(*sends)
    await _all_there(stream, count)
    way.close()
    timed = [(stream.arrived[id] - apart - moment) * 1000 for id, moment in due.items()]
    return timed[warm:]


async def _connect(port: int, token: str, idle: asyncio.Queue[tuple[Caller, str]]) -> None:
    def answered(status: int, body: bytes) -> None:
        if status != 201:
            raise RuntimeError(f"a message was answered {status}: {body[:200]!r}")
        idle.put_nowait((caller, token))

    _, caller = await asyncio.get_running_loop().create_connection(
        lambda: Caller(answered), HOST, port
    )
    idle.put_nowait((caller, token))


async def _send(idle: asyncio.Queue[tuple[Caller, str]], id: str) -> None:
    caller, token = await idle.get()
    body = json.dumps({"id": id, "text": "Is the blue one in stock, and when would it arrive?"})
    caller.send(request("POST", "/v1/widget/me/messages", body.encode(), token))


async def _all_there(stream: _Stream, count: int) -> None:
    deadline = time.monotonic() + 10
    while len(stream.arrived) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{count - len(stream.arrived)} messages never arrived")
        await asyncio.sleep(0.05)
