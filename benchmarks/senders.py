"""The load: visitors who send one message after another, as fast as they are acknowledged.

Run in a process of its own, so that the server's processor time is the server's.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import uvloop

from benchmarks.wire import HOST, Caller, request

TEXT = "Hello! Could you tell me whether the blue one is in stock, and when it would arrive?"
_PATH = "/v1/widget/me/messages"


@dataclass(frozen=True)
class Load:
    """One connection per token. What comes in the first `warm` seconds is not counted."""

    port: int
    tokens: list[str]
    warm: float
    seconds: float


@dataclass
class Sent:
    """What came of a load. `answers` are the bodies of all 201s, by token."""

    per_second: float
    p50: float
    p99: float
    refused: list[tuple[int, bytes]] = field(default_factory=list)
    answers: list[list[tuple[str, bytes]]] = field(default_factory=list)


class _Sender:
    def __init__(self, token: str, number: int, until: float) -> None:
        whole = request("POST", _PATH, _body("0" * 36), token)
        self._head, _, self._tail = whole.rpartition(b"0" * 36)
        # Ids that nobody else makes: random, then the sender, then a count.
        self._id = f"{os.urandom(4).hex()}-{number:04x}-7000-8000-"
        self._until = until
        self.caller = Caller(self._take)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sent: list[tuple[str, float, float, bytes]] = []
        self.refused: list[tuple[int, bytes]] = []
        self._current = ""
        self._began = 0.0

    def next(self) -> None:
        self._began = time.perf_counter()
        if self._began > self._until:
            self.done.set_result(None)
            return
        self._current = f"{self._id}{len(self.sent):012x}"
        self.caller.send(self._head + self._current.encode() + self._tail)

    def _take(self, status: int, body: bytes) -> None:
        if status == 201:
            self.sent.append((self._current, self._began, time.perf_counter(), body))
            self.next()
        else:
            self.refused.append((status, body))
            if not self.done.done():
                self.done.set_result(None)


def _body(id: str) -> bytes:
    return f'{{"id":"{id}","text":"{TEXT}"}}'.encode()


def send(load: Load) -> Sent:
    """Sends in a new process, and returns what came of it."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_in_process, load).result()


def _in_process(load: Load) -> Sent:
    return uvloop.run(_send(load))


async def _send(load: Load) -> Sent:
    loop = asyncio.get_running_loop()
    begin = time.perf_counter() + load.warm
    end = begin + load.seconds
    senders = [_Sender(token, number, end) for number, token in enumerate(load.tokens)]
    for sender in senders:
        await loop.create_connection(lambda one=sender: one.caller, HOST, load.port)  # type: ignore[misc]
    for sender in senders:
        sender.next()
    for sender in senders:
        await sender.done
        sender.caller.close()
    counted = [
        done - began
        for sender in senders
        for _, began, done, _ in sender.sent
        if begin <= done <= end
    ]
    counted.sort()
    return Sent(
        per_second=len(counted) / load.seconds,
        p50=at(counted, 0.5) * 1000,
        p99=at(counted, 0.99) * 1000,
        refused=[each for sender in senders for each in sender.refused],
        answers=[[(id, body) for id, _, _, body in sender.sent] for sender in senders],
    )


def at(ordered: list[float], part: float) -> float:
    """Returns the value below which `part` of an ordered list lies; 0 of an empty one."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0
