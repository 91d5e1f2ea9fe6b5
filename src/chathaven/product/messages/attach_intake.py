"""Taking in what a file holds: looked at, drawn anew where it is a picture, sealed, put away.

Nothing of it stands on the disk that is not sealed, with a key that stands nowhere until the
message is written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from chathaven.base.errors import Invalid, TooLarge
from chathaven.base.reasons import Reason
from chathaven.engines.files.chunks import KEY_BYTES, Sealer
from chathaven.engines.files.images import Images, Unreadable
from chathaven.engines.files.kinds import (
    HEAD_BYTES,
    MAX_BYTES,
    FileType,
    Kind,
    NotTaken,
    is_plain,
    recognise,
)
from chathaven.engines.files.names import with_extension
from chathaven.engines.files.objects import Objects, new_object_name
from chathaven.engines.web.upload import Upload
from chathaven.product.messages.files import FileDetails, bound_to, object_place
from chathaven.product.messages.model import File

_SLICE = 256 * 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Intake:
    """Takes in the file of one form for one person."""

    def __init__(self, objects: Objects, images: Images, file: File) -> None:
        self._objects = objects
        self._images = images
        self._file = file
        self._key = os.urandom(KEY_BYTES)

    async def take(self, upload: Upload, name: str) -> File:
        """Reads the file and puts its objects away. Returns its row, which is not written yet.

        Raises:
            NotTaken: it is of no type that is taken, or is not what its name says.
            TooLarge: it has too many bytes or pixels.
            Invalid: it is empty.
            Unavailable: there are too many pictures in work.
            Away: the store does not take it.
        """
        pieces = upload.pieces()
        head = await _head(pieces)
        kind = recognise(name, head)
        if kind is None:
            raise NotTaken()
        self._file.kind = kind.kind
        self._file.file_key = self._key.hex()
        if kind.kind is Kind.IMAGE:
            await self._picture(kind, name, head, pieces)
        else:
            await self._as_it_is(kind, name, head, pieces)
        return self._file

    async def _picture(
        self, kind: FileType, name: str, head: bytes, pieces: AsyncIterator[bytes]
    ) -> None:
        with self._images.room() as keep:
            whole = bytearray()
            async for piece in _joined(head, pieces):
                keep(len(piece))
                whole += piece
            given = hashlib.sha256(whole).hexdigest()
            try:
                drawn = await self._images.draw(bytes(whole), kind.media_type)
            except Unreadable:
                raise NotTaken("This picture cannot be read.") from None
            del whole
        if len(drawn.data) > 2 * MAX_BYTES:
            # A moving picture of many frames may come to more than it was.
            raise TooLarge("Drawn anew, this picture would be too large.")
        self._file.object_name = await self._put(_slices(drawn.data))
        self._file.thumbnail_name = await self._put(_slices(drawn.thumbnail))
        self._file.size = len(drawn.data)
        details = FileDetails(
            name=with_extension(name, kind.extensions),
            media_type=kind.media_type,
            sha256=hashlib.sha256(drawn.data).hexdigest(),
            given_sha256=given,
            width=drawn.width,
            height=drawn.height,
            thumbnail_size=len(drawn.thumbnail),
        )
        self._file.details = msgspec.to_builtins(details)

    async def _as_it_is(
        self, kind: FileType, name: str, head: bytes, pieces: AsyncIterator[bytes]
    ) -> None:
        hashed, size = hashlib.sha256(), 0
        looked_at = kind.is_text and not head.startswith(_UTF_16)

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for piece in _joined(head, pieces):
                if looked_at and not is_plain(piece):
                    raise NotTaken()
                hashed.update(piece)
                size += len(piece)
                yield piece

        self._file.object_name = await self._put(counted())
        self._file.size = size
        found = hashed.hexdigest()
        self._file.details = msgspec.to_builtins(
            FileDetails(name, kind.media_type, sha256=found, given_sha256=found)
        )

    async def _put(self, pieces: AsyncIterator[bytes]) -> str:
        name = new_object_name()
        bound = bound_to(self._file.account_id, self._file.visitor_id, name)
        sealer = Sealer(self._key, bound)
        async with self._objects.writing(object_place(self._file, name)) as write:
            async for piece in pieces:
                if sealed := sealer.add(piece):
                    await write(sealed)
            await write(sealer.finish())
        return name


async def _head(pieces: AsyncIterator[bytes]) -> bytes:
    """Returns the beginning of a file, long enough to be looked at.

    Raises:
        Invalid: it is empty.
    """
    head = b""
    async for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    if not head:
        raise Invalid.field("file", Reason.FILE_EMPTY)
    return head


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece


async def _slices(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _SLICE):
        yield data[start : start + _SLICE]


def no_file_yet(account_id: UUID, chat_id: UUID, person_id: UUID, id: UUID) -> File:
    """Returns the row of a file of which nothing is known yet but where it belongs."""
    return File(account_id=account_id, chat_id=chat_id, visitor_id=person_id, id=id)
