"""The data processing agreement (GDPR Art. 28(3)): whether one is needed, and signing it."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven.base.actor import Operator
from chathaven.base.clock import now
from chathaven.base.errors import Conflict, NotFound
from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.jobs.queue import Queue
from chathaven.engines.vault.signing import Signing
from chathaven.product.audit.record import record
from chathaven.product.legal.documents import Document, Documents, Kind
from chathaven.product.legal.model import DpaFile, DpaSignature
from chathaven.product.legal.paper import Signer, signed_paper

SEND_COPY = "send-dpa-copy"
SEND_HOST_COPY = "send-dpa-host-copy"
NEEDED = (
    "This installation is run for other companies, so whoever runs it processes personal data on"
    " your behalf. GDPR Art. 28(3) asks for an agreement."
)
NOT_NEEDED = (
    "This installation is run by the company that uses it. Nobody processes personal data on its"
    " behalf here, so GDPR Art. 28(3) asks for no agreement. A company that rents its machines"
    " from a host needs an agreement with that host."
)


class Annex(msgspec.Struct):
    """One annex."""

    title: str
    text: str


class SignatureView(msgspec.Struct):
    """A signed agreement. `current` says whether its version still holds."""

    id: UUID
    version: str
    sha256: str
    file_sha256: str
    signed_at: datetime
    current: bool
    name: str
    title: str
    company: str
    address: str
    country: str


class DpaView(msgspec.Struct):
    """The agreement as it is now, and whether this account needs and has one.

    `due` is true where one is needed and the version that holds now is not signed. `sha256` is
    that of text and annexes, joined by a line break.
    """

    version: str
    sha256: str
    language: str
    text: str
    annexes: list[Annex]
    needed: bool
    why: str
    due: bool
    signature: SignatureView | None


def needed(documents: Documents) -> bool:
    """Whether companies with an account here need an agreement."""
    return documents.installation.hosting == "others"


def signature_view(signature: DpaSignature, version: str) -> SignatureView:
    """Returns a signed agreement as shown."""
    signer = msgspec.convert(signature.signer, Signer)
    return SignatureView(
        id=signature.id,
        version=signature.version,
        sha256=signature.sha256,
        file_sha256=signature.file_sha256,
        signed_at=signature.signed_at,
        current=signature.version == version,
        name=signer.name,
        title=signer.title,
        company=signer.company,
        address=signer.address,
        country=signer.country,
    )


async def signatures(tx: Transaction) -> list[DpaSignature]:
    """Returns the agreements that the account signed, the newest first."""
    return await tx.all(
        select(DpaSignature)
        .where(DpaSignature.account_id == tx.account_id)
        .order_by(DpaSignature.signed_at.desc(), DpaSignature.id)
    )


async def read_dpa(tx: Transaction, documents: Documents, language: str) -> DpaView:
    """Returns the agreement and what the account signed of it."""
    document = documents.of(Kind.DPA, language)
    parts = documents.agreements[document.language]
    signed = next((s for s in await signatures(tx) if s.version == document.version), None)
    wanted = needed(documents)
    return DpaView(
        version=document.version,
        sha256=document.sha256,
        language=document.language,
        text=parts.body,
        annexes=annexes(parts.annexes),
        needed=wanted,
        why=NEEDED if wanted else NOT_NEEDED,
        due=wanted and signed is None,
        signature=signature_view(signed, document.version) if signed else None,
    )


def annexes(text: str) -> list[Annex]:
    """Returns the annexes one by one; each begins with a heading."""
    parts = re.split(r"^# (.+)$", text, flags=re.MULTILINE)[1:]
    return [Annex(title, body.strip()) for title, body in zip(parts[::2], parts[1::2], strict=True)]


async def sign_dpa(
    database: Database,
    queue: Queue,
    signing: Signing,
    documents: Documents,
    actor: Operator,
    signer: Signer,
    language: str,
) -> SignatureView:
    """Signs the agreement as it is now, keeps text and PDF, and sends both sides a copy.

    The PDF is made before the transaction, for that takes a moment.

    Raises:
        Conflict: no agreement is needed here (`dpa_not_needed`).
        Unavailable: the PDF could not be made; nothing is stored.
    """
    if not needed(documents):
        raise Conflict(NOT_NEEDED, code="dpa_not_needed")
    document = documents.of(Kind.DPA, language)
    parts = documents.agreements[document.language]
    id, moment = new_id(), now()
    pdf = await signed_paper(
        signing, documents.installation, document, parts, signer, str(id), moment
    )
    async with database.transaction(actor.account_id) as tx:
        signature = await _keep(tx, actor, document, signer, pdf, id, moment)
        await queue.enqueue(tx, SEND_COPY, id)
        await queue.enqueue(tx, SEND_HOST_COPY, id)
    return signature_view(signature, document.version)


async def _keep(
    tx: Transaction,
    actor: Operator,
    document: Document,
    signer: Signer,
    pdf: bytes,
    id: UUID,
    moment: datetime,
) -> DpaSignature:
    signature = DpaSignature(
        account_id=tx.account_id,
        id=id,
        operator_id=actor.id,
        version=document.version,
        sha256=document.sha256,
        file_sha256=hashlib.sha256(pdf).hexdigest(),
        signer=msgspec.to_builtins(signer),
        signed_at=moment,
    )
    await tx.insert(signature)
    await tx.insert(
        DpaFile(
            account_id=tx.account_id,
            id=id,
            text=document.text,
            pdf=base64.b64encode(pdf).decode(),
        )
    )
    await record(tx, actor, "dpa-signed", "dpa", id)
    return signature


async def read_file(tx: Transaction, signature_id: UUID) -> bytes:
    """Returns the PDF of a signed agreement.

    Raises:
        NotFound: the account signed no such agreement.
    """
    kept = await tx.one(
        select(DpaFile).where(DpaFile.account_id == tx.account_id, DpaFile.id == signature_id)
    )
    if kept is None:
        raise NotFound()
    return base64.b64decode(kept.pdf)
