"""The kinds of column a table may have. Each declares itself in the data map."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import MappedColumn, mapped_column

from chathaven.engines.database.data_map import (
    Basis,
    Category,
    Declared,
    Purpose,
    Retention,
    Treatment,
)


class SealedBytes(bytes):
    """Bytes that have been sealed. Nothing else is written to a sealed column."""


class Sealed(TypeDecorator[Any]):
    """A sealed column: bytes in the database, the plain value on a row that was opened."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Refuses everything that was not sealed.

        Raises:
            TypeError: the value is plain.
        """
        if value is not None and not isinstance(value, SealedBytes):
            raise TypeError("A sealed column takes sealed bytes only; write through Transaction.")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> SealedBytes | None:
        """Marks what comes from the database as sealed."""
        return None if value is None else SealedBytes(value)


def _column(kind: Any, says: Declared, **options: Any) -> MappedColumn[Any]:
    return mapped_column(kind, info={"declared": says}, **options)


def _open(category: Category, retention: Retention | None = None) -> Declared:
    return Declared(category=category, treatment=Treatment.OPEN, retention=retention)


def account() -> MappedColumn[UUID]:
    """The tenant: first in every primary key."""
    return _column(Uuid(), _open(Category.IDENTIFIER), primary_key=True)


def identifier(**options: Any) -> MappedColumn[Any]:
    """A UUID, random: says nothing by itself."""
    return _column(Uuid(), _open(Category.IDENTIFIER), **options)


def public_key(**options: Any) -> MappedColumn[Any]:
    """A public name made by the software, such as a site's key."""
    return _column(String(64), _open(Category.IDENTIFIER), **options)


def time(**options: Any) -> MappedColumn[datetime]:
    """A point in time, stored with its zone."""
    return _column(DateTime(timezone=True), _open(Category.TIME), **options)


def optional_time(**options: Any) -> MappedColumn[datetime | None]:
    """A point in time that may be missing."""
    return _column(DateTime(timezone=True), _open(Category.TIME), nullable=True, **options)


def counter(**options: Any) -> MappedColumn[int]:
    """A number that counts."""
    return _column(BigInteger(), _open(Category.COUNTER), **options)


def version(**options: Any) -> MappedColumn[int]:
    """A small number that tells one version from the next."""
    return _column(Integer(), _open(Category.IDENTIFIER), **options)


def flag(**options: Any) -> MappedColumn[bool]:
    """Yes or no."""
    return _column(Boolean(), _open(Category.STATE), **options)


def state(**options: Any) -> MappedColumn[Any]:
    """A word from a closed list of the code's."""
    return _column(String(40), _open(Category.STATE), **options)


def states(**options: Any) -> MappedColumn[Any]:
    """Several words from a closed list."""
    return _column(ARRAY(String(40)), _open(Category.STATE), **options)


def configuration(**options: Any) -> MappedColumn[Any]:
    """A text that an account publishes or sets, about no person."""
    return _column(Text(), _open(Category.CONFIGURATION), **options)


def configuration_object(**options: Any) -> MappedColumn[Any]:
    """Settings that an account publishes or makes, about no person."""
    return _column(JSONB(), _open(Category.CONFIGURATION), **options)


def sealed(
    category: Category,
    *,
    purpose: Purpose | None = None,
    basis: Basis | None = None,
    retention: Retention | None = None,
    export: bool = True,
    **options: Any,
) -> MappedColumn[Any]:
    """Personal data, sealed with the key of the person the row is about.

    Takes any value that is JSON. It may be missing. `export` says whether a copy of the data
    holds it.
    """
    says = Declared(
        category=category,
        treatment=Treatment.SEALED,
        purpose=purpose,
        basis=basis,
        retention=retention,
        export=export,
    )
    return _column(Sealed(), says, nullable=True, **options)


def index_of(column: str, category: Category = Category.IDENTITY) -> MappedColumn[bytes | None]:
    """The keyed hash of a sealed column beside it, for finding a row by its value."""
    says = Declared(category=category, treatment=Treatment.INDEXED, index_of=column, export=False)
    return _column(LargeBinary(), says, nullable=True)


def address_hash(**options: Any) -> MappedColumn[Any]:
    """The keyed hash of an e-mail address that is itself kept nowhere.

    It goes into exports of the account, with the key: what it stands for has to hold elsewhere too.
    """
    says = Declared(category=Category.IDENTITY, treatment=Treatment.INDEXED)
    return _column(LargeBinary(), says, **options)


def secret(**options: Any) -> MappedColumn[Any]:
    """The hash of a credential."""
    says = Declared(category=Category.CREDENTIAL, treatment=Treatment.SECRET, export=False)
    return _column(LargeBinary(), says, **options)


def wrapped_key(**options: Any) -> MappedColumn[Any]:
    """A key, wrapped by the key above it."""
    says = Declared(category=Category.KEY, treatment=Treatment.SECRET, export=False)
    return _column(LargeBinary(), says, **options)


def lookup_hash(**options: Any) -> MappedColumn[Any]:
    """A keyed hash that stands by itself, in a table read before the tenant is known."""
    says = Declared(category=Category.IDENTITY, treatment=Treatment.INDEXED, export=False)
    return _column(LargeBinary(), says, **options)
