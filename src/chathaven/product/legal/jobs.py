"""Jobs: the copy of a signed agreement, and letters about new sub-processors."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select, update

from chathaven.base.actor import Role
from chathaven.base.clock import now
from chathaven.base.languages import choose
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.engines.mail.post import Attachment
from chathaven.product.accounts.settings import read_account
from chathaven.product.legal.dpa import SEND_COPY, SEND_HOST_COPY, read_file
from chathaven.product.legal.installation import Subprocessor, read
from chathaven.product.legal.model import DpaSignature, SubprocessorNotice
from chathaven.product.legal.paper import Signer
from chathaven.product.legal.subprocessors import TELL_OWNERS, notice_id
from chathaven.product.operators.find import everyone
from chathaven.product.operators.letters import Words, composers, write_to
from chathaven.product.operators.letters_model import OperatorLetter
from chathaven.product.operators.model import Operator

ANNOUNCED = "subprocessor-announced"
_LETTERS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("letters.json").read_text(encoding="utf-8")
)


def add_jobs(ground: Ground) -> None:
    """Adds the jobs of this slice to the queue."""

    # Names are the queue's rule: every job takes the ids of an account and of one row.
    async def run(account_id: UUID, id: UUID) -> None:
        await send_copy(ground, account_id, id)

    async def tell(account_id: UUID, id: UUID) -> None:
        await tell_owners(ground, account_id, id)

    async def send_other(account_id: UUID, id: UUID) -> None:
        await send_host_copy(ground, account_id, id)

    ground.queue.add(SEND_COPY, run, about=DpaSignature)
    ground.queue.add(SEND_HOST_COPY, send_other, about=DpaSignature)
    ground.queue.add(TELL_OWNERS, tell, about=None)


async def _signed(tx: Transaction, signature_id: UUID) -> DpaSignature | None:
    return await tx.one(
        select(DpaSignature).where(
            DpaSignature.account_id == tx.account_id, DpaSignature.id == signature_id
        )
    )


async def send_copy(ground: Ground, account_id: UUID, signature_id: UUID) -> None:
    """Sends the signer the PDF, once."""
    async with ground.database.transaction(account_id) as tx:
        signature = await _signed(tx, signature_id)
        if signature is None or signature.sent_at is not None:
            return
        pdf = await read_file(tx, signature_id)
        said = await _said_to(tx, signature.operator_id)
    signer = msgspec.convert(signature.signer, Signer)
    await ground.post.send(
        signer.email,
        said["copy_subject"],
        said["copy"].format(company=signer.company, verify=f"{ground.settings.public_url}/verify"),
        _attached(signature, pdf),
        about=signature.operator_id,
    )
    async with ground.database.transaction(account_id) as tx:
        await tx.run(
            update(DpaSignature)
            .where(DpaSignature.account_id == account_id, DpaSignature.id == signature_id)
            .values(sent_at=now())
        )


async def send_host_copy(ground: Ground, account_id: UUID, signature_id: UUID) -> None:
    """Sends whoever runs the installation their own copy, which outlives the account."""
    host = read(ground.settings.data).email
    async with ground.database.transaction(account_id) as tx:
        signature = await _signed(tx, signature_id)
        if signature is None or host is None:
            return
        pdf = await read_file(tx, signature_id)
        said = await _said_to(tx, signature.operator_id)
    signer = msgspec.convert(signature.signer, Signer)
    await ground.post.send(
        host,
        said["host_copy_subject"].format(company=signer.company),
        said["host_copy"].format(company=signer.company),
        _attached(signature, pdf),
        about=signature.operator_id,
        # The same letter where the job runs once more.
        id=signature.id,
    )


def _attached(signature: DpaSignature, pdf: bytes) -> Attachment:
    name = f"data-processing-agreement-{signature.version}.pdf"
    return Attachment(name, "application/pdf", pdf)


async def tell_owners(ground: Ground, account_id: UUID, id: UUID) -> None:
    """Lets the owners of an account be told that a company will take part, each by a letter."""
    async with ground.database.transaction(account_id) as tx:
        if await _notice(tx, id) is not None:
            owners = [each for each in await everyone(tx) if each.role == Role.OWNER]
            await write_to(tx, ground.queue, owners, ANNOUNCED, id)


async def _notice(tx: Transaction, id: UUID) -> SubprocessorNotice | None:
    found = await tx.all(select(SubprocessorNotice))
    return next((each for each in found if notice_id(each.sha256) == id), None)


async def _announcement(
    tx: Transaction, ground: Ground, letter: OperatorLetter, operator: Operator
) -> Words | None:
    notice = await _notice(tx, letter.subject_id)
    if notice is None:
        return None
    entry = msgspec.convert(notice.entry, Subprocessor)
    said = _LETTERS[choose(operator.language, None)]
    text = said["announce"].format(
        company=(await read_account(tx)).company,
        name=entry.name,
        address=entry.address,
        contact=entry.contact,
        location=entry.location,
        purpose=entry.purpose,
        data=", ".join(entry.data_categories),
        transfer=entry.transfer_tool or said["no_transfer"],
        from_day=f"{notice.in_force_from:%Y-%m-%d}",
        link=f"{ground.settings.public_url}/app/settings/legal",
    )
    return Words(said["announce_subject"].format(name=entry.name), text)


composers[ANNOUNCED] = _announcement


async def _said_to(tx: Transaction, operator_id: UUID) -> dict[str, str]:
    """Returns the letters in the language of an operator who may have left since."""
    spoken = {each.id: each.language for each in await everyone(tx)}
    return _LETTERS[choose(spoken.get(operator_id), None)]
