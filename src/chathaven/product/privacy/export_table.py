"""Messages as a table for spreadsheets, in which no cell is a formula (C-03)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from uuid import UUID

from chathaven.base.cells import harmless
from chathaven.product.chats.model import MESSAGES
from chathaven.product.privacy.export_rows import Values

_COLUMNS = ("conversation", "number", "time", "author", "name", "text", "file")
# Spreadsheets guess the encoding; the mark at the beginning tells them.
CSV_HEAD = ("\N{BYTE ORDER MARK}" + ",".join(_COLUMNS) + "\r\n").encode()


def csv_lines(chat_id: UUID, events: Iterable[Values]) -> bytes:
    """Returns the messages among `events` as lines."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    for event in events:
        if event["type"] in MESSAGES:
            author = event["author"]
            text = event["params"].get("text", "")
            file = event["params"].get("file", {}).get("name", "")
            cells = (author.kind, author.name or "", text, file)
            moment = event["created_at"].isoformat()
            writer.writerow([chat_id, event["seq"], moment, *map(harmless, cells)])
    return lines.getvalue().encode()
