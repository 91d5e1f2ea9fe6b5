"""Jobs about operators."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from chathaven.base.clock import now
from chathaven.base.ids import Secret
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.access.gate import INVITATION_PREFIX
from chathaven.product.accounts.settings import read_account
from chathaven.product.operators import letters
from chathaven.product.operators.find import owners_language
from chathaven.product.operators.forget import FORGET, forget_outside
from chathaven.product.operators.invite import SEND_INVITATION
from chathaven.product.operators.letters_model import OperatorLetter
from chathaven.product.operators.model import Invitation

_LETTERS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("invitation.json").read_text(encoding="utf-8")
)


def add_jobs(ground: Ground) -> None:
    """Adds the jobs of this slice to the queue."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def run(account_id: UUID, id: UUID) -> None:
        await send_invitation(ground, account_id, id)

    async def forget(account_id: UUID, id: UUID) -> None:
        await forget_outside(ground, account_id, id)

    async def send_letter(account_id: UUID, id: UUID) -> None:
        await letters.send(ground, account_id, id)

    ground.queue.add(SEND_INVITATION, run, about=Invitation)
    ground.queue.add(letters.JOB, send_letter, about=OperatorLetter)
    ground.queue.add(FORGET, forget, about=None)


async def send_invitation(ground: Ground, account_id: UUID, invitation_id: UUID) -> None:
    """Makes the link, and sends it. Only its digest is stored, before the letter leaves."""
    secret = Secret.new(INVITATION_PREFIX, account_id)
    async with ground.database.transaction(account_id) as tx:
        invitation = await _waiting(tx, invitation_id)
        if invitation is None:
            return
        await tx.update(invitation, digest=secret.digest)
        company = (await read_account(tx)).company
        said = _LETTERS[await owners_language(tx)]
    link = f"{ground.settings.public_url}/join#{secret.text}"
    await ground.post.send(
        invitation.email,
        said["subject"].format(company=company),
        said["text"].format(company=company, link=link),
        about=invitation_id,
    )
    async with ground.database.transaction(account_id) as tx:
        await tx.run(
            update(Invitation)
            .where(Invitation.account_id == account_id, Invitation.id == invitation_id)
            .values(sent_at=now())
        )
        tx.after_commit(lambda: ground.bus.changed(account_id, "operators", invitation_id))


async def _waiting(tx: Transaction, invitation_id: UUID) -> Invitation | None:
    """Returns an invitation that still waits; it may have been taken back since."""
    return await tx.one(
        select(Invitation)
        .where(
            Invitation.account_id == tx.account_id,
            Invitation.id == invitation_id,
            Invitation.expires_at > now(),
        )
        .with_for_update()
    )
