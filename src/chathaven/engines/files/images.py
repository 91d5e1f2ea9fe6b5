"""Pictures are drawn anew before they are kept: what comes out holds pixels and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import structlog

from chathaven.base.errors import TooLarge, Unavailable
from chathaven.engines.files.kinds import MAX_PIXELS

AT_ONCE = 2
"""Pictures that are drawn at the same time; others wait."""
IN_MEMORY = 100 * 1024 * 1024
"""Bytes of pictures that may be in memory, waiting or being drawn; whoever is more comes back."""
_PATIENCE = 60.0
_MODULE = "chathaven.engines.files.image_worker"
log = structlog.get_logger()


class Unreadable(Exception):
    """It is no picture, or not one that can be drawn."""


@dataclass(frozen=True)
class Drawn:
    """A picture and its thumbnail (WebP), as they are to be kept."""

    data: bytes
    width: int
    height: int
    thumbnail: bytes


class _Said(msgspec.Struct):
    width: int = 0
    height: int = 0
    size: int = 0
    refused: str | None = None


class Images:
    """Draws pictures in processes of their own, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._free = IN_MEMORY

    @contextlib.contextmanager
    def room(self) -> Iterator[Callable[[int], None]]:
        """Keeps room in memory for a picture while it comes in and is drawn.

        Gives what has to be called with the number of bytes before they are kept; it raises
        Unavailable where there is no more room.
        """
        kept = 0

        def keep(size: int) -> None:
            nonlocal kept
            if size > self._free:
                raise Unavailable(retry_after=5)
            self._free -= size
            kept += size

        try:
            yield keep
        finally:
            self._free += kept

    async def draw(self, data: bytes, media_type: str) -> Drawn:
        """Returns a picture drawn anew.

        Raises:
            TooLarge: it has too many pixels.
            Unreadable: it cannot be drawn.
        """
        async with self._turn:
            answer = await _asked(data, media_type)
        head, _, rest = answer.partition(b"\n")
        try:
            said = msgspec.json.decode(head, type=_Said)
        except msgspec.DecodeError:
            # It was ended: too slow, too much memory, or worse.
            log.warning("a picture was not drawn", media_type=media_type)
            raise Unreadable from None
        if said.refused in {"pixels", "memory"}:
            raise TooLarge(f"A picture has at most {MAX_PIXELS // 1_000_000} megapixels.")
        if said.refused is not None:
            raise Unreadable
        return Drawn(rest[: said.size], said.width, said.height, rest[said.size :])


async def _asked(data: bytes, media_type: str) -> bytes:
    """Returns what a process of its own answers; nothing where it has to be ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", _MODULE, media_type),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath},
        # A signal to the terminal's group must not end it: a drain lets what is under way finish.
        start_new_session=True,
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(data), _PATIENCE)
        return answer
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())
