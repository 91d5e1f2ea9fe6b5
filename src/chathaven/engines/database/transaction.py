"""Transactions: one per request or batch, tied to one tenant, sealing as they write.

Rows are read as objects of their table's class with sealed columns already opened, and written
by `insert` and `update`, which seal and index. What is to be told to others waits for the
commit (`after_commit`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Any, Final, Literal, TypeVar, cast
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy import Delete, Executable, Select, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm.attributes import set_committed_value

from chathaven.base.errors import Unavailable
from chathaven.engines.database.away import AWAY, quietly, tell
from chathaven.engines.database.columns import SealedBytes
from chathaven.engines.database.tables import Table
from chathaven.engines.ledger import Ledger
from chathaven.engines.vault.keys import KeyGone, Vault
from chathaven.engines.vault.seal import place

Row = TypeVar("Row", bound=Table)

TENANT = "SELECT set_config('app.account', %s, true)"
"""Ties a transaction to a tenant, for row-level security. Gone at its end."""

_SEE = "set_config('app.sees', %s, true)"
TENANT_AND_SIGHT = f"{TENANT}, {_SEE}"
SIGHT = f"SELECT {_SEE}"

EVERYONE: Final = "everyone"
"""What a transaction sees that sees all restricted people: erasing and closing, never using."""
Sees = UUID | Literal["everyone"] | None
"""Which restricted people a transaction sees: none, one by id, or `EVERYONE`."""


class Transaction:
    """One transaction of one tenant (or of none, before the tenant is known)."""

    def __init__(self, session: AsyncSession, vault: Vault, account_id: UUID | None) -> None:
        self.session = session
        self.vault = vault
        self.ledger: Ledger | None = None
        self._account_id = account_id
        self.sees: Sees = None
        self._driver: AsyncConnection[Any] | None = None
        self._before_commit: list[Callable[[], Awaitable[None]]] = []
        self._after_commit: list[Callable[[], None]] = []

    @property
    def account_id(self) -> UUID:
        """The tenant.

        Raises:
            RuntimeError: the transaction has none.
        """
        if self._account_id is None:
            raise RuntimeError("This transaction belongs to no account.")
        return self._account_id

    async def enter(self, account_id: UUID, sees: Sees = None) -> None:
        """Ties the transaction to a tenant; done once the tenant is known.

        People whose data is restricted are not there, but for those that it `sees`.
        """
        if account_id != self._account_id:
            # What waits for the end was said of the tenant before.
            await self.finish()
        self._account_id = account_id
        self.sees = sees
        connection = await self.driver()
        if sees is None:
            await connection.execute(TENANT, (str(account_id),))
        else:
            await connection.execute(TENANT_AND_SIGHT, (str(account_id), str(sees)))

    async def see(self, sees: Sees) -> None:
        """Lets the rest of the transaction see one restricted person, `EVERYONE`, or none."""
        self.sees = sees
        await (await self.driver()).execute(SIGHT, (str(sees or ""),))

    async def driver(self) -> AsyncConnection[Any]:
        """Returns the psycopg connection under this transaction."""
        if self._driver is None:
            connection = await self.session.connection()
            raw = await connection.get_raw_connection()
            self._driver = cast("AsyncConnection[Any]", raw.driver_connection)
        return self._driver

    def before_commit(self, call: Callable[[], Awaitable[None]]) -> None:
        """Runs `call` as the last thing of the transaction, so that what it locks is held shortly
        and nothing is locked behind it.
        """
        self._before_commit.append(call)

    async def finish(self) -> None:
        """Runs what waited for the end."""
        while self._before_commit:
            await self._before_commit.pop(0)()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Runs `call` once the transaction is on disk; never when it is rolled back."""
        self._after_commit.append(call)

    def committed(self) -> None:
        """Runs what waited for the commit: all of it, whatever one of them raises."""
        with ExitStack() as calls:
            for call in reversed(self._after_commit):
                calls.callback(call)

    # Reading

    async def all(self, statement: Select[Row]) -> list[Row]:
        """Returns the rows, opened. Rows of people whose key is gone are left out."""
        statement = statement.execution_options(populate_existing=True)
        rows = list((await self.session.scalars(statement)).all())
        return await self._open(rows)

    async def one(self, statement: Select[Row]) -> Row | None:
        """Returns the first row, opened, or None."""
        rows = await self.all(statement.limit(1))
        return rows[0] if rows else None

    async def values(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
        """Returns plain rows of open columns."""
        return (await self.session.execute(statement)).all()

    async def value(self, statement: Select[Any]) -> Any:
        """Returns the first column of the first row, or None."""
        return (await self.session.execute(statement)).scalar()

    async def _open(self, rows: list[Row]) -> list[Row]:
        if not rows or not type(rows[0]).sealed_columns:
            return rows
        keys = await self.vault.keys(
            await self.driver(), self.account_id, (row.key_owner() for row in rows)
        )
        opened: list[Row] = []
        for row in rows:
            key = keys.get(row.key_owner())
            if key is None:
                continue
            for column in row.sealed_columns:
                value = getattr(row, column)
                if isinstance(value, SealedBytes):
                    bound = self._place(row, column)
                    set_committed_value(row, column, key.open(value, bound))
            opened.append(row)
        return opened

    def _place(self, row: Table, column: str) -> bytes:
        return place(self.account_id, row.key_owner(), row.__tablename__, column, row.row_id())

    # Writing

    async def insert(self, row: Table) -> None:
        """Writes a new row, sealing and indexing what is to be."""
        columns = row.__table__.columns.keys()
        values = {name: getattr(row, name) for name in columns}
        given = {name: value for name, value in values.items() if value is not None}
        given |= await self._sealed(row, {n: given[n] for n in row.sealed_columns if n in given})
        await self.session.execute(insert(type(row)).values(given))

    async def update(self, row: Table, **values: Any) -> None:
        """Changes columns of one row, sealing and indexing what is to be; changes `row` too."""
        table = row.__table__
        sealed = {name: values[name] for name in values if name in row.sealed_columns}
        written = values | await self._sealed(row, sealed)
        where = [column == getattr(row, column.name) for column in table.primary_key]
        await self.session.execute(
            update(type(row)).where(*where).values(written),
            execution_options={"synchronize_session": False},
        )
        for name, value in values.items():
            set_committed_value(row, name, value)

    async def run(self, statement: Executable) -> int:
        """Runs a statement on open columns; returns how many rows it met."""
        if isinstance(statement, Delete):
            statement = statement.execution_options(synchronize_session=False)
        result = await self.session.execute(statement)
        return int(getattr(result, "rowcount", 0))

    async def _sealed(self, row: Table, values: dict[str, Any]) -> dict[str, Any]:
        if not values:
            return {}
        driver = await self.driver()
        person_id = row.key_owner()
        keys = await self.vault.keys(driver, self.account_id, [person_id])
        if person_id not in keys:
            raise KeyGone("The person has no key.")
        written: dict[str, Any] = {}
        for name, value in values.items():
            index = row.indexes.get(name)
            if value is None:
                written[name] = None
            else:
                sealed = keys[person_id].seal(value, self._place(row, name))
                written[name] = SealedBytes(sealed)
            if index is not None:
                written[index] = (
                    None
                    if value is None
                    else await self.vault.index(driver, self.account_id, name, str(value))
                )
        return written


class Database:
    """The application's way to PostgreSQL: a pool of connections under the role without rights.

    `ledger` is where transactions note what a restore must not undo (`noting.note`).
    """

    def __init__(self, dsn: str, vault: Vault, *, pool: int = 8) -> None:
        self.dsn = dsn
        self.vault = vault
        self.ledger: Ledger | None = None
        self.engine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=self.connect,
            pool_size=pool,
            max_overflow=pool,
            pool_timeout=5,
            pool_pre_ping=False,
        )
        self._sessions = async_sessionmaker(self.engine, autoflush=False, expire_on_commit=False)

    async def connect(self) -> AsyncConnection[Any]:
        """Opens a connection of its own, outside the pool.

        Statements are planned for the tables as they are. A plan that was kept from when a
        table was empty reads all of it with every message: measured, a quarter of the rate
        after some ten thousand messages, until PostgreSQL next gathers its statistics.
        """
        connection = await AsyncConnection.connect(self.dsn, connect_timeout=5)
        await connection.execute("SET plan_cache_mode = force_custom_plan")
        await connection.commit()
        return connection

    @asynccontextmanager
    async def transaction(
        self, account_id: UUID | None = None, *, sees: Sees = None
    ) -> AsyncIterator[Transaction]:
        """Runs the block in one transaction: committed at its end, rolled back when it raises.

        `sees` says which restricted people are there in it: none, unless it is said.

        Raises:
            Unavailable: the database cannot be reached, or the commit is not known to be there.
        """
        session = self._sessions()
        try:
            tx = Transaction(session, self.vault, None)
            tx.ledger = self.ledger
            if account_id is not None:
                await tx.enter(account_id, sees)
            yield tx
            await tx.finish()
            await session.commit()
        except (*AWAY, PoolTimeout) as error:
            tell(error)
            await quietly(session.rollback)
            raise Unavailable(retry_after=1) from error
        except DBAPIError as error:
            await quietly(session.rollback)
            if error.connection_invalidated:
                raise Unavailable(retry_after=1) from error
            raise
        except BaseException:
            await quietly(session.rollback)
            raise
        finally:
            await quietly(session.close)
        tx.committed()

    async def ready(self) -> bool:
        """Whether a query is answered."""
        try:
            async with self.transaction() as tx:
                await tx.session.execute(text("SELECT 1"))
        except Unavailable:
            return False
        return True

    async def close(self) -> None:
        """Closes the pool."""
        await self.engine.dispose()
