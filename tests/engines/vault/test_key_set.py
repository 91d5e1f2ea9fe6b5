"""A key set: all keys in one file, that opens for its passphrase and brings back what was lost."""

from __future__ import annotations

import stat
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest

from chathaven.engines.database.transaction import Database
from chathaven.engines.vault.key_set import NoKeySet, read_key_set, rows_of, write_key_set
from chathaven.engines.vault.key_set_bring import bring_instead, bring_missing
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.reindex import reindex
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.tick import shred_tick
from chathaven.engines.vault.walk import one_account
from chathaven.engines.vault.wrapping import CannotUnwrap
from tests.engines.vault.ticking import Place, account_with, erase, find, write_visitor
from tests.ground import new_tenant

PASSPHRASE = "a passphrase for a test"


def write(place: Place, path: Path) -> Path:
    with psycopg.connect(place.urls.app) as connection:
        write_key_set(connection, Keyring.open(place.keyring), path, PASSPHRASE)
    return path


def files_of(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if "keys" in each.name]


async def hash_anew(database: Database, account_id: UUID) -> None:
    async with await database.connect() as connection:
        await connection.set_autocommit(True)
        async with one_account(connection, account_id):
            account = await database.vault.read_account(connection, account_id)
        await reindex(connection, database.vault, account_id, account)


async def test_it_holds_every_key_and_is_private(place: Place, tmp_path: Path) -> None:
    async with place.running() as database:
        await account_with(database, "ada@x.example", "bob@x.example")
        await shred_tick(database, database.vault)
    path = write(place, tmp_path / "keys")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = read_key_set(path, PASSPHRASE)
    assert held.roots == Keyring.open(place.keyring).roots.export()
    assert (held.rows["account_keys"], held.rows["person_keys"]) == (1, 2)
    assert sum(len(rows) for _, rows in rows_of(path, PASSPHRASE)) == sum(held.rows.values())
    assert files_of(tmp_path) == ["keys"], "no draft is left"


async def test_nothing_of_it_is_read_without_the_passphrase(place: Place, tmp_path: Path) -> None:
    async with place.running() as database:
        account, _ = await account_with(database, "ada@x.example")
    path = write(place, tmp_path / "keys")
    body = path.read_bytes()
    for root in Keyring.open(place.keyring).roots.export().values():
        assert root not in body
    assert str(account).encode() not in body
    with pytest.raises(NoKeySet):
        read_key_set(path, "another passphrase")


async def test_a_key_set_that_was_cut_or_altered_is_none(place: Place, tmp_path: Path) -> None:
    async with place.running() as database:
        await account_with(database, "ada@x.example")
    path = write(place, tmp_path / "keys")
    body = path.read_bytes()
    for damaged in (
        body[:-1],
        body[:200],
        body.replace(b'"passes":3', b'"passes":2'),
        body[:-40] + bytes([body[-40] ^ 1]) + body[-39:],
        b"{}\n" + body,
        b"",
    ):
        path.write_bytes(damaged)
        with pytest.raises(NoKeySet):
            read_key_set(path, PASSPHRASE)


@pytest.mark.parametrize(
    "stretch",
    [
        {"passes": 0},
        {"passes": 1_000_000_000},
        {"lanes": 0},
        {"lanes": 64},
        {"memory": 16},
        {"memory": 1 << 30},
        {"salt": ""},
    ],
)
def test_a_head_that_would_never_end_is_no_key_set(
    tmp_path: Path, stretch: dict[str, object]
) -> None:
    """It stands before any seal: whoever hands a file over may have written it."""
    given = {"salt": "A" * 22 + "==", "passes": 3, "memory": 65_536, "lanes": 4} | stretch
    head = {"format": "chathaven-key-set-1", "argon2id": given}
    path = tmp_path / "keys"
    path.write_bytes(msgspec.json.encode(head) + b"\n" + bytes(100))
    with pytest.raises(NoKeySet, match="known format"):
        read_key_set(path, PASSPHRASE)


def test_a_short_passphrase_is_refused(place: Place, tmp_path: Path) -> None:
    with psycopg.connect(place.urls.app) as connection, pytest.raises(ValueError, match="12"):
        write_key_set(connection, Keyring.open(place.keyring), tmp_path / "keys", "short")
    assert not (tmp_path / "keys").exists()


