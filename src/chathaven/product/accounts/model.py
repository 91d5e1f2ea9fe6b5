"""An account: the company that runs a chat."""

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


class Account(Table):
    """An account. It has a key of its own, for a company may bear a person's name."""

    __tablename__ = "accounts"
    holding = Holding(
        whose=Whose.ACCOUNT,
        purpose=Purpose.OPERATING,
        basis=Basis.CONTRACT,
        retention=Retention.ACCOUNT,
        person="account_id",
    )

    account_id: Mapped[UUID] = columns.account()
    company: Mapped[str] = columns.sealed(Category.IDENTITY)
    settings: Mapped[dict[str, Any]] = columns.sealed(Category.CONTENT)
    terms_version: Mapped[str] = columns.state()
    terms_accepted_at: Mapped[datetime] = columns.time()
    created_at: Mapped[datetime] = columns.time()
