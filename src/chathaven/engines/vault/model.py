"""Where wrapped keys stand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from chathaven.engines.database import columns
from chathaven.engines.database.data_map import Basis, Holding, Purpose, Retention, Whose
from chathaven.engines.database.tables import Table

_KEYS = Holding(
    whose=Whose.ACCOUNT,
    purpose=Purpose.SECURITY,
    basis=Basis.NOT_PERSONAL,
    retention=Retention.ACCOUNT,
)


class RootEpoch(Table):
    """A root key: when it wrapped new keys, and when it was destroyed. It lives elsewhere.

    The one that is not retired wraps new keys. `proof` is a known text that it wrapped: whoever
    holds the root of that epoch can open it.
    """

    __tablename__ = "root_epochs"
    holding = _KEYS

    epoch: Mapped[int] = columns.version(primary_key=True, autoincrement=False)
    proof: Mapped[bytes] = columns.wrapped_key()
    created_at: Mapped[datetime] = columns.time()
    retired_at: Mapped[datetime | None] = columns.optional_time()
    destroyed_at: Mapped[datetime | None] = columns.optional_time()


class InstallationKey(Table):
    """A key of the whole installation, wrapped by a root."""

    __tablename__ = "installation_keys"
    holding = _KEYS

    name: Mapped[str] = columns.state(primary_key=True)
    root_epoch: Mapped[int] = columns.version()
    wrapped: Mapped[bytes] = columns.wrapped_key()
    created_at: Mapped[datetime] = columns.time()


class AccountKey(Table):
    """The key of an account and its index key, wrapped by a root.

    The highest version wraps new keys of people; an older one is there while a tick replaces it.
    `erased_epoch` is the epoch in which somebody whose key it wrapped was last erased: from then
    on no newer root wraps it, and the next tick replaces it.
    """

    __tablename__ = "account_keys"
    holding = _KEYS

    account_id: Mapped[UUID] = columns.account()
    version: Mapped[int] = columns.version(primary_key=True)
    root_epoch: Mapped[int] = columns.version()
    wrapped: Mapped[bytes] = columns.wrapped_key()
    wrapped_index_key: Mapped[bytes] = columns.wrapped_key()
    created_at: Mapped[datetime] = columns.time()
    erased_epoch: Mapped[int | None] = columns.version(nullable=True)


class PersonKey(Table):
    """The key of one person, wrapped by the account's key. Erasing the person deletes it."""

    __tablename__ = "person_keys"
    holding = Holding(
        whose=Whose.VISITOR,
        purpose=Purpose.SECURITY,
        basis=Basis.LEGAL_DUTY,
        retention=Retention.PROFILE,
        person="person_id",
    )

    account_id: Mapped[UUID] = columns.account()
    person_id: Mapped[UUID] = columns.identifier(primary_key=True)
    kind: Mapped[str] = columns.state()
    version: Mapped[int] = columns.version()
    account_key_version: Mapped[int] = columns.version()
    wrapped: Mapped[bytes] = columns.wrapped_key()
    created_at: Mapped[datetime] = columns.time()
