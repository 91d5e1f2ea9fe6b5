"""The page in a person's copy that needs nothing but a browser: no script, nothing from outside.

Pictures that lie beside it in the ZIP are shown; every other file is a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from jinja2 import Environment, PackageLoader, select_autoescape

from chathaven.base.languages import choose, direction
from chathaven.product.chats.model import MESSAGES
from chathaven.product.privacy.export_files import ATTACHMENTS, path_in, references_in
from chathaven.product.privacy.export_rows import Values
from chathaven.product.privacy.export_words import WORDS

_templates = Environment(
    loader=PackageLoader("chathaven.product.privacy", "templates"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
_FIELDS = ("name", "email", "phone", "language", "browser", "os", "page_url")


class Page:
    """Writes the page, in the person's language where it is spoken here, and English beside it.

    `held` are the ids of the files that lie beside it, which it shows and links.
    """

    def __init__(self, language: str, company: str, held: Set[UUID]) -> None:
        self._language = choose(language, None)
        self._company = company
        self._held = held
        self._module = _templates.get_template("export.html").make_module(
            {
                "language": self._language,
                "direction": direction(self._language),
                "words": WORDS[self._language],
                "english": WORDS["en"],
                "company": company,
            }
        )

    def head(self, profile: Values, moment: datetime) -> bytes:
        """Returns the beginning: who, and what is known of them."""
        known = profile | (profile.get("technical") or {})
        rows = [(field, known[field]) for field in _FIELDS if known.get(field)]
        rows += [(field, _time(profile[field])) for field in ("created_at", "last_seen_at")]
        return self._part("head", rows, _time(moment))

    def conversation(self, began: datetime) -> bytes:
        """Returns the heading of a conversation."""
        return self._part("conversation", _time(began))

    def events(self, events: Iterable[Values]) -> bytes:
        """Returns messages, and other events by their type."""
        shown = [
            {
                "is_message": event["type"] in MESSAGES,
                "type": event["type"],
                "kind": event["author"].kind,
                "name": event["author"].name,
                "text": event["params"].get("text", ""),
                "former": [each["text"] for each in event.get("edits", ())],
                "is_deleted": "deleted_at" in event["params"],
                "file": self._file(event),
                "at": _time(event["created_at"]),
            }
            for event in events
        ]
        return self._part("events", shown)

    def _file(self, event: Values) -> dict[str, Any] | None:
        """Returns what is shown of the file that came with an event."""
        given = event["params"].get("file")
        if given is None:
            return None
        [file] = references_in([event])
        href = quote(path_in(ATTACHMENTS, file)) if file.id in self._held else None
        return {
            "name": file.name,
            "href": href,
            "is_image": given["kind"] == "image",
            "width": given.get("width"),
            "height": given.get("height"),
            "size": f"{file.size / 1000:,.0f} kB" if file.size >= 1000 else f"{file.size} B",
        }

    def foot(self, receipts: Sequence[Values]) -> bytes:
        """Returns the answers that were given, and the end."""
        shown: list[dict[str, Any]] = [
            {
                "at": _time(receipt["created_at"]),
                "subject": receipt["subject"],
                "answer": receipt["answer"],
                "text": (receipt["details"] or {}).get("text", ""),
            }
            for receipt in receipts
        ]
        return self._part("foot", shown)

    def _part(self, name: str, *values: object) -> bytes:
        return str(getattr(self._module, name)(*values)).encode()


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
