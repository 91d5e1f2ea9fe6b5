"""Knowing a message again that is sent once more, though it was changed or deleted since."""

from __future__ import annotations

from typing import Any


def was_sent(there: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether a message was these params when it was sent, whatever its text was changed to.

    Of one that is deleted nothing is left to compare: it is acknowledged, and stays deleted.
    """
    if "deleted_at" in there:
        return True
    first = {name: value for name, value in there.items() if name not in {"edits", "edited_at"}}
    if former := there.get("edits"):
        first["text"] = former[0]["text"]
    return first == sent
