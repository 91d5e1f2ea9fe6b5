"""Files as people's browsers send them, and as nobody's browser would."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from tests.driving import json_of

OWN = "/v1/widget/me/files"
BOUNDARY = "quagga"
PDF = b"%PDF-1.7\n% a document\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (30, 20), **options: Any) -> bytes:
    """Returns a small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def send(
    http: httpx.Client,
    name: str,
    data: bytes,
    *,
    path: str = OWN,
    id: str | None = None,
    media_type: str = "application/octet-stream",
) -> httpx.Response:
    """Sends a file as a form."""
    return http.post(
        path, data={"id": id or str(uuid4())}, files={"file": (name, data, media_type)}
    )


def sent(http: httpx.Client, name: str, data: bytes, **how: Any) -> dict[str, Any]:
    """Sends a file; returns what was acknowledged."""
    return json_of(send(http, name, data, **how), 201)


def part(headers: bytes, data: bytes) -> bytes:
    """Returns one part of a form, with its headers as they are given."""
    return b"--" + BOUNDARY.encode() + b"\r\n" + headers + b"\r\n\r\n" + data + b"\r\n"


def id_part(id: bytes | None = None) -> bytes:
    """Returns the part with the id."""
    return part(b'Content-Disposition: form-data; name="id"', id or str(uuid4()).encode())


def file_part(name: bytes, data: bytes) -> bytes:
    """Returns the part with the file."""
    head = b'Content-Disposition: form-data; name="file"; filename="' + name + b'"'
    return part(head, data)


END = b"--" + BOUNDARY.encode() + b"--\r\n"


def raw(http: httpx.Client, body: Any, path: str = OWN) -> httpx.Response:
    """Sends a form byte by byte as it is given; an iterator has no length beforehand."""
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return http.post(path, content=body, headers=headers)
