"""Memory of a visitor's stream on which nothing happens."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import uvloop

from benchmarks import bare_stream
from benchmarks.figures import Bench, Figure, Outcome
from benchmarks.installation import Installation, memory
from benchmarks.people import sign_up, visitors
from benchmarks.wire import HOST, request

GOAL_KB = 20.0
PROCESSES = 2
SPARE = 500
"""Files that a process has open besides its streams."""


def measure(bench: Bench) -> Outcome:
    """Opens streams in steps, and looks at the server's memory after each."""
    allowed = _raise_limit()
    counts = [
        min(count, allowed - SPARE) for count in ((1_000,) if bench.quick else (2_000, 10_000))
    ]
    folder = bench.folder / "idle"
    folder.mkdir()
    begin = time.monotonic()
    with Installation(folder / "data") as server:
        company = asyncio.run(sign_up(server.port))
        tokens = asyncio.run(visitors(server.port, company.site_key, counts[-1]))
    made_in = time.monotonic() - begin
    # A server that has just made thousands of visitors has room left over from that, and would
    # look smaller: it begins anew.
    with Installation(folder / "data") as server:
        path = "/v1/widget/me/stream"
        found = _grow(server.port, server.pid, [(path, token) for token in tokens], counts)
    with bare_stream.running() as (port, pid):
        bare = _grow(port, pid, [("/", "") for _ in tokens], counts)
    figures = [
        Figure(
            f"memory of an idle visitor's stream, {count:,} open",
            found[count] / 1024,
            "KB",
            "the same on uvicorn with no application",
            bare[count] / 1024,
            goal=GOAL_KB,
        )
        for count in counts
    ]
    notes = [
        (
            f"the machine allows {allowed:,} open files per process; "
            f"{len(tokens):,} visitors were made in {made_in:.0f} s"
        )
    ]
    return Outcome("Idle streams", figures, notes)


def _grow(
    port: int, pid: int, streams: list[tuple[str, str]], counts: list[int]
) -> dict[int, float]:
    """Returns bytes per stream at each count."""
    with _holders(port) as holders:
        # The first ones pay for what is loaded and kept once.
        warm = 64
        _open(holders, streams[:warm])
        before = _settled(pid)
        done, found = warm, {}
        for count in counts:
            _open(holders, streams[done:count])
            done = count
            found[count] = (_settled(pid) - before) / (count - warm)
    return found


def _settled(pid: int) -> int:
    """Returns the memory of a process once it no longer changes much."""
    last = memory(pid)["Pss"]
    for _ in range(20):
        time.sleep(1)
        now = memory(pid)["Pss"]
        if abs(now - last) < 256 * 1024:
            return now
        last = now
    return last


def _raise_limit() -> int:
    """Lets this process and its children open as many files as it may; returns how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextmanager
def _holders(port: int) -> Iterator[list[Connection]]:
    """Starts processes that hold streams open."""
    context = multiprocessing.get_context("spawn")
    started = []
    for number in range(PROCESSES):
        ours, theirs = context.Pipe()
        process = context.Process(target=_hold, args=(port, number, theirs))
        process.start()
        started.append((process, ours))
    try:
        yield [ours for _, ours in started]
    finally:
        for process, ours in started:
            ours.close()
            process.terminate()
            process.join()


def _open(holders: list[Connection], streams: list[tuple[str, str]]) -> None:
    for number, holder in enumerate(holders):
        holder.send(streams[number :: len(holders)])
    opened = sum(holder.recv() for holder in holders)
    if opened != len(streams):
        raise RuntimeError(f"{len(streams) - opened} streams were not opened")


class _Held(asyncio.Protocol):
    """A stream that is open once its first frame came, and must stay so."""

    def __init__(self) -> None:
        self.open: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        if not self.open.done() and b"event: hello" in data:
            self.open.set_result(True)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_result(False)


def _hold(port: int, number: int, orders: Connection) -> None:
    uvloop.run(_obey(port, number, orders))


async def _obey(port: int, number: int, orders: Connection) -> None:
    loop = asyncio.get_running_loop()
    kept: list[asyncio.BaseTransport] = []
    while True:
        streams = await loop.run_in_executor(None, orders.recv)
        opened = 0
        for begin in range(0, len(streams), 50):
            fresh = []
            for path, token in streams[begin : begin + 50]:
                # Addresses of their own, so that ports do not run out.
                here = (f"127.0.0.{2 + number}", 0)
                way, held = await loop.create_connection(_Held, HOST, port, local_addr=here)
                way.write(request("GET", path, token=token))
                kept.append(way)
                fresh.append(held.open)
            opened += sum(await asyncio.gather(*fresh))
        orders.send(opened)
