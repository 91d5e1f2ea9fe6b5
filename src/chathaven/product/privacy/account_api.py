"""HTTP: taking an account along, and closing it. For owners alone."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.response import Stream
from msgspec import Meta
from sqlalchemy import func, select

from chathaven.base.actor import Operator
from chathaven.base.errors import Invalid, NotFound
from chathaven.base.fields import GivenPassword
from chathaven.base.reasons import Reason
from chathaven.engines.database.tables import Table
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import PUBLIC, may
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.legal import HostContact
from chathaven.product.audit.record import record
from chathaven.product.chats.model import MESSAGES, Chat, Event
from chathaven.product.operators import model as operators
from chathaven.product.operators import rates
from chathaven.product.operators.find import find
from chathaven.product.operators.passwords import PASSWORDS
from chathaven.product.operators.show import Page
from chathaven.product.privacy.close_account import (
    AccountErasureView,
    account_erasure_view,
    ask_to_close,
    read_account_erasure,
)
from chathaven.product.privacy.export_account import (
    ExportView,
    ask_for_export,
    drop_export,
    export_view,
    list_exports,
    open_export,
    read_export,
)
from chathaven.product.privacy.export_api import attachment
from chathaven.product.privacy.grants import check_granted, grant, granted
from chathaven.product.privacy.parting import pass_on
from chathaven.product.sites.model import Site
from chathaven.product.visitors.hold import count_holds
from chathaven.product.visitors.model import Visitor


class OwnPassword(msgspec.Struct, forbid_unknown_fields=True):
    """The owner's password, asked again."""

    password: GivenPassword


class Leaving(msgspec.Struct, forbid_unknown_fields=True):
    """An owner who closes the account.

    The comment may name people, so it is not kept: it goes by mail to whoever runs the
    installation, and nowhere where they have named no address.
    """

    confirm: Literal["DELETE"]
    password: GivenPassword
    reason: (
        Literal["no-longer-needed", "missing-feature", "too-hard", "moving", "privacy", "other"]
        | None
    ) = None
    comment: Annotated[str, Meta(max_length=2000)] | None = None


class Closed(msgspec.Struct):
    """The account's erasure; the nonce proves later that its certificate is theirs."""

    erasure: AccountErasureView
    nonce: str


class Summary(msgspec.Struct):
    """How much an account holds. While a legal hold stands, it cannot be closed."""

    chats: int
    visitors: int
    messages: int
    operators: int
    sites: int
    holds: int


async def check_password(ground: Ground, actor: Operator, password: str) -> None:
    """Asks an operator for their password again.

    Raises:
        Invalid: it is wrong (`wrong_credentials`).
        RateLimited: it was tried too often.
    """
    await ground.limits.take(rates.PASSWORD, str(actor.id))
    async with ground.database.transaction(actor.account_id) as tx:
        stored = (await find(tx, actor.id)).password_hash
    if not (await PASSWORDS.verify(stored, password)).right:
        raise Invalid.field("password", Reason.CURRENT_PASSWORD, code="wrong_credentials")


@get("/v1/account/summary", opt=may(Permission.ACCOUNT))
async def get_summary(ground: Ground, actor: Operator) -> Summary:
    """How much the account holds, as it is shown before it is closed."""
    async with ground.database.transaction(actor.account_id) as tx:
        messages = select(func.count()).where(
            Event.account_id == tx.account_id, Event.type.in_(MESSAGES)
        )
        chats = select(func.count()).where(Chat.account_id == tx.account_id, Chat.last_seq > 0)
        return Summary(
            chats=int(await tx.value(chats)),
            visitors=await _count(tx, Visitor),
            messages=int(await tx.value(messages)),
            operators=await _count(tx, operators.Operator),
            sites=await _count(tx, Site),
            holds=await count_holds(tx),
        )


async def _count(tx: Transaction, table: type[Table]) -> int:
    where = table.__table__.c["account_id"] == tx.account_id
    return int(await tx.value(select(func.count()).select_from(table).where(where)))


