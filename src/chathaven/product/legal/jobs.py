"""Jobs: the copy of a signed agreement."""

from __future__ import annotations

from uuid import UUID

import aiosmtplib
import msgspec
from sqlalchemy import select, update

from chathaven.base.clock import now
from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import Attachment
from chathaven.product.legal.dpa import SEND_COPY, read_file
from chathaven.product.legal.model import DpaSignature
from chathaven.product.legal.paper import Signer

_LETTER = """\
You have signed the data processing agreement for {company}.

Your copy is attached. It bears the signature of the installation; to check it:

{verify}

The agreement is also kept in the app, under Settings, Privacy.
"""


class NotSent(Exception):
    """The mail server did not take a letter. Its own words may name the receiver, so are left."""


def add_jobs(ground: Ground) -> None:
    """Adds the jobs of this slice to the queue."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def run(account_id: UUID, id: UUID) -> None:
        await send_copy(ground, account_id, id)

    ground.queue.add(SEND_COPY, run)


async def send_copy(ground: Ground, account_id: UUID, signature_id: UUID) -> None:
    """Sends the signer the PDF, once."""
    async with ground.database.transaction(account_id) as tx:
        signature = await tx.one(
            select(DpaSignature).where(
                DpaSignature.account_id == account_id, DpaSignature.id == signature_id
            )
        )
        if signature is None or signature.sent_at is not None:
            return
        pdf = await read_file(tx, signature_id)
    signer = msgspec.convert(signature.signer, Signer)
    name = f"data-processing-agreement-{signature.version}.pdf"
    try:
        await ground.post.send(
            signer.email,
            "Your data processing agreement",
            _LETTER.format(company=signer.company, verify=f"{ground.settings.public_url}/verify"),
            Attachment(name, "application/pdf", pdf),
        )
    except (aiosmtplib.SMTPException, ValueError) as error:
        raise NotSent(type(error).__name__) from None
    async with ground.database.transaction(account_id) as tx:
        await tx.run(
            update(DpaSignature)
            .where(DpaSignature.account_id == account_id, DpaSignature.id == signature_id)
            .values(sent_at=now())
        )
