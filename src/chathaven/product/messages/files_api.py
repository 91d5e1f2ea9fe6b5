"""HTTP: sending files, and giving them out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import structlog
from litestar import Request, get, post
from litestar.response import Stream

from chathaven.base.actor import Operator, Visitor
from chathaven.base.errors import Conflict, Fault, NotFound, Unavailable
from chathaven.engines.files.chunks import Damaged
from chathaven.engines.files.kinds import MAX_BYTES, TYPES, of_media_type
from chathaven.engines.files.objects import Away, Missing, Objects
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.engines.web.upload import OVERHEAD, Upload
from chathaven.product.access.gate import VISITOR, files, form, may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.opened import Readings
from chathaven.product.chats.read import read_chat
from chathaven.product.consents.model import Subject
from chathaven.product.consents.notices import NoticeCache
from chathaven.product.consents.require import check_visitor
from chathaven.product.messages.attach import Attacher, SentFile
from chathaven.product.messages.files import contents, details_of, read_file
from chathaven.product.messages.model import File
from chathaven.product.visitors.recognise import gone_or_hidden

VISITORS_ATTACH = Rate("visitor-files", 30, 3600)
"""One visitor's. New visitors are counted by address."""
ADDRESS_ATTACHES = Rate("address-files", 120, 3600)
OPERATORS_ATTACH = Rate("operator-files", 300, 3600)
MOST = MAX_BYTES + OVERHEAD
THUMBNAIL_TYPE = "image/webp"
SERVED_AS = tuple(sorted({each.served_as for each in TYPES}))
log = structlog.get_logger()


@post(
    "/v1/widget/me/files",
    opt=may(VISITOR) | form(),
    request_max_body_size=MOST,
)
async def attach_as_visitor(
    request: Request[Visitor, Any, Any],
    ground: Ground,
    attacher: Attacher,
    notices: NoticeCache,
    address: str,
) -> SentFile:
    """Sends a file of the visitor: a form with `id` and then `file`."""
    actor = request.user
    if actor.restricted:
        raise Conflict(
            "The use of your data is restricted, so nobody would see this file. It was not sent.",
            code="processing_restricted",
        )
    showing = await notices.of(actor.account_id)
    if shown := showing.of(Subject.LEGAL_TEXT):
        language = request.headers.get("accept-language", "")
        check_visitor(shown, actor, language)
    upload = Upload(request, MAX_BYTES)
    await ground.limits.take(ADDRESS_ATTACHES, address)
    await ground.limits.take(VISITORS_ATTACH, str(actor.id))
    try:
        return await attacher.attach(actor, actor.chat_id, upload)
    except NotFound:
        raise await gone_or_hidden(ground.database, actor) from None


@post(
    "/v1/chats/{chat_id:uuid}/files",
    opt=may(Permission.CHATS_WRITE) | form(),
    request_max_body_size=MOST,
)
async def attach_as_operator(
    request: Request[Operator, Any, Any], ground: Ground, attacher: Attacher, chat_id: UUID
) -> SentFile:
    """Sends a file of an operator: a form with `id` and then `file`."""
    actor = request.user
    async with ground.database.transaction(actor.account_id) as tx:
        await read_chat(tx, chat_id)
    ground.limits.take_near(OPERATORS_ATTACH, actor.id)
    return await attacher.attach(actor, chat_id, Upload(request, MAX_BYTES))


@get(
    "/v1/widget/me/files/{file_id:uuid}",
    opt=may(VISITOR) | files(*SERVED_AS),
)
async def get_own_file(ground: Ground, actor: Visitor, file_id: UUID) -> Stream:
    """A file of the visitor's chat."""
    return await _given(ground.objects, await _own(ground, actor, file_id))


@get(
    "/v1/widget/me/files/{file_id:uuid}/thumbnail",
    opt=may(VISITOR) | files(THUMBNAIL_TYPE),
)
async def get_own_thumbnail(ground: Ground, actor: Visitor, file_id: UUID) -> Stream:
    """A small picture of a file of the visitor's chat."""
    return await _given(ground.objects, await _own(ground, actor, file_id), thumbnail=True)


@get(
    "/v1/chats/{chat_id:uuid}/files/{file_id:uuid}",
    opt=may(Permission.CHATS_READ) | files(*SERVED_AS),
)
async def get_file(
    ground: Ground, readings: Readings, actor: Operator, chat_id: UUID, file_id: UUID
) -> Stream:
    """A file of a chat."""
    return await _given(ground.objects, await _read(ground, readings, actor, chat_id, file_id))


@get(
    "/v1/chats/{chat_id:uuid}/files/{file_id:uuid}/thumbnail",
    opt=may(Permission.CHATS_READ) | files(THUMBNAIL_TYPE),
)
async def get_thumbnail(
    ground: Ground, readings: Readings, actor: Operator, chat_id: UUID, file_id: UUID
) -> Stream:
    """A small picture of a file of a chat."""
    file = await _read(ground, readings, actor, chat_id, file_id)
    return await _given(ground.objects, file, thumbnail=True)


async def _own(ground: Ground, actor: Visitor, file_id: UUID) -> File:
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        return await read_file(tx, actor.chat_id, file_id)


async def _read(
    ground: Ground, readings: Readings, actor: Operator, chat_id: UUID, file_id: UUID
) -> File:
    async with ground.database.transaction(actor.account_id) as tx:
        await read_chat(tx, chat_id)
        file = await read_file(tx, chat_id, file_id)
        await readings.note(tx, actor, "chat-opened", "chat", chat_id)
    return file


async def _given(objects: Objects, file: File, *, thumbnail: bool = False) -> Stream:
    """Returns the answer that gives a file out; its beginning has been opened by then.

    Raises:
        NotFound: it has no thumbnail, or its object is not there.
        Fault: it was altered (`file_damaged`).
        Unavailable: the store cannot be reached.
    """
    pieces = contents(objects, file, thumbnail=thumbnail)
    try:
        first = await anext(pieces, b"")
    except Missing:
        log.warning("an object of a file is missing")
        raise NotFound() from None
    except Damaged:
        log.warning("an object of a file does not open")
        raise Fault("This file was altered or is not whole.", code="file_damaged") from None
    except Away:
        raise Unavailable(retry_after=5) from None
    details = details_of(file)
    size = details.thumbnail_size if thumbnail else file.size
    kind = THUMBNAIL_TYPE if thumbnail else of_media_type(details.media_type).served_as
    name = "thumbnail.webp" if thumbnail else details.name
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "content-length": str(size),
    }
    return Stream(_from(first, pieces), media_type=kind, headers=headers)


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    try:
        async for piece in rest:
            yield piece
    except (Away, Damaged) as error:
        # The answer has begun: it ends here, shorter than it said, and nobody takes it for whole.
        log.warning("a file was not given out whole", kind=type(error).__name__)
        raise


HANDLERS = (
    attach_as_visitor,
    attach_as_operator,
    get_own_file,
    get_own_thumbnail,
    get_file,
    get_thumbnail,
)
