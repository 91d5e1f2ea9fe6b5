"""Letters to operators that several get for one cause, each of them once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table


class OperatorLetter(Table):
    """That an operator is to be written to, or was. It has no words: they are made as it leaves.

    `kind` names who composes it, `subject_id` what it is about, and `step` which of several about
    the same: the days or hours that are left.
    """

    __tablename__ = "operator_letters"
    holding = Holding(
        whose=Whose.OPERATOR,
        purpose=Purpose.ACCOUNTABILITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.AUDIT,
        person="operator_id",
        since="created_at",
    )
    __table_args__ = (
        Index(
            "operator_letters_once_idx",
            "account_id",
            "operator_id",
            "kind",
            "subject_id",
            "step",
            unique=True,
        ),
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    operator_id: Mapped[UUID] = columns.identifier()
    kind: Mapped[str] = columns.state()
    subject_id: Mapped[UUID] = columns.identifier()
    step: Mapped[int] = columns.counter()
    created_at: Mapped[datetime] = columns.time()
    sent_at: Mapped[datetime | None] = columns.optional_time()
