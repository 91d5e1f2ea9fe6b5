"""The bytes of a chat's files in a ZIP: read, opened and packed a piece at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.engines.files.zip_stream import ZipStream
from chathaven.engines.ground import Ground
from chathaven.product.chats.live import Live
from chathaven.product.chats.model import Chat, Event
from chathaven.product.messages.files import contents
from chathaven.product.messages.model import File
from chathaven.product.privacy.export_chat import ChatToExport, Gone, chat_file
from chathaven.product.privacy.export_files import Beside, Reference

LARGE = 50_000
"""From this many events on, a conversation may come to more than 2 GiB."""


async def chat_zip(ground: Ground, live: Live, chat: ChatToExport) -> AsyncIterator[bytes]:
    """Yields a ZIP with the chat's file, `chat.json`, and in `files/` what was sent in it.

    Raises:
        Gone: the chat was erased meanwhile.
    """
    archive = ZipStream(now())
    beside = Beside("files")
    archive.begin("chat.json", large=chat.row.last_seq > LARGE)
    async for part in chat_file(ground.database, live, chat, beside):
        archive.write(part)
        yield archive.take()
    archive.end()
    async for _ in add_files(archive, ground, chat.row, beside.placed):
        yield archive.take()
    archive.close()
    yield archive.take()


async def add_files(
    archive: ZipStream, ground: Ground, chat: Chat, files: Iterable[Reference]
) -> AsyncIterator[UUID]:
    """Writes files to their places; yields the id of the one it is at, wherever it may be taken.

    One whose message was deleted meanwhile is left out.

    Raises:
        Gone: the chat was erased meanwhile.
    """
    for file in files:
        row = await _row(ground, chat, file.id)
        if row is None:
            continue
        archive.begin(str(file.path))
        async for piece in contents(ground.objects, row):
            archive.write(piece)
            yield file.id
        archive.end()
        yield file.id


async def _row(ground: Ground, chat: Chat, file_id: UUID) -> File | None:
    async with ground.database.transaction(chat.account_id, sees=chat.visitor_id) as tx:
        row = await tx.one(
            select(File).where(
                File.account_id == chat.account_id, File.chat_id == chat.id, File.id == file_id
            )
        )
        said = select(Event.id).where(
            Event.account_id == chat.account_id, Event.chat_id == chat.id, Event.id == file_id
        )
        if row is None and await tx.value(said) is None:
            raise Gone
    return row
