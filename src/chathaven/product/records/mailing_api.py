"""HTTP: letters to those concerned by a breach (GDPR Art. 34), and the proof that they left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.response import Stream
from sqlalchemy import select

from chathaven.base.actor import Operator
from chathaven.engines.database.transaction import EVERYONE, Database, Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.audit.find import CSV, csv_rows
from chathaven.product.audit.record import record
from chathaven.product.privacy.export_api import attachment
from chathaven.product.records.breach import read_breach
from chathaven.product.records.mailing import (
    NewMailing,
    count_states,
    list_mailings,
    read_mailing,
    start_mailing,
)
from chathaven.product.records.mailing_again import try_again
from chathaven.product.records.mailing_model import BreachLetter, BreachMailing

PAGE = 5_000


class MailingView(msgspec.Struct):
    """A batch. `counts` tells how many letters are in which state, `hashes` what each said.

    `total` counts everybody it was made for; who was erased since is in no count any more.
    """

    id: UUID
    scope_id: UUID
    certainties: list[str]
    hashes: dict[str, str]
    total: int
    counts: dict[str, int]
    created_at: datetime
    finished_at: datetime | None


class Mailings(msgspec.Struct):
    """The batches of a breach, the newest first."""

    items: list[MailingView]
    next: str | None = None


class Again(msgspec.Struct, forbid_unknown_fields=True):
    """Whether also those are written to once more who may have got the letter already."""

    unclear: bool = False


async def _view(tx: Transaction, mailing: BreachMailing) -> MailingView:
    return MailingView(
        id=mailing.id,
        scope_id=mailing.scope_id,
        certainties=list(mailing.certainties),
        hashes=dict(mailing.hashes),
        total=mailing.total,
        counts=await count_states(tx, mailing.id),
        created_at=mailing.created_at,
        finished_at=mailing.finished_at,
    )


@get("/v1/breaches/{breach_id:uuid}/mailings", opt=may(Permission.RECORDS_READ))
async def get_mailings(ground: Ground, actor: Operator, breach_id: UUID) -> Mailings:
    """Every batch of letters about a breach, and how far it is."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_breach(tx, breach_id)
        return Mailings([await _view(tx, each) for each in await list_mailings(tx, breach_id)])


@post(
    "/v1/breaches/{breach_id:uuid}/mailings",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[NewMailing],
    return_dto=None,
    status_code=202,
)
async def post_mailing(
    ground: Ground, actor: Operator, breach_id: UUID, data: NewMailing
) -> MailingView:
    """Writes to everybody of an answer about the scope, in one batch."""
    async with ground.database.transaction(actor.account_id) as tx:
        return await _view(tx, await start_mailing(tx, ground.queue, actor, breach_id, data))


@post(
    "/v1/breaches/{breach_id:uuid}/mailings/{mailing_id:uuid}/again",
    opt=may(Permission.RECORDS_WRITE),
    dto=Body[Again],
    return_dto=None,
    status_code=202,
)
async def post_again(
    ground: Ground, actor: Operator, breach_id: UUID, mailing_id: UUID, data: Again
) -> MailingView:
    """Sends what failed once more."""
    async with ground.database.transaction(actor.account_id) as tx:
        mailing = await read_mailing(tx, breach_id, mailing_id, lock=True)
        await try_again(tx, ground.queue, actor, mailing, unclear=data.unclear)
        return await _view(tx, mailing)


@get(
    "/v1/breaches/{breach_id:uuid}/mailings/{mailing_id:uuid}/file",
    opt=may(Permission.RECORDS_READ),
    media_type="text/csv",
)
async def get_mailing_file(
    ground: Ground, actor: Operator, breach_id: UUID, mailing_id: UUID
) -> Stream:
    """The proof as CSV: each person by id, whether and when they were told, and what."""
    async with ground.database.transaction(actor.account_id) as tx:
        await read_mailing(tx, breach_id, mailing_id)
        await record(tx, actor, "breach-mailing-taken", "breach", breach_id)
    letters = _letters(ground.database, actor.account_id, mailing_id)
    return attachment(letters, CSV, f"letters-{mailing_id}.csv")


async def _letters(database: Database, account_id: UUID, mailing_id: UUID) -> AsyncIterator[bytes]:
    yield csv_rows([("visitor_id", "state", "begun_at", "sent_at", "language", "letter_sha256")])
    after: UUID | None = None
    while True:
        where = [BreachLetter.account_id == account_id, BreachLetter.mailing_id == mailing_id]
        if after is not None:
            where.append(BreachLetter.visitor_id > after)
        async with database.transaction(account_id, sees=EVERYONE) as tx:
            page = await tx.all(
                select(BreachLetter).where(*where).order_by(BreachLetter.visitor_id).limit(PAGE)
            )
        if not page:
            return
        rows = [
            (
                str(each.visitor_id),
                each.state,
                each.begun_at.isoformat() if each.begun_at else "",
                each.sent_at.isoformat() if each.sent_at else "",
                each.language,
                each.sha256,
            )
            for each in page
        ]
        yield csv_rows(rows)
        after = page[-1].visitor_id


HANDLERS = (get_mailings, post_mailing, post_again, get_mailing_file)
