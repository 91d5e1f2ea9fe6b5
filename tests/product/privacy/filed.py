"""Files that are sent in tests, and what comes back of them."""

from __future__ import annotations

import io
import random
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

OWN = "/v1/widget/me/files"


def photo(seed: int = 1, size: tuple[int, int] = (320, 200)) -> bytes:
    """Returns a picture of noise, which no other seed gives."""
    noise = random.Random(seed).randbytes(size[0] * size[1])
    held = io.BytesIO()
    Image.frombytes("L", size, noise).save(held, "PNG")
    return held.getvalue()


def paper(seed: int, size: int = 100_000) -> bytes:
    """Returns something that begins like a PDF, which no other seed gives."""
    return b"%PDF-1.7\n" + random.Random(seed).randbytes(size)


def form(name: str, body: bytes, id: str | None = None) -> dict[str, Any]:
    """Returns what a client posts to send a file."""
    return {"data": {"id": id or str(uuid4())}, "files": {"file": (name, body)}}


async def send(http: httpx.AsyncClient, name: str, body: bytes, path: str = OWN) -> dict[str, Any]:
    """Sends a file; returns what the product says of it."""
    answer = await http.post(path, **form(name, body))
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["file"])


def send_now(http: httpx.Client, name: str, body: bytes, path: str = OWN) -> dict[str, Any]:
    """Sends a file to a real server; returns what the product says of it."""
    answer = http.post(path, **form(name, body))
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["file"])
