"""Files as people send them, through the front door."""

from __future__ import annotations

import io
import os
from uuid import uuid4

import httpx
from PIL import Image

from benchmarks.wire import HOST

FILES = 20
_PHOTO = (1600, 1200)
_PAPER = 400_000


def send_files(port: int, token: str) -> int:
    """Sends 10 photographs and 10 papers as a visitor; returns the bytes that are kept of them."""
    photo, size = _photo(), 0
    head = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://{HOST}:{port}", headers=head, timeout=120) as http:
        for number in range(FILES):
            name, body = (
                ("offer.pdf", b"%PDF-1.7\n" + os.urandom(_PAPER))
                if number % 2
                else ("photo.jpg", photo)
            )
            answer = http.post(
                "/v1/widget/me/files", data={"id": str(uuid4())}, files={"file": (name, body)}
            )
            if answer.status_code != 201:
                raise RuntimeError(f"a file was answered {answer.status_code}: {answer.text[:300]}")
            size += int(answer.json()["file"]["size"])
    return size


def _photo() -> bytes:
    """A picture with as much in it as a photograph: soft noise."""
    held = io.BytesIO()
    grain = Image.effect_noise((_PHOTO[0] // 4, _PHOTO[1] // 4), 60).resize(_PHOTO)
    Image.merge(
        "RGB", (grain, grain.rotate(180), grain.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    ).save(held, "JPEG", quality=88)
    return held.getvalue()
