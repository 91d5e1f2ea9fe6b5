"""Built files, read once at start and served from memory, compressed where the browser takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from litestar import Request, Response

from chathaven.base.errors import NotFound

TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".txt": "text/plain",
}
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


class File(NamedTuple):
    """One file, with what it was compressed to, by encoding."""

    kind: str
    plain: bytes
    compressed: dict[str, bytes]


class Static:
    """The files of one folder by their path in it."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, File] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in TYPES:
                packed = {
                    name: twin.read_bytes()
                    for name, ending in _ENCODINGS.items()
                    if (twin := path.with_name(path.name + ending)).exists()
                }
                key = path.relative_to(folder).as_posix()
                self._files[key] = File(TYPES[path.suffix], path.read_bytes(), packed)

    def text(self, name: str) -> str:
        """Returns a file as text.

        Raises:
            NotFound: it was not built.
        """
        return self._find(name).plain.decode()

    def answer(self, request: Request[Any, Any, Any], name: str, cache: str) -> Response[bytes]:
        """Returns a file as an answer, in the best encoding that the browser takes."""
        file = self._find(name)
        headers = {"cache-control": cache, "vary": "accept-encoding"}
        taken = request.headers.get("accept-encoding", "")
        for encoding, body in file.compressed.items():
            if encoding in taken:
                headers["content-encoding"] = encoding
                return Response(body, media_type=file.kind, headers=headers)
        return Response(file.plain, media_type=file.kind, headers=headers)

    def _find(self, name: str) -> File:
        file = self._files.get(name)
        if file is None:
            raise NotFound()
        return file
