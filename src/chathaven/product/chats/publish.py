"""Telling every open stream of an event that is committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from chathaven.engines.stream.bus import Bus
from chathaven.engines.stream.frames import durable_frame, event_frame
from chathaven.engines.stream.hub import Hub
from chathaven.engines.stream.subscription import Topic
from chathaven.product.chats.append import Written
from chathaven.product.chats.names import Names
from chathaven.product.chats.show import event_view

_encode = msgspec.json.Encoder().encode


def feed_topic(account_id: UUID) -> Topic:
    """All events of an account, numbered by position."""
    return Topic("account", account_id, account_id)


def chat_topic(account_id: UUID, chat_id: UUID) -> Topic:
    """The events of one chat, numbered by `seq`."""
    return Topic("chat", account_id, chat_id)


def event_json(event: Written, names: Names) -> bytes:
    """Returns an event as it stands on both streams."""
    return _encode(event_view(event, names))


class Publisher:
    """Gives committed events to this process's streams, and their numbers to other processes.

    `followers` hear of every event that this process has written: slices above this one.
    """

    def __init__(self, hub: Hub, bus: Bus) -> None:
        self._hub = hub
        self._bus = bus
        self.followers: list[Callable[[UUID, Sequence[Written]], None]] = []

    def is_heard(self, account_id: UUID) -> bool:
        """Whether an account has an open stream in this process."""
        return self._hub.is_heard(account_id)

    def events(self, account_id: UUID, events: Sequence[Written], names: Names | None) -> None:
        """Tells of events; call it after the commit. Without names, streams read for themselves."""
        if self._hub.is_heard(account_id):
            feed = feed_topic(account_id)
            for event in events:
                data = None if names is None else event_json(event, names)
                chat = chat_topic(account_id, event.chat_id)
                for topic, number in ((feed, event.position), (chat, event.seq)):
                    frame = None if data is None else durable_frame(number, data)
                    self._hub.tell(topic, number, frame)
        if events and self._bus.is_shared:
            self._bus.tell(
                account_id, [(event.chat_id, event.seq, event.position) for event in events]
            )
        for follow in self.followers:
            follow(account_id, events)

    def whisper(self, topic: Topic, name: str, data: object) -> None:
        """Gives a sign that may be lost to one topic, in all processes."""
        frame = event_frame(name, _encode(data))
        self._hub.whisper(topic, frame)
        self._bus.whisper(topic, frame)

    def whisper_feed(self, account_id: UUID, name: str, data: object) -> None:
        """Gives the operators of an account a sign that may be lost, in all processes."""
        self.whisper(feed_topic(account_id), name, data)

    def whisper_all(self, account_id: UUID, kind: str, name: str, data: object) -> None:
        """Gives a sign to all streams of a kind in an account, in this process."""
        self._hub.whisper_all(account_id, kind, event_frame(name, _encode(data)))
