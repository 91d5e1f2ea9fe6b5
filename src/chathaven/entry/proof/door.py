"""The product's own front door: HTTP, as a browser or a script uses it."""

from __future__ import annotations

import builtins
import time
from typing import Any
from uuid import UUID

import httpx

PATIENCE = 90.0
"""Seconds to wait for a server that asks for patience."""
POLL = 0.1


class CannotProve(Exception):
    """The proof could not be carried out; the text is one line without any canary."""


class Door:
    """Calls the server; `secret` is a bearer's, where one is used in place of a cookie."""

    def __init__(self, url: str, secret: str | None = None) -> None:
        self.url = url
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        self._http = httpx.Client(base_url=url, timeout=60, headers=headers)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def bytes(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expected: int = 200,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """Calls once, and again when the server asks for patience; returns the answer's body.

        Raises:
            CannotProve: another status came, or none.
        """
        return self._call(method, path, expected, {"json": body, "headers": headers})

    def upload(self, path: str, id: UUID, file: tuple[str, builtins.bytes, str]) -> Any:
        """Sends a file (its name, bytes and media type) under an id; returns what the JSON says.

        Raises:
            CannotProve: it was not taken.
        """
        given = {"data": {"id": str(id)}, "files": {"file": file}}
        return httpx.Response(200, content=self._call("POST", path, 201, given)).json()

    def _call(self, method: str, path: str, expected: int, given: dict[str, Any]) -> builtins.bytes:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._http.request(method, path, **given)
            except httpx.TransportError as error:
                raise CannotProve(f"{method} {_plain(path)}: {type(error).__name__}") from None
            if answer.status_code == expected:
                return answer.content
            wait = _seconds(answer)
            if wait is None or time.monotonic() + wait > deadline:
                raise CannotProve(
                    f"{method} {_plain(path)} was answered {answer.status_code} and not {expected}"
                    f" ({_code(answer)})"
                )
            time.sleep(wait)

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expected: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Calls, and returns what the JSON says; see `bytes`."""
        raw = self.bytes(method, path, body, expected=expected, headers=headers)
        return httpx.Response(200, content=raw).json()

    def status(self, method: str, path: str) -> int:
        """Returns the status of an answer, whatever it is."""
        try:
            return self._http.request(method, path).status_code
        except httpx.TransportError as error:
            raise CannotProve(f"{method} {_plain(path)}: {type(error).__name__}") from None

    def until(self, path: str, *reached: str, seconds: float = 180.0) -> dict[str, Any]:
        """Asks until `status` is one of `reached`; returns that answer.

        Raises:
            CannotProve: it was not reached in time, or it failed.
        """
        deadline = time.monotonic() + seconds
        while True:
            found: dict[str, Any] = self.json("GET", path)
            if found["status"] in reached:
                return found
            if found["status"] == "failed" or time.monotonic() > deadline:
                raise CannotProve(f"{_plain(path)} stands at {found['status']}")
            time.sleep(POLL)


def reachable(url: str) -> bool:
    """Whether a Chathaven at this address takes requests."""
    try:
        return httpx.get(f"{url}/health/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _seconds(answer: httpx.Response) -> float | None:
    if answer.status_code not in (429, 503):
        return None
    try:
        return max(0.2, float(answer.headers.get("retry-after", "1")))
    except ValueError:
        return 1.0


def _plain(path: str) -> str:
    return path.partition("?")[0]


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return "no code"
