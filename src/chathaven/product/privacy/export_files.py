"""Files of chats in what is given out: by reference in JSON, and their bytes beside it in a ZIP."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from uuid import UUID

import msgspec

from chathaven.product.messages.model import File
from chathaven.product.privacy.export_rows import Values

ATTACHMENTS = "attachments"
"""Their folder in a person's copy."""
_LONGEST = 80
_PLAIN = frozenset(" ._-()+")
"""Besides letters and digits: what no system takes for a path or a command."""


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file by reference. `size` is in bytes, `sha256` in hex; `path` is its place in a ZIP."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    path: str | None = None


class Beside:
    """The files that lie in a folder of the same ZIP; `placed` are those that were named so far."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.placed: list[Reference] = []

    def place(self, file: Reference) -> Reference:
        """Gives a file its place."""
        placed = msgspec.structs.replace(file, path=path_in(self._folder, file))
        self.placed.append(placed)
        return placed


def references_in(events: Iterable[Values]) -> list[Reference]:
    """Returns the files that came with events."""
    return [
        msgspec.convert(event["params"]["file"], Reference)
        for event in events
        if event["params"].get("file")
    ]


def places_of(file: File) -> list[tuple[str, bool]]:
    """Returns where an account's export holds a file and its small picture, and which is which."""
    place = f"files/{file.chat_id}/{file.id}"
    small = [(f"{place}.thumbnail", True)] if file.thumbnail_name is not None else []
    return [(place, False), *small]


def path_in(folder: str, file: Reference) -> str:
    """Returns a name for a ZIP: told apart by the id, and readable behind it.

    Who sent a file chose its name, so nothing of that is left which leads out of the folder, is
    special to a system, or hides the kind of file.
    """
    shown = unicodedata.normalize("NFC", file.name)
    safe = "".join(c if c.isalnum() or c in _PLAIN else "_" for c in shown).strip(" .")
    stem, dot, kind = safe.rpartition(".")
    short = f"{stem[: _LONGEST - len(kind)]}{dot}{kind}" if len(kind) < 10 else safe[:_LONGEST]
    return f"{folder}/{file.id}-{short.strip(' .') or 'file'}"
