"""Proof of consent that outlives the person (A.4, class R4), and says nothing of who it was.

Who relied on a consent has to show it (GDPR Art. 7(1), 5(2)), also against a claim that comes
after the erasure (Art. 17(3)(e)). So of every subject that somebody had consented to, what they
gave and withdrew is kept: text, answer, time and place in the chain, signed while the receipt is
still there and its commitment holds. A refusal, and a text that was only shown, prove no consent
and are not kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from chathaven.engines.database.transaction import Transaction
from chathaven.engines.vault.proof import holder_of
from chathaven.engines.vault.signing import Signing
from chathaven.product.consents.address_key import hash_to_keep, hashes_of
from chathaven.product.consents.kept_model import ConsentProof
from chathaven.product.consents.model import Answer, Receipt, ReceiptLink
from chathaven.product.consents.receipts import commit

FORMAT = "chathaven-consent-proof-1"
_KEPT = frozenset({Answer.GIVEN, Answer.WITHDRAWN})
MOST = 1_000
"""Proofs that are shown at once."""


async def to_be_kept(tx: Transaction, person_id: UUID) -> list[Receipt]:
    """Returns the receipts of a person that prove a consent, or its end."""
    consented = (
        select(Receipt.subject)
        .where(
            Receipt.account_id == tx.account_id,
            Receipt.visitor_id == person_id,
            Receipt.answer == Answer.GIVEN,
        )
        .distinct()
    )
    return await tx.all(
        select(Receipt)
        .where(
            Receipt.account_id == tx.account_id,
            Receipt.visitor_id == person_id,
            Receipt.subject.in_(consented),
            Receipt.answer.in_(_KEPT),
        )
        .order_by(Receipt.number)
    )


async def keep_proofs(
    tx: Transaction,
    signing: Signing,
    person_id: UUID,
    *,
    email: str | None,
    holder: str | None,
    moment: datetime,
) -> int:
    """Keeps the proof of a person's consents in the transaction that erases them; returns how many.

    `holder` is the hash of the nonce that they were given, `email` their address. With neither,
    nobody could ever ask for the proof, so none is kept.
    """
    receipts = await to_be_kept(tx, person_id) if email or holder else []
    if not receipts:
        return 0
    address = await hash_to_keep(tx, email) if email else None
    links = await _links(tx, [receipt.number for receipt in receipts])
    kept = 0
    for receipt in receipts:
        link = links.get(receipt.number)
        if link is None or link.commitment != commit(receipt):
            # What does not stand in the chain as it was written is no proof.
            continue
        document = signing.sign(_said(tx.account_id, receipt, link, moment))
        values = {
            "account_id": tx.account_id,
            "number": receipt.number,
            "holder": holder,
            "address": address,
            "document": document,
            "kept_from": moment,
        }
        kept += await tx.run(insert(ConsentProof).values(values).on_conflict_do_nothing())
    return kept


def _said(
    account_id: UUID, receipt: Receipt, link: ReceiptLink, moment: datetime
) -> dict[str, Any]:
    details = receipt.details
    return {
        "format": FORMAT,
        "account_id": str(account_id),
        "subject": str(receipt.subject),
        "answer": str(receipt.answer),
        "answered_at": _time(receipt.created_at),
        "text": details["text"],
        "text_version": details["text_version"],
        "text_language": details["language"],
        "text_sha256": details["sha256"],
        "method": details["method"],
        "surface": details["surface"],
        "receipt": {"number": receipt.number, "commitment": link.commitment, "hash": link.hash},
        "person_erased_at": _time(moment),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _links(tx: Transaction, numbers: list[int]) -> dict[int, ReceiptLink]:
    found = await tx.all(
        select(ReceiptLink).where(
            ReceiptLink.account_id == tx.account_id, ReceiptLink.number.in_(numbers)
        )
    )
    return {link.number: link for link in found}


async def proofs_of_address(tx: Transaction, email: str) -> list[ConsentProof]:
    """Returns the proofs that whoever shows an address is shown, the oldest first."""
    return await _found(tx, ConsentProof.address.in_(await hashes_of(tx, [email])))


async def proofs_of_holder(tx: Transaction, nonce: str) -> list[ConsentProof]:
    """Returns the proofs that whoever shows a nonce (hex) is shown, the oldest first."""
    try:
        holder = holder_of(bytes.fromhex(nonce.strip()))
    except ValueError:
        return []
    return await _found(tx, ConsentProof.holder == holder)


async def _found(tx: Transaction, which: Any) -> list[ConsentProof]:
    return await tx.all(
        select(ConsentProof)
        .where(ConsentProof.account_id == tx.account_id, which)
        .order_by(ConsentProof.number)
        .limit(MOST)
    )


async def count_of_holder(tx: Transaction, holder: str | None) -> int:
    """Returns how many proofs are kept of the person with a holder's hash."""
    where = (ConsentProof.account_id == tx.account_id, ConsentProof.holder == holder)
    counting = select(func.count()).select_from(ConsentProof).where(*where)
    return int(await tx.value(counting) or 0) if holder else 0


async def forget_proofs(tx: Transaction, holder: str) -> int:
    """Deletes the proofs of a person before their time; returns how many there were."""
    return await tx.run(
        delete(ConsentProof).where(
            ConsentProof.account_id == tx.account_id, ConsentProof.holder == holder
        )
    )
