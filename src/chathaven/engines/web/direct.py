"""The direct way of one route: what may take it, who takes it, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

Headers = list[tuple[bytes, bytes]]
"""As ASGI has them: names in small letters, and each as often as it was sent."""
Answer = Callable[[bytes | None], None]
"""Takes the JSON of the answer, or None where the usual way has to answer."""
Take = Callable[[Headers, bytes, Answer], bool]
"""Takes a request's headers and body, and answers later; False where it takes nothing."""


class Direct:
    """POST to one path. `headers` are those of every answer, besides the length."""

    def __init__(self, path: str, status: HTTPStatus, headers: Headers, take: Take) -> None:
        self._path = path
        self._begin = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        self._end = _lines([*headers, (b"content-type", b"application/json")])
        self._seen: Headers = []
        self._head = self._begin + self._end
        self.take = take

    def fits(self, scope: Mapping[str, Any]) -> bool:
        """Whether a request is one of these."""
        return bool(scope["path"] == self._path and scope["method"] == "POST")

    def answer(self, added: Headers, more: bytes, content: bytes) -> bytes:
        """Returns a whole answer. `added` are the server's headers, another list each second."""
        if added is not self._seen:
            self._seen = added
            self._head = self._begin + _lines(added) + self._end
        return b"%b%bcontent-length: %d\r\n\r\n%b" % (self._head, more, len(content), content)


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % each for each in headers)
