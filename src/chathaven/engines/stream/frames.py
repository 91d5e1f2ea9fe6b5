"""Server-sent events on the wire (WHATWG HTML, section 9.2)."""

from __future__ import annotations


def durable_frame(number: int, data: bytes) -> bytes:
    """Returns an event with an id, from which a reader resumes. `data` is one line of JSON."""
    return b"id: %d\ndata: %b\n\n" % (number, data)


def event_frame(name: str, data: bytes) -> bytes:
    """Returns an event with a name and no id: it may be lost."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)
