"""From a name that is known before the tenant is, to the account it belongs to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table


class Directory(Table):
    """The one table read before the tenant is known, so it holds keyed hashes and ids only.

    `kind` is `operator-email` or `site-key`; `target_id` the operator or site.
    """

    __tablename__ = "directory"
    holding = Holding(
        whose=Whose.OPERATOR,
        purpose=Purpose.OPERATING,
        basis=Basis.CONTRACT,
        retention=Retention.ACCOUNT,
        person="target_id",
    )

    kind: Mapped[str] = columns.state(primary_key=True)
    hash: Mapped[bytes] = columns.lookup_hash(primary_key=True)
    account_id: Mapped[UUID] = columns.identifier(index=True)
    target_id: Mapped[UUID] = columns.identifier()
