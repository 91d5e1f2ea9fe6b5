"""Which root wraps new keys, and which are gone: the database's word for it.

Whoever writes a row that a root wraps holds `current_epoch` until the commit; the tick that makes
a new root waits for them. So no row is ever written under a root that is about to die, by
whatever process, whatever it has in memory.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.wrapping import CannotUnwrap

Connection = AsyncConnection[Any]

_ROOTS, _ACCOUNT, _TICK = 0x726F6F74, 0x6B657973, 0x7469636B
"""Classes of advisory locks: the words root, keys, tick."""
_PROOF = b"chathaven root"
_CURRENT = "SELECT epoch FROM root_epochs WHERE retired_at IS NULL ORDER BY epoch DESC LIMIT 1"
EVERY_ACCOUNT = (
    "SELECT set_config('app.account', '00000000-0000-0000-0000-000000000000', true),"
    " set_config('app.installation', 'keys', true)"
)
"""Lets a transaction see the wrapped keys of every account, and nothing else of them."""


async def current_epoch(connection: Connection, keyring: Keyring) -> int:
    """Returns the epoch that wraps new keys; it stays so until the transaction ends.

    Raises:
        LostRoot: its root is not in the keyring.
    """
    epoch = await _after_lock(connection, f"{_ROOTS}, 0", _CURRENT)
    held = await keyring.run(keyring.roots.held)
    if epoch is None:
        epoch, held = await _begin(connection, keyring)
    if epoch not in held:
        raise LostRoot(f"The root of epoch {epoch} is not in the keyring: bring a newer copy back.")
    return epoch


async def _begin(connection: Connection, keyring: Keyring) -> tuple[int, set[int]]:
    """Writes the first epochs of a new database; makes a root where there is none yet."""
    # One at a time: a hardware module would take two roots of the same name.
    await connection.execute(f"SELECT pg_advisory_xact_lock({_ROOTS}, 1)")
    cursor = await connection.execute(_CURRENT)
    row = await cursor.fetchone()
    held = await keyring.run(keyring.roots.held)
    if row is not None:
        return int(row[0]), held
    if not held:
        await keyring.run(lambda: keyring.roots.make(1))
        held = {1}
    await register(connection, keyring, held, current=max(held))
    return max(held), held


async def hold_account(connection: Connection, account_id: UUID) -> list[int]:
    """Returns the versions of an account's key, oldest first; they stay until the commit."""
    rows = await _rows_after_lock(
        connection,
        f"{_ACCOUNT}, {_number(account_id)}",
        # Two statements at once take no parameters; a UUID needs no quoting.
        f"SELECT version FROM account_keys WHERE account_id = '{account_id}' ORDER BY version",  # noqa: S608  a UUID
    )
    return [row[0] for row in rows]


async def register(
    connection: Connection, keyring: Keyring, epochs: set[int], *, current: int | None = None
) -> None:
    """Writes epochs that are held and not known; all but `current` are retired."""
    for epoch in sorted(epochs):
        proof = await keyring.run(lambda epoch=epoch: prove(keyring, epoch))  # type: ignore[misc]  # a lambda's default has no type
        await connection.execute(
            "INSERT INTO root_epochs (epoch, proof, created_at, retired_at)"
            " VALUES (%s, %s, now(), CASE WHEN %s THEN NULL ELSE now() END)"
            " ON CONFLICT DO NOTHING",
            (epoch, proof, epoch == current),
        )


def prove(keyring: Keyring, epoch: int) -> bytes:
    """Returns the proof of an epoch's root, having opened it again.

    Raises:
        CannotUnwrap: the root does not open what it has just wrapped.
    """
    bound = b"root|%d" % epoch
    proof = keyring.roots.wrap(epoch, _PROOF, bound)
    if keyring.unwrap(epoch, proof, bound) != _PROOF:
        raise CannotUnwrap(f"The root of epoch {epoch} does not open what it wrapped.")
    return proof


def proves(keyring: Keyring, epoch: int, proof: bytes) -> bool:
    """Whether the keyring holds the very root that made a proof."""
    try:
        return keyring.unwrap(epoch, proof, b"root|%d" % epoch) == _PROOF
    except CannotUnwrap:
        return False


# What is gone


async def all_destroyed_up_to(connection: Connection, epoch: int) -> bool:
    """Whether every root up to an epoch, and that one, is destroyed.

    For an erasure `epoch` is what `Vault.wants_new_keys` returned in its transaction.
    """
    rows = await connection.execute(
        "SELECT count(*) FILTER (WHERE destroyed_at IS NULL), coalesce(max(epoch), 0)"
        " FROM root_epochs WHERE epoch <= %s",
        (epoch,),
    )
    row = await rows.fetchone()
    # An epoch that nobody knows is not destroyed: the table may be of an older backup.
    return row is not None and row[0] == 0 and row[1] == epoch


# For the tick alone


HOLD_TICKS = f"SELECT pg_advisory_xact_lock({_TICK}, 0)"
"""Waits for a tick under way and lets none begin, until the transaction ends."""
TRY_TO_HOLD_TICKS = f"SELECT pg_try_advisory_xact_lock({_TICK}, 0)"
"""The same, or false at once. Of a transaction and not of a session, for a pooler before the
database may give the session to others."""


async def one_at_a_time(connection: Connection, *, wait: bool) -> bool:
    """Takes the tick's lock until the connection's transaction ends; False where another has it."""
    if wait:
        await connection.execute(HOLD_TICKS)
        return True
    rows = await connection.execute(TRY_TO_HOLD_TICKS)
    row = await rows.fetchone()
    return bool(row and row[0])


async def still_roots(connection: Connection, seconds: float) -> None:
    """Waits until nobody writes under the current root; new writers wait for the commit.

    Raises:
        LockNotAvailable: somebody did not end in time.
    """
    await _exclusive(connection, f"{_ROOTS}, 0", seconds)


async def still_account(connection: Connection, account_id: UUID, seconds: float) -> None:
    """The same for the key of one account.

    Raises:
        LockNotAvailable: somebody did not end in time.
    """
    await _exclusive(connection, f"{_ACCOUNT}, {_number(account_id)}", seconds)


async def _exclusive(connection: Connection, lock: str, seconds: float) -> None:
    # Who waits for this lock makes all others wait behind it: better to give up, and come again.
    await connection.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
    await connection.execute(f"SELECT pg_advisory_xact_lock({lock})")
    await connection.execute("SET LOCAL lock_timeout = 0")


async def _after_lock(connection: Connection, lock: str, query: str) -> int | None:
    rows = await _rows_after_lock(connection, lock, query)
    return rows[0][0] if rows else None


async def _rows_after_lock(connection: Connection, lock: str, query: str) -> list[Any]:
    """Returns what a query finds after a shared lock is held, in one round trip.

    Two statements, for one would look at the rows as they were before it waited.
    """
    rows = await connection.execute(
        f"SELECT pg_advisory_xact_lock_shared({lock}); {query}".encode(), prepare=False
    )
    rows.nextset()
    return await rows.fetchall()


def _number(account_id: UUID) -> int:
    """Returns 32 bits of an account's id; two that share them only wait for each other."""
    return int.from_bytes(account_id.bytes[-4:], signed=True)