async def test_old_data_opens_with_the_newest_keys(place: Place, tmp_path: Path) -> None:
    """A restore: rows of two weeks ago, keys of today; who was erased since stays unreadable."""
    async with place.running() as database:
        account, (ada, bob) = await account_with(database, "ada@x.example", "bob@x.example")
    tables = ("visitors", "account_keys", "person_keys", "root_epochs")
    with psycopg.connect(place.urls.owner) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY".encode())
            owner.execute(f"CREATE TABLE kept_{table} AS TABLE {table}".encode())
    try:
        async with place.running() as database:
            await erase(database, account, ada)
            for _ in range(3):
                await shred_tick(database, database.vault)
            eve = await write_visitor(database, account, "eve@x.example")
        path = write(place, tmp_path / "keys")
        with psycopg.connect(place.urls.owner) as owner:
            for table in tables:
                owner.execute(f"DELETE FROM {table}".encode())
                owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}".encode())
    finally:
        with psycopg.connect(place.urls.owner) as owner:
            for table in tables:
                owner.execute(f"DROP TABLE kept_{table}".encode())
                owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY".encode())
    # Another machine, which begins with an empty folder.
    place.keyring = tmp_path / "new" / "keyring.json"
    keyring = Keyring.open_for_import(place.keyring, read_key_set(path, PASSPHRASE).roots)
    with psycopg.connect(place.urls.app) as connection:
        brought = bring_instead(connection, keyring, path, PASSPHRASE)
    assert brought.roots == [2, 3, 4]
    async with place.running() as database:
        await hash_anew(database, account)
        assert await find(database, account, "bob@x.example") == [bob]
        async with database.transaction(account) as tx:
            keys = await tx.vault.keys(await tx.driver(), account, [ada, bob, eve])
        assert set(keys) == {bob, eve}
        await shred_tick(database, database.vault)
    place.everything_opens()


async def test_a_lost_keyring_comes_back(place: Place, tmp_path: Path) -> None:
    """The database is of today, the keyring is gone, and the set is of two ticks ago."""
    async with place.running() as database:
        account, (ada,) = await account_with(database, "ada@x.example")
        path = write(place, tmp_path / "keys")
        for _ in range(3):
            await shred_tick(database, database.vault)
    assert Keyring.open(place.keyring).roots.held() == {2, 3, 4}, "root 1 of the set is dead"
    place.keyring.unlink()
    keyring = Keyring.open_for_import(place.keyring, read_key_set(path, PASSPHRASE).roots)
    with pytest.raises(CannotUnwrap):
        keyring.unwrap(4, b"", b"")
    with psycopg.connect(place.urls.app) as connection:
        brought = bring_missing(connection, keyring, path, PASSPHRASE)
    assert (brought.rows["account_keys"], brought.closed) == (1, 0)
    async with place.running() as database:
        assert await find(database, account, "ada@x.example") == [ada]
        # There is a root again that wraps new keys.
        await new_tenant(database)
        tick = await shred_tick(database, database.vault, grace=0)
        assert (tick.new_epoch, tick.left) == (6, 0)
    place.everything_opens()


async def test_what_opens_is_left_alone(place: Place, tmp_path: Path) -> None:
    async with place.running() as database:
        await account_with(database, "ada@x.example")
        path = write(place, tmp_path / "keys")
        for _ in range(3):
            await shred_tick(database, database.vault)
    before = place.rows("SELECT * FROM account_keys")
    with psycopg.connect(place.urls.app) as connection:
        brought = bring_missing(connection, Keyring.open(place.keyring), path, PASSPHRASE)
    assert (brought.roots, brought.rows["account_keys"], brought.closed) == ([], 0, 0)
    assert place.rows("SELECT * FROM account_keys") == before
    assert Keyring.open(place.keyring).roots.held() == {2, 3, 4}, "what is destroyed stays so"


async def test_a_set_of_another_installation_is_refused(place: Place, tmp_path: Path) -> None:
    async with place.running() as database:
        await account_with(database, "ada@x.example")
    path = write(place, tmp_path / "keys")
    stranger = Keyring.open(tmp_path / "other.json")
    with (
        psycopg.connect(place.urls.app) as connection,
        pytest.raises(LostRoot, match="epoch 1"),
    ):
        bring_instead(connection, stranger, path, PASSPHRASE)
    place.everything_opens()
