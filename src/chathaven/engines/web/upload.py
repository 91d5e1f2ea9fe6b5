"""Reading a form with one file as it comes: nothing of it is put on the disk, or kept whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from chathaven.base.errors import Fault, Invalid, Malformed, TooLarge
from chathaven.base.reasons import Reason

FORM = "multipart/form-data"
OVERHEAD = 128 * 1024
"""What a form may be longer than its file: boundaries, headers, the name, the id."""
_LONGEST_HEADER = 64 * 1024
_LONGEST_ID = 64
_PARTS = 2
PIECE_SECONDS = 30.0
"""The longest silence in a form."""
FORM_SECONDS = 600.0
"""The longest time for a whole form: 20 MiB in it are a third of a megabit a second."""


class NoForm(Fault):
    """The body is of a kind that is not taken here."""

    status = 415
    code = "unsupported_media"
    detail = "Send a form: Content-Type multipart/form-data, with `id` and then `file`."


class Upload:
    """A form of two parts, `id` and then `file`. Call `begin`, then read `pieces` to their end.

    Args:
        request: whose body it is; nothing of it has been read.
        most: bytes that the file may have.
    """

    def __init__(self, request: Request[Any, Any, Any], most: int) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != FORM or not options.get("boundary"):
            raise NoForm
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > most + OVERHEAD:
            raise _too_large(most)
        self._most = most
        self._request = request
        try:
            self._parser = PushMultipartParser(
                options["boundary"],
                max_header_size=_LONGEST_HEADER,
                max_segment_count=_PARTS,
                strict=True,
            )
        except MultipartError:
            raise NoForm from None
        self._events = self._parse()

    async def begin(self) -> tuple[UUID, str]:
        """Reads up to the file. Returns the id, and the name of the file as it was given.

        Raises:
            Invalid: a part is missing, or is not what it should be.
            Malformed: it is no form.
        """
        id = await self._read_id(await anext(self._events, None))
        file = await anext(self._events, None)
        if not isinstance(file, MultipartSegment) or file.name != "file":
            raise Invalid.field("file", Reason.MISSING)
        if not file.filename:
            raise Invalid.field("file", Reason.FILE_NAME_MISSING)
        return id, file.filename

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yields what the file holds.

        Raises:
            TooLarge: it is larger than what is taken; nothing more is read.
            Malformed: the form ends too early.
        """
        size = 0
        async for event in self._events:
            if isinstance(event, bytes | bytearray):
                size += len(event)
                if size > self._most:
                    raise _too_large(self._most)
                yield bytes(event)

    async def _read_id(self, part: object) -> UUID:
        if not isinstance(part, MultipartSegment) or part.name != "id":
            raise Invalid.field("id", Reason.ID_BEFORE_FILE)
        text = b""
        async for event in self._events:
            if event is None:
                break
            text += bytes(event) if isinstance(event, bytes | bytearray) else b""
            if len(text) > _LONGEST_ID:
                raise _no_id()
        try:
            return UUID(text.decode())
        except ValueError:
            raise _no_id() from None

    async def _parse(self) -> AsyncIterator[MultipartSegment | bytes | bytearray | None]:
        try:
            async for chunk in _in_time(self._request.stream()):
                if chunk:
                    for event in self._parser.parse(chunk):
                        yield event
            self._parser.close()
        except TimeoutError:
            raise Malformed("The form came too slowly.") from None
        except MultipartError:
            raise Malformed("The body is no whole form of `id` and `file`.") from None


async def _in_time(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yields what comes, while it comes.

    Raises:
        TimeoutError: nothing came for too long, or it took too long altogether.
    """
    end = asyncio.get_running_loop().time() + FORM_SECONDS
    while True:
        now = asyncio.get_running_loop().time()
        # Around the waiting alone: what is done with a piece may take its time.
        async with asyncio.timeout(min(PIECE_SECONDS, end - now)):
            chunk = await anext(chunks, None)
        if chunk is None:
            return
        yield chunk


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"A file has at most {most // (1024 * 1024)} MiB.")


def _no_id() -> Invalid:
    return Invalid.field("id", Reason.UUID)
