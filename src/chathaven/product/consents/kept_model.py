"""What outlives a person's erasure, and names nobody: proof of consent, and whom not to write to.

Both know an e-mail address by its keyed hash alone. The key stands sealed under the account's own,
so both end with the account.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import (
    Basis,
    Category,
    Holding,
    Purpose,
    Retention,
    Whose,
)
from chathaven.engines.database.tables import Table


class AddressKey(Table):
    """The key of an account's hashes of addresses. Ticks of keys replace what seals it, not it:
    an address that nobody kept could not be hashed anew.
    """

    __tablename__ = "address_keys"
    holding = Holding(
        whose=Whose.ACCOUNT,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.ACCOUNT,
        person="account_id",
    )

    account_id: Mapped[UUID] = columns.account()
    # Not among the keys, which stay out of backups: without it a restore would know no address.
    key: Mapped[str | None] = columns.sealed(Category.TECHNICAL)
    created_at: Mapped[datetime] = columns.time()


class ConsentProof(Table):
    """That an erased person had consented, or withdrawn it (GDPR Art. 7(1), 17(3)(e)).

    `document` is signed: which text, which answer, when, and the receipt's place in the chain.
    Found only by whoever shows the address (`address`) or the nonce (`holder`).
    """

    __tablename__ = "consent_proofs"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.CONSENT,
        since="kept_from",
    )
    __table_args__ = (
        Index("consent_proofs_address_idx", "account_id", "address"),
        Index("consent_proofs_holder_idx", "account_id", "holder"),
        Index("consent_proofs_kept_idx", "account_id", "kept_from", "number"),
    )

    account_id: Mapped[UUID] = columns.account()
    number: Mapped[int] = columns.counter(primary_key=True)
    holder: Mapped[str | None] = columns.public_key(nullable=True)
    address: Mapped[bytes | None] = columns.address_hash(nullable=True)
    document: Mapped[dict[str, Any]] = columns.configuration_object()
    kept_from: Mapped[datetime] = columns.time()


class SuppressionGround(StrEnum):
    """Why an address is not written to."""

    OBJECTION = "objection"
    DO_NOT_CONTACT = "do-not-contact"


class SuppressedAddress(Table):
    """An address that gets no advertising until its owner says yes again (Art. 21(3))."""

    __tablename__ = "suppressed_addresses"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.ACCOUNT,
    )

    account_id: Mapped[UUID] = columns.account()
    address: Mapped[bytes] = columns.address_hash(primary_key=True)
    ground: Mapped[str] = columns.state()
    added_at: Mapped[datetime] = columns.time()
