"""Who asks: proof in proportion, and never an identity document by default (A-12-3).

A visitor's own session proves itself. Everybody else gets a link to the address that is known,
or to the one that they gave. Only a recorded, reasonable doubt stops the clock.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from chathaven.base.actor import Actor, System
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, Invalid, NotFound
from chathaven.base.ids import Secret, new_id
from chathaven.base.reasons import Reason
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.vault.model import PersonKey
from chathaven.product.access.gate import RIGHTS_PREFIX
from chathaven.product.rights.letters import LetterKind, Way, address_of, draft, write_letter
from chathaven.product.rights.model import (
    RightsContent,
    RightsLetter,
    RightsLink,
    RightsNote,
    RightsRequest,
)
from chathaven.product.rights.states import State
from chathaven.product.rights.steps import (
    changed,
    go_on,
    last_step,
    note,
    read_request,
    step,
    stop_clock,
)
from chathaven.product.visitors.find import find_by_email
from chathaven.product.visitors.identify import read_visitor
from chathaven.product.visitors.model import Visitor

CONFIRM, COPY = "confirm", "copy"
LINK_LIVES = timedelta(days=7)
"""A-15-3."""
MOST_MATCHES = 10
_Sealed = RightsContent | RightsNote | RightsLetter


async def ask_for_proof(
    tx: Transaction, ground: Ground, actor: Actor, request: RightsRequest, content: RightsContent
) -> None:
    """Sends the link that proves the address. The clock goes on.

    Raises:
        Invalid: no address is known.
        Conflict: the person is known already, or the request is closed.
    """
    if request.state != State.IDENTITY_PENDING:
        await step(tx, ground, actor, request, State.IDENTITY_PENDING)
    if (await address_of(tx, content)).way is not Way.EMAIL:
        raise Invalid.field("email", Reason.ADDRESS_FIRST, code="no_address")
    letter = await draft(tx, request, content, LetterKind.CONFIRM)
    await write_letter(tx, ground, request, content, letter)


async def doubt(
    tx: Transaction,
    ground: Ground,
    actor: Actor,
    request: RightsRequest,
    content: RightsContent,
    reason: str,
) -> None:
    """Stops the clock until the person is known, for a reason that is kept."""
    check_not_stopped(request)
    if request.state == State.IDENTITY_PENDING:
        number = await last_step(tx, request.id)
    else:
        number = await step(tx, ground, actor, request, State.IDENTITY_PENDING)
    await stop_clock(tx, request)
    await note(tx, content, number, reason)
    changed(tx, ground, request.id)


def check_not_stopped(request: RightsRequest) -> None:
    """Lets through what may stop the clock.

    Raises:
        Conflict: it stands still already.
    """
    if request.stopped_at is not None:
        raise Conflict("The clock of this request stands still already.", code="clock_stopped")


async def verified(tx: Transaction, ground: Ground, actor: Actor, request: RightsRequest) -> int:
    """Notes that the person is known; a clock that stood still goes on."""
    number = await step(tx, ground, actor, request, State.VERIFIED)
    await go_on(tx, ground, request)
    return number


# Links


async def make_link(tx: Transaction, request: RightsRequest, person_id: UUID, use: str) -> Secret:
    """Makes a link that works once; earlier ones of the same use end."""
    await tx.run(
        delete(RightsLink).where(
            RightsLink.account_id == tx.account_id,
            RightsLink.request_id == request.id,
            RightsLink.use == use,
        )
    )
    secret = Secret.new(RIGHTS_PREFIX, tx.account_id)
    moment = now()
    await tx.insert(
        RightsLink(
            account_id=tx.account_id,
            id=new_id(),
            request_id=request.id,
            person_id=person_id,
            use=use,
            digest=secret.digest,
            created_at=moment,
            expires_at=moment + LINK_LIVES,
        )
    )
    return secret


async def take_link(tx: Transaction, secret: Secret, use: str) -> RightsLink:
    """Uses a link up.

    Raises:
        NotFound: it never was, is used, or has expired (`link_not_found`).
    """
    link = await tx.one(
        select(RightsLink)
        .where(
            RightsLink.account_id == tx.account_id,
            RightsLink.digest == secret.digest,
            RightsLink.use == use,
            RightsLink.used_at.is_(None),
            RightsLink.expires_at > now(),
        )
        .with_for_update()
    )
    if link is None:
        raise no_link()
    await tx.update(link, used_at=now())
    return link


def parse_link(text: str) -> Secret:
    """Returns what a link stands for; it may be given whole, or the part behind the hash alone.

    Raises:
        NotFound: it cannot be one.
    """
    secret = Secret.parse(text.rpartition("#")[2].strip(), RIGHTS_PREFIX)
    if secret is None:
        raise no_link()
    return secret


def no_link() -> NotFound:
    """Returns the fault for a link that does not work."""
    return NotFound("This link was used, or its time is over.", code="link_not_found")


async def confirm(ground: Ground, text: str) -> None:
    """Takes a link that proves an address: the request goes a step further.

    Raises:
        NotFound: the link does not work (any more).
    """
    secret = parse_link(text)
    async with ground.database.transaction(secret.account_id) as tx:
        link = await take_link(tx, secret, CONFIRM)
        request, _ = await read_request(tx, link.request_id, lock=True)
        # Verified by an operator meanwhile: nothing is left to do.
        if request.state == State.IDENTITY_PENDING:
            await verified(tx, ground, System(tx.account_id), request)


# Who it is


async def matches(tx: Transaction, content: RightsContent) -> list[Visitor]:
    """Returns visitors with the address of somebody who is not known yet."""
    if content.person_kind == "visitor" or not content.email:
        return []
    await tx.see("everyone")
    found = await find_by_email(tx, content.email, MOST_MATCHES)
    await tx.see(content.person_id)
    return found


async def attach(
    tx: Transaction,
    ground: Ground,
    request: RightsRequest,
    content: RightsContent,
    visitor_id: UUID,
) -> RightsContent:
    """Says that a requester is this visitor: what is kept of them comes under the visitor's key.

    Raises:
        Conflict: the requester is known already.
        NotFound: there is no such visitor.
    """
    if content.person_kind == "visitor":
        raise Conflict("The request belongs to a visitor already.", code="already_known")
    await tx.see(visitor_id)
    await read_visitor(tx, visitor_id)
    old = content.person_id
    notes = await tx.all(
        select(RightsNote).where(
            RightsNote.account_id == tx.account_id, RightsNote.person_id == old
        )
    )
    letters = await tx.all(
        select(RightsLetter).where(
            RightsLetter.account_id == tx.account_id, RightsLetter.person_id == old
        )
    )
    await tx.run(
        update(RightsLink)
        .where(RightsLink.account_id == tx.account_id, RightsLink.person_id == old)
        .values(person_id=visitor_id)
    )
    rows: list[_Sealed] = [content, *notes, *letters]
    for row in rows:
        await _reseal(tx, row, visitor_id)
    await tx.run(
        delete(PersonKey).where(PersonKey.account_id == tx.account_id, PersonKey.person_id == old)
    )
    account_id, vault = tx.account_id, tx.vault
    tx.after_commit(lambda: vault.forget(account_id, old))
    changed(tx, ground, request.id)
    return content


async def _reseal(tx: Transaction, row: _Sealed, person_id: UUID) -> None:
    """Writes a row anew under another person's key: what is sealed is bound to the person."""
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    for indexing in type(row).indexes.values():
        values.pop(indexing)
    values["person_id"] = person_id
    if isinstance(row, RightsContent):
        values["person_kind"] = "visitor"
    where = [column == getattr(row, column.name) for column in row.__table__.primary_key]
    await tx.run(delete(type(row)).where(*where))
    await tx.insert(type(row)(**values))
    for name, value in values.items():
        setattr(row, name, value)
