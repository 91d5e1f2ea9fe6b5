"""Files that people of the tests send, and the ways in which a browser is given them."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any
from uuid import uuid4

from tests.browser.people import Visitor
from tests.driving import Account, json_of

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def picture(width: int = 96, height: int = 64) -> bytes:
    """A PNG in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x2f\x6f\xeb" * width) * height
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def named(name: str, data: bytes, kind: str = "") -> Any:
    """A file as Playwright hands it to a page."""
    return {"name": name, "mimeType": kind or "application/octet-stream", "buffer": data}


def attach(visitor: Visitor, *files: Any) -> None:
    """Chooses files, as in the dialog that the clip opens."""
    visitor.panel.locator("input[type=file]").set_input_files(list(files))


def give(visitor: Visitor, how: str, name: str, size: int = 5) -> None:
    """Lets go of a file over the panel (`drop`), or pastes it into the composer (`paste`)."""
    visitor.frame.evaluate(
        """([how, name, size]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(size).fill(97)], name));
          const more = { bubbles: true, cancelable: true };
          const event = how === "drop"
            ? new DragEvent("drop", { dataTransfer: data, ...more })
            : new ClipboardEvent("paste", { clipboardData: data, ...more });
          document.querySelector(how === "drop" ? "main" : "textarea").dispatchEvent(event);
        }""",
        [how, name, size],
    )


def answer_with(account: Account, chat_id: str, name: str, data: bytes) -> dict[str, Any]:
    """Sends a file as the operator."""
    path = f"/v1/chats/{chat_id}/files"
    return json_of(
        account.http.post(path, data={"id": str(uuid4())}, files={"file": (name, data)}), 201
    )


def problem(status: int, code: str) -> dict[str, Any]:
    """An answer of the server that refuses, for a route that is played."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code}
    kind = "application/problem+json"
    return {"status": status, "content_type": kind, "body": json.dumps(body)}
