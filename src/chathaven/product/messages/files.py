"""Files that were sent: what is known of each, and what they hold, opened while it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from chathaven.base.errors import NotFound
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.chunks import Opener
from chathaven.engines.files.objects import Objects, person_folder
from chathaven.product.messages.model import File


class FileView(msgspec.Struct, omit_defaults=True):
    """A file as its message shows it. `id` is that of the message."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    kind: str
    thumbnail: bool
    width: int | None = None
    height: int | None = None


class FileDetails(msgspec.Struct):
    """What is known of a file, sealed in its row.

    `sha256` is of what is given out, `given_sha256` of what was sent (a picture is drawn anew).
    `thumbnail_size` counts bytes; it is None where there is no thumbnail.
    """

    name: str
    media_type: str
    sha256: str
    given_sha256: str
    width: int | None = None
    height: int | None = None
    thumbnail_size: int | None = None


def file_view(file: File) -> FileView:
    """Returns a file as its message shows it."""
    details = details_of(file)
    return FileView(
        id=file.id,
        name=details.name,
        media_type=details.media_type,
        size=file.size,
        sha256=details.sha256,
        kind=file.kind,
        thumbnail=file.thumbnail_name is not None,
        width=details.width,
        height=details.height,
    )


def details_of(file: File) -> FileDetails:
    """Returns what is known of a file."""
    return msgspec.convert(file.details, FileDetails)


async def find_file(tx: Transaction, chat_id: UUID, id: UUID) -> File | None:
    """Returns a file of a chat, or None."""
    return await tx.one(
        select(File).where(File.account_id == tx.account_id, File.chat_id == chat_id, File.id == id)
    )


async def read_file(tx: Transaction, chat_id: UUID, id: UUID) -> File:
    """Returns a file of a chat.

    Raises:
        NotFound: there is none.
    """
    file = await find_file(tx, chat_id, id)
    if file is None:
        raise NotFound()
    return file


def object_place(file: File, name: str) -> str:
    """Returns the whole name of one of a file's objects."""
    return f"{person_folder(file.account_id, file.visitor_id)}/{name}"


def bound_to(account_id: UUID, person_id: UUID, name: str) -> bytes:
    """Returns what an object is bound to: whose it is, and its name."""
    return b"file|%b|%b|%b|" % (account_id.bytes, person_id.bytes, name.encode())


async def contents(
    objects: Objects, file: File, *, thumbnail: bool = False
) -> AsyncIterator[bytes]:
    """Yields what a file holds, or its thumbnail, opened piece by piece.

    Raises:
        NotFound: it has no thumbnail.
        Missing: the object is not there.
        Damaged: it was altered. What was yielded before is genuine all the same.
        Away: the store cannot be reached.
    """
    name = file.thumbnail_name if thumbnail else file.object_name
    if name is None or file.file_key is None:
        raise NotFound()
    opener = Opener(bytes.fromhex(file.file_key), bound_to(file.account_id, file.visitor_id, name))
    async for piece in objects.read(object_place(file, name)):
        for plain in opener.add(piece):
            yield plain
    yield opener.finish()


async def forget_file(tx: Transaction, file: File) -> list[str]:
    """Deletes the row of a file, and with it the only key that opens its objects.

    Returns the names of the objects, to be given to `Objects.remove` after the commit. Whoever is
    killed between leaves what nobody can open, and the sweep removes it.
    """
    await tx.run(
        delete(File).where(
            File.account_id == tx.account_id, File.chat_id == file.chat_id, File.id == file.id
        )
    )
    return object_places(file)


def object_places(file: File) -> list[str]:
    """Returns the whole names of a file's objects."""
    names = [file.object_name, file.thumbnail_name]
    return [object_place(file, name) for name in names if name is not None]


def params_of(view: FileView) -> dict[str, Any]:
    """Returns the params of the message that carries a file."""
    return {"text": "", "file": msgspec.to_builtins(view)}
