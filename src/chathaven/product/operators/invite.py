"""Inviting somebody to answer chats."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chathaven.base.actor import Operator as Asking
from chathaven.base.actor import Role
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.jobs.queue import Queue
from chathaven.engines.stream.bus import Bus
from chathaven.product.audit.record import record
from chathaven.product.operators.change import may_touch
from chathaven.product.operators.find import has_email
from chathaven.product.operators.forget import forget
from chathaven.product.operators.model import Invitation

LIVES = timedelta(days=7)
SEND_INVITATION = "send-invitation"


async def invite(
    tx: Transaction, actor: Asking, ground: Ground, email: str, role: Role
) -> Invitation:
    """Invites somebody; the letter goes out once this is committed.

    Raises:
        Forbidden: an owner is to be made, and the actor is none.
        Conflict: an operator or an invitation has this e-mail already.
    """
    may_touch(actor, role)
    if await has_email(tx, email):
        raise Conflict("This e-mail address belongs to an operator already.", code="email_taken")
    await _clear_expired(tx, ground, email)
    moment = now()
    invitation = Invitation(
        account_id=tx.account_id,
        id=new_id(),
        email=email,
        role=role.value,
        created_at=moment,
        expires_at=moment + LIVES,
    )
    await tx.vault.new_person(await tx.driver(), tx.account_id, invitation.id, "operator")
    try:
        await tx.insert(invitation)
    except IntegrityError:
        raise _invited_already() from None
    await ground.queue.enqueue(tx, SEND_INVITATION, invitation.id)
    await record(tx, actor, "invitation-created", "invitation", invitation.id)
    _changed(tx, ground.bus, invitation.id)
    return invitation


async def invitations(tx: Transaction) -> list[Invitation]:
    """Returns all invitations that wait or have expired, the newest first."""
    return await tx.all(
        select(Invitation)
        .where(Invitation.account_id == tx.account_id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
    )


async def resend(
    tx: Transaction, actor: Asking, queue: Queue, bus: Bus, invitation_id: UUID
) -> Invitation:
    """Sends an invitation again, with a new link and a new week; the old link is dead then.

    Raises:
        NotFound: there is none.
        Forbidden: an owner is to be made, and the actor is none.
    """
    invitation = await _find(tx, invitation_id)
    may_touch(actor, Role(invitation.role))
    await tx.update(invitation, expires_at=now() + LIVES, digest=None)
    await queue.enqueue(tx, SEND_INVITATION, invitation.id)
    await record(tx, actor, "invitation-resent", "invitation", invitation.id)
    _changed(tx, bus, invitation.id)
    return invitation


async def withdraw(tx: Transaction, actor: Asking, ground: Ground, invitation_id: UUID) -> None:
    """Takes an invitation back: its link is dead, and the invited person is forgotten.

    Raises:
        NotFound: there is none.
        Forbidden: an owner was to be made, and the actor is none.
    """
    invitation = await _find(tx, invitation_id)
    may_touch(actor, Role(invitation.role))
    await forget(tx, ground, invitation_id)
    await record(tx, actor, "invitation-withdrawn", "invitation", invitation_id)
    _changed(tx, ground.bus, invitation_id)


async def _find(tx: Transaction, invitation_id: UUID) -> Invitation:
    invitation = await tx.one(
        select(Invitation)
        .where(Invitation.account_id == tx.account_id, Invitation.id == invitation_id)
        .with_for_update()
    )
    if invitation is None:
        raise NotFound()
    return invitation


async def _clear_expired(tx: Transaction, ground: Ground, email: str) -> None:
    """Makes room for a new invitation where an old one has expired.

    Raises:
        Conflict: the old one still holds.
    """
    hashes = await tx.vault.indexes(await tx.driver(), tx.account_id, "email", email)
    rows = await tx.values(
        select(Invitation.id, Invitation.expires_at).where(
            Invitation.account_id == tx.account_id, Invitation.email_index.in_(hashes)
        )
    )
    for invitation_id, expires_at in rows:
        if expires_at > now():
            raise _invited_already()
        await forget(tx, ground, invitation_id)


def _changed(tx: Transaction, bus: Bus, invitation_id: UUID) -> None:
    account_id = tx.account_id
    tx.after_commit(lambda: bus.changed(account_id, "operators", invitation_id))


def _invited_already() -> Conflict:
    return Conflict("This e-mail address has been invited already.", code="already_invited")
