"""Texts as they were, who accepted and signed them, and objections."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

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

_PUBLISHED = Holding(
    whose=Whose.NOBODY,
    purpose=Purpose.ACCOUNTABILITY,
    basis=Basis.NOT_PERSONAL,
    retention=Retention.ACCOUNT,
)
_AGREED = Holding(
    whose=Whose.ACCOUNT,
    purpose=Purpose.ACCOUNTABILITY,
    basis=Basis.LEGAL_DUTY,
    retention=Retention.ACCOUNT,
    person="account_id",
)


class LegalText(Table):
    """One version of a legal text of this installation. It is never changed."""

    __tablename__ = "legal_texts"
    holding = _PUBLISHED

    kind: Mapped[str] = columns.state(primary_key=True)
    language: Mapped[str] = columns.state(primary_key=True)
    version: Mapped[str] = columns.state(primary_key=True)
    sha256: Mapped[str] = columns.public_key()
    text: Mapped[str] = columns.configuration()
    first_shown_at: Mapped[datetime] = columns.time()


class SubprocessorNotice(Table):
    """An entry of the register of sub-processors as it was announced, and from when it holds."""

    __tablename__ = "subprocessor_notices"
    holding = _PUBLISHED

    id: Mapped[str] = columns.public_key(primary_key=True)
    sha256: Mapped[str] = columns.public_key(primary_key=True)
    entry: Mapped[dict[str, Any]] = columns.configuration_object()
    announced_at: Mapped[datetime] = columns.time()
    in_force_from: Mapped[datetime] = columns.time()


class TermsAcceptance(Table):
    """That an operator accepted a version of the terms for the account."""

    __tablename__ = "terms_acceptances"
    holding = Holding(
        whose=Whose.OPERATOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.CONTRACT,
        retention=Retention.ACCOUNT,
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    operator_id: Mapped[UUID] = columns.identifier()
    version: Mapped[str] = columns.state()
    sha256: Mapped[str] = columns.public_key()
    accepted_at: Mapped[datetime] = columns.time()


class DpaSignature(Table):
    """A data processing agreement that the account signed. Sealed with the account's key."""

    __tablename__ = "dpa_signatures"
    holding = _AGREED

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    operator_id: Mapped[UUID] = columns.identifier()
    version: Mapped[str] = columns.state()
    sha256: Mapped[str] = columns.public_key()
    file_sha256: Mapped[str] = columns.public_key()
    signer: Mapped[dict[str, Any]] = columns.sealed(Category.IDENTITY)
    signed_at: Mapped[datetime] = columns.time()
    sent_at: Mapped[datetime | None] = columns.optional_time()


class DpaFile(Table):
    """What was signed: the text, and the PDF as base64. Apart, for lists need neither."""

    __tablename__ = "dpa_files"
    holding = _AGREED

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    text: Mapped[str] = columns.sealed(Category.CONTENT)
    pdf: Mapped[str] = columns.sealed(Category.CONTENT)


class SubprocessorObjection(Table):
    """That the account objects to a sub-processor, and why; `withdrawn_at` where no more."""

    __tablename__ = "subprocessor_objections"
    holding = _AGREED

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    operator_id: Mapped[UUID] = columns.identifier()
    subprocessor: Mapped[str] = columns.public_key()
    reason: Mapped[str | None] = columns.sealed(Category.CONTENT)
    created_at: Mapped[datetime] = columns.time()
    withdrawn_at: Mapped[datetime | None] = columns.optional_time()