@post(
    "/v1/account/exports",
    opt=may(Permission.ACCOUNT),
    dto=Body[OwnPassword],
    return_dto=None,
    status_code=202,
)
async def post_export(ground: Ground, actor: Operator, data: OwnPassword) -> ExportView:
    """Begins an export of the whole account."""
    await check_password(ground, actor, data.password)
    async with ground.database.transaction(actor.account_id) as tx:
        export = await ask_for_export(tx, ground, actor)
        return export_view(export, await grant(tx, actor, export.id))


@get("/v1/account/exports", opt=may(Permission.ACCOUNT))
async def get_exports(ground: Ground, actor: Operator) -> Page[ExportView]:
    """Exports that have not expired."""
    async with ground.database.transaction(actor.account_id) as tx:
        until = await granted(tx, actor)
        return Page([export_view(each, until.get(each.id)) for each in await list_exports(tx)])


@get("/v1/account/exports/{export_id:uuid}", opt=may(Permission.ACCOUNT))
async def get_export(ground: Ground, actor: Operator, export_id: UUID) -> ExportView:
    """How far an export has come."""
    async with ground.database.transaction(actor.account_id) as tx:
        until = await granted(tx, actor)
        return export_view(await read_export(tx, export_id), until.get(export_id))


@post(
    "/v1/account/exports/{export_id:uuid}/grants",
    opt=may(Permission.ACCOUNT),
    dto=Body[OwnPassword],
    return_dto=None,
)
async def post_grant(
    ground: Ground, actor: Operator, export_id: UUID, data: OwnPassword
) -> ExportView:
    """Lets this session fetch the file for a quarter of an hour, for the password."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_export(tx, export_id)
    await check_password(ground, actor, data.password)
    async with ground.database.transaction(actor.account_id) as tx:
        export = await read_export(tx, export_id)
        return export_view(export, await grant(tx, actor, export_id))


@get(
    "/v1/account/exports/{export_id:uuid}/file",
    opt=may(Permission.ACCOUNT),
    media_type="application/zip",
)
async def get_export_file(ground: Ground, actor: Operator, export_id: UUID) -> Stream:
    """The export as a ZIP, for a session or token that gave the password lately."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_export(tx, export_id)
        await check_granted(tx, actor, export_id)
        export, pieces = await open_export(tx, ground, export_id)
        await record(tx, actor, "export-taken", "export", export_id)
    name = f"chathaven-account-{export.requested_at:%Y-%m-%d}.zip"
    answer = attachment(pieces, "application/zip", name)
    answer.headers["content-length"] = str(export.size)
    return answer


@delete("/v1/account/exports/{export_id:uuid}", opt=may(Permission.ACCOUNT), status_code=204)
async def delete_export(ground: Ground, actor: Operator, export_id: UUID) -> None:
    """Deletes an export before its time."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_export(tx, export_id)
        await drop_export(tx, ground, export_id)
        await record(tx, actor, "export-deleted", "export", export_id)


@delete(
    "/v1/account",
    opt=may(Permission.ACCOUNT),
    dto=Body[Leaving],
    return_dto=None,
    status_code=202,
)
async def delete_account(
    ground: Ground, contact: HostContact, actor: Operator, data: Leaving
) -> Closed:
    """Closes the account: everything of it goes, and nothing of it comes back."""
    await check_password(ground, actor, data.password)
    async with ground.database.transaction(actor.account_id) as tx:
        erasure, nonce = await ask_to_close(tx, ground, data.reason)
    if nonce and data.comment:
        await pass_on(ground.post, contact, data.reason, data.comment)
    return Closed(account_erasure_view(erasure), nonce)


@get("/v1/certificates/{certificate_id:uuid}", opt=may(PUBLIC))
async def get_certificate(ground: Ground, certificate_id: UUID) -> AccountErasureView:
    """The erasure of an account, for whoever knows its id: it outlives the account."""
    async with ground.database.transaction() as tx:
        erasure = await read_account_erasure(tx, certificate_id)
    if erasure is None:
        raise NotFound()
    return account_erasure_view(erasure)


HANDLERS = (
    get_summary,
    post_export,
    get_exports,
    get_export,
    post_grant,
    get_export_file,
    delete_export,
    delete_account,
    get_certificate,
)
