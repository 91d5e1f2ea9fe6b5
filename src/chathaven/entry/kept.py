"""What the installation keeps about people, read from the data map."""

from __future__ import annotations

from typing import NamedTuple

from chathaven.engines.database.data_map import PERSONAL, Retention, Treatment, Whose
from chathaven.engines.database.tables import all_entries

_LABELS = {
    "content": "What is written in chats and settings",
    "identity": "Names, e-mail addresses, phone numbers",
    "technical": "Browser family, language, address of the page",
}
_PEOPLE = {
    Whose.VISITOR: "Visitors",
    Whose.OPERATOR: "Operators",
    Whose.ACCOUNT: "Companies",
}
_KEPT = {
    Retention.CONVERSATION: "with the chat",
    Retention.PROFILE: "with the chat",
    Retention.SECURITY: "until the sign-in or token ends",
}


class Kept(NamedTuple):
    """One row of the page: who, what, what for, on which basis, how long."""

    whose: str
    what: str
    purpose: str
    basis: str
    retention: str


def kept() -> list[Kept]:
    """Returns what is kept about people, each kind once."""
    rows = {
        Kept(
            _PEOPLE[entry.whose],
            _LABELS[entry.category],
            entry.purpose,
            entry.basis,
            _KEPT.get(entry.retention, entry.retention),
        )
        for entry in all_entries()
        if entry.category in PERSONAL
        and entry.treatment is Treatment.SEALED
        and entry.whose in _PEOPLE
    }
    return sorted(rows, reverse=True)
