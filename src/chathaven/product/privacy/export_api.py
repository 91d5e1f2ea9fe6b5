"""HTTP: a chat as a file, and a person's whole data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from litestar import get
from litestar.response import Stream

from chathaven.base.actor import Operator, Visitor
from chathaven.engines.ground import Ground
from chathaven.engines.web.limits import Rate
from chathaven.product.access.gate import VISITOR, may
from chathaven.product.access.gate import files as of_kinds
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.legal import HostContact
from chathaven.product.audit.record import record
from chathaven.product.chats.live import Live
from chathaven.product.chats.read import read_chat
from chathaven.product.privacy.export_chat import begin_chat, chat_file
from chathaven.product.privacy.export_chat_files import chat_zip
from chathaven.product.privacy.export_visitor import begin_person, person_file
from chathaven.product.privacy.schemas import HANDLERS as SCHEMAS

EXPORTS = Rate("exports", 60, 3600)
OWN_EXPORTS = Rate("own-exports", 10, 3600)
_JSON, _ZIP = "application/json", "application/zip"


def attachment(pieces: AsyncIterator[bytes], media_type: str, name: str) -> Stream:
    """Returns a file to keep; the name bears ids only, for names of files end in histories."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Stream(pieces, media_type=media_type, headers=headers)


@get(
    "/v1/chats/{chat_id:uuid}/export",
    opt=may(Permission.CHATS_READ) | of_kinds(_JSON, _ZIP),
)
async def get_chat_export(
    ground: Ground, live: Live, actor: Operator, chat_id: UUID, files: bool = False
) -> Stream:
    """A chat with its visitor, everything that happened in it, and the receipts.

    With `files=true` it is a ZIP that also holds the files of the chat.
    """
    await ground.limits.take(EXPORTS, str(actor.id))
    async with ground.database.transaction(actor.account_id) as tx:
        chat = await begin_chat(tx, ground.settings.public_url, await read_chat(tx, chat_id))
        await record(tx, actor, "exported", "chat", chat_id)
    if files:
        return attachment(chat_zip(ground, live, chat), _ZIP, f"chat-{chat_id}.zip")
    pieces = chat_file(ground.database, live, chat)
    return attachment(pieces, _JSON, f"chat-{chat_id}.json")


@get("/v1/visitors/{visitor_id:uuid}/export", opt=may(Permission.VISITORS_READ), media_type=_ZIP)
async def get_visitor_export(
    ground: Ground, live: Live, contact: HostContact, actor: Operator, visitor_id: UUID
) -> Stream:
    """Everything about a visitor, as they may ask for it (GDPR Art. 15).

    Visitors who are the same person are in it, each in a folder below `merged/`.
    """
    await ground.limits.take(EXPORTS, str(actor.id))
    # A restricted person's copy is made by those who care for their rights (Art. 18(2)).
    sees = visitor_id if Permission.VISITORS_ERASE in actor.permissions else None
    async with ground.database.transaction(actor.account_id, sees=sees) as tx:
        person = await begin_person(tx, ground, visitor_id, contact)
        await record(tx, actor, "exported", "visitor", visitor_id)
    return attachment(person_file(ground, live, person), _ZIP, f"visitor-{visitor_id}.zip")


@get("/v1/widget/me/export", opt=may(VISITOR), media_type=_ZIP)
async def get_own_export(
    ground: Ground, live: Live, contact: HostContact, actor: Visitor
) -> Stream:
    """Everything about the visitor who asks."""
    await ground.limits.take(OWN_EXPORTS, str(actor.id))
    async with ground.database.transaction(actor.account_id, sees=actor.id) as tx:
        person = await begin_person(tx, ground, actor.id, contact, alone=True)
        await record(tx, actor, "exported", "visitor", actor.id)
    return attachment(person_file(ground, live, person), _ZIP, "my-data.zip")


HANDLERS = (*SCHEMAS, get_chat_export, get_visitor_export, get_own_export)
