"""A site: where a widget lives."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table


class Site(Table):
    """A website with the widget on it. What stands here, everybody may see."""

    __tablename__ = "sites"
    holding = Holding(
        whose=Whose.ACCOUNT,
        purpose=Purpose.OPERATING,
        basis=Basis.CONTRACT,
        retention=Retention.ACCOUNT,
    )

    account_id: Mapped[UUID] = columns.account()
    id: Mapped[UUID] = columns.identifier(primary_key=True)
    key: Mapped[str] = columns.public_key()
    name: Mapped[str] = columns.configuration()
    allowed_origins: Mapped[list[str]] = columns.configuration_object()
    appearance: Mapped[dict[str, Any]] = columns.configuration_object()
    created_at: Mapped[datetime] = columns.time()
