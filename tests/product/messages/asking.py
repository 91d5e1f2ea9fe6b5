"""Changing and deleting messages as people's browsers do, and reading what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

import httpx

from tests.driving import Reader, StreamEvent, VisitorClient


def visitor_path(said: Mapping[str, Any]) -> str:
    """Returns the address of a message for its visitor."""
    return f"/v1/widget/me/messages/{said['id']}"


def operator_path(said: Mapping[str, Any]) -> str:
    """Returns the address of a message for operators."""
    return f"/v1/chats/{said['chat_id']}/messages/{said['id']}"


def change(http: httpx.Client, path: str, text: str) -> httpx.Response:
    """Asks for another text."""
    return http.patch(path, json={"text": text})


def drop(http: httpx.Client, path: str) -> httpx.Response:
    """Asks for a message to be deleted."""
    return http.delete(path)


def in_chat(visitor: VisitorClient, said: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a message as its visitor finds it."""
    return next(event for event in visitor.events() if event["id"] == said["id"])


def told(reader: Reader, count: int) -> list[dict[str, Any]]:
    """Returns the next events that last, as a stream tells them after the reader's last one."""
    with closing(reader.read()) as events:
        return lasting(events, count)


def lasting(events: Iterator[StreamEvent], count: int) -> list[dict[str, Any]]:
    """Returns the next events that last from a stream that is open."""
    found = (event.data for event in events if event.id is not None)
    return list(islice(found, count))


@contextmanager
def listening(reader: Reader) -> Iterator[Iterator[StreamEvent]]:
    """Opens a stream, and gives its events from now on."""
    with closing(reader.read()) as events:
        assert next(events).name == "hello"
        yield events
