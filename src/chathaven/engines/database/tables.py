"""What every table is."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from chathaven.engines.database.data_map import (
    Declared,
    Entry,
    Holding,
    Treatment,
    Undeclared,
    declared,
    entry,
)

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Table(DeclarativeBase):
    """A table. Its class does not come to be while a column says nothing of itself."""

    metadata = MetaData(naming_convention=NAMING)
    holding: ClassVar[Holding]
    entries: ClassVar[dict[str, Entry]]
    sealed_columns: ClassVar[tuple[str, ...]]
    indexes: ClassVar[dict[str, str]]
    """From a sealed column to the column that holds its keyed hash."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        try:
            cls._declare()
        except Undeclared:
            cls.metadata.remove(cls.metadata.tables[cls.__tablename__])
            raise

    @classmethod
    def _declare(cls) -> None:
        name = cls.__tablename__
        if not isinstance(getattr(cls, "holding", None), Holding):
            raise Undeclared(f"{name} does not declare what its columns have in common.")
        says: dict[str, Declared] = {
            column.name: declared(column.info, f"{name}.{column.name}")
            for column in cls.__table__.columns
        }
        entries = {column: entry(name, column, cls.holding, each) for column, each in says.items()}
        cls.sealed_columns = tuple(
            column for column, each in says.items() if each.treatment is Treatment.SEALED
        )
        cls.indexes = {
            each.index_of: column for column, each in says.items() if each.index_of is not None
        }
        for column, indexing in cls.indexes.items():
            if column not in cls.sealed_columns:
                raise Undeclared(f"{name}.{indexing} indexes {column}, which is not sealed there.")
        # Last, for the map takes every class that has it.
        cls.entries = entries

    @classmethod
    def is_tenants(cls) -> bool:
        """Whether rows belong to an account, and row-level security guards them."""
        return any(column.name == "account_id" for column in cls.__table__.primary_key)

    def row_id(self) -> str:
        """The row's own part of its primary key, as sealed values are bound to it."""
        return row_id(
            type(self),
            {key: getattr(self, key) for key in (column.name for column in self.__table__.columns)},
        )

    def key_owner(self) -> Any:
        """The person whose key seals this row."""
        person = type(self).holding.person
        if person is None:
            raise Undeclared(f"{self.__tablename__} names no person.")
        return getattr(self, person)


def row_id(table: type[Table], values: dict[str, Any]) -> str:
    """Returns the part of the primary key behind the account, joined by a slash."""
    return "/".join(
        str(values[column.name])
        for column in table.__table__.primary_key
        if column.name != "account_id"
    )


def all_tables() -> list[type[Table]]:
    """Returns every table that is mapped, by name."""
    found = [
        mapper.class_
        for mapper in Table.registry.mappers
        # A class that did not come to be may still await the collector.
        if issubclass(mapper.class_, Table) and "entries" in vars(mapper.class_)
    ]
    return sorted(found, key=lambda table: table.__tablename__)


def all_entries() -> list[Entry]:
    """Returns the data map: every column of every table that is mapped, in order."""
    found = [each for table in all_tables() for each in table.entries.values()]
    return sorted(found, key=lambda each: (each.table, each.column))
