"""P3: after the tick, no wrapped key of any copy opens with any key that can be had (finality)."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from chathaven.engines.database.embedded import Embedded, resting, running
from chathaven.engines.database.transaction import Database
from chathaven.engines.scan.canary import Canary, Script
from chathaven.engines.scan.folders import Looked, Search
from chathaven.engines.scan.patterns import Patterns
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.tick import Tick, shred_tick
from chathaven.entry.proof.places import LOG, OTHER, store_of
from tests.driving import Server
from tests.erasure.keyrings import Wrapped, obtainable, opened_by, roots_in, wrapped_in
from tests.erasure.stage import Stage
from tests.ground import private_folder
from tests.interface.rows import superuser

pytestmark = pytest.mark.slow


def tick(server: Server) -> Tick:
    """Replaces keys and destroys every older root, while the server runs."""

    async def replace() -> Tick:
        with running(server.data / "postgres") as way:
            vault = Vault(Keyring.open(server.data / "keyring.json"))
            database = Database(way.app, vault)
            try:
                return await shred_tick(database, vault, grace=0)
            finally:
                await database.close()

    return asyncio.run(replace())


def wrapped_now(server: Server) -> list[Wrapped]:
    with superuser(server) as connection:
        return wrapped_in(connection)


def look_for(server: Server, secrets: dict[str, bytes]) -> dict[str, set[str]]:
    """Returns in which stores of files each secret stands, raw, as hex or as base64."""
    with superuser(server) as connection:
        connection.autocommit = True
        connection.execute("CHECKPOINT")
    search = Search(
        Patterns([Canary(name, name, Script.BYTES, sample=raw) for name, raw in secrets.items()])
    )
    search.folder(server.data, store_of)
    stores: list[Looked] = search.stores
    return {
        name: {store.store for store in stores for hit in store.hits if hit.field == name}
        for name in secrets
    }


@pytest.fixture
def old_copy(own: Server) -> Iterator[Path]:
    """A folder for a copy of the database's files, as a snapshot of the disk would be."""
    with private_folder() as folder:
        yield folder


def test_no_key_of_any_copy_opens_after_the_tick(own: Server, old_copy: Path) -> None:
    stage = Stage(own)
    goes, stays = UUID(stage.goes.id), UUID(stage.stays.id)
    # What somebody might have kept: the rows, the files of the whole database.
    before = wrapped_now(own)
    roots_before = roots_in(own.data / "keyring.json")
    own.kill()
    # At rest, for a database whose server was killed still takes files away while it stops; and
    # with its owners, as the database's own account needs them.
    with resting(own.data / "postgres"):
        subprocess.run(["/bin/cp", "-a", str(own.data / "postgres"), str(old_copy)], check=True)
    own.start()
    # The control: with the roots of that time, every one of them opens, the person's own too.
    keys_before = obtainable(roots_before, before)
    assert opened_by(keys_before, before).keys() == set(before)
    [own_key] = [each for each in before if each.person == goes]
    stage.goes.erase()
    lingering = {
        "root": roots_before[max(roots_before)],
        "wrapped": own_key.key,
        "person": opened_by(keys_before, [own_key])[own_key],
    }
    places = look_for(own, lingering)
    assert OTHER in places["root"], "the search sees roots where they are"
    assert LOG in places["wrapped"], "a wrapped key lingers, as any row does"
    assert places["person"] == set(), "no bare key is ever on disk"
    done = tick(own)
    assert done.destroyed == sorted(roots_before)
    assert done.accounts_rotated >= 1
    after = wrapped_now(own)
    every_copy = [*before, *after]
    keys = obtainable(roots_in(own.data / "keyring.json"), every_copy)
    assert [each for each in after if each.person == goes] == []
    lost = set(opened_by(keys, before)) & {each for each in before if each not in after}
    assert lost == set(), "no historic wrapped key opens with any key that can be had"
    assert opened_by(keys, [own_key]) == {}
    # The control: who stays can be opened by the new keys, and is.
    assert stays in {each.person for each in opened_by(keys, after)}
    assert opened_by(keys, after).keys() == set(after)
    places = look_for(own, lingering)
    assert places["wrapped"], "it still lingers, and opens nothing"
    assert places["root"] == places["person"] == set(), "the root is nowhere in any file"
    _old_files_stay_shut(stage, old_copy, keys, goes)
    shown = stage.stays.shown()
    search = Search(stage.patterns)
    there = {canary for name, body in shown.items() for canary in search.canaries_in(name, body)}
    assert len(there) > 20, "the living are as they were"
    stage.close()


def _old_files_stay_shut(stage: Stage, copy: Path, keys: set[bytes], goes: UUID) -> None:
    """Starts the copy of the database's files, and tries the newest keys on what it holds."""
    with Embedded.start(copy / "postgres") as old, psycopg.connect(old.launcher_dsn) as connection:
        there = wrapped_in(connection)
        assert goes in {each.person for each in there}, "the copy is of before"
        assert opened_by(keys, there) == {}
        count = connection.execute(
            "SELECT count(*) FROM events WHERE visitor_id = %s", (str(goes),)
        ).fetchone()
        assert count is not None
        assert count[0] > 0, "its messages are there, sealed by a key that nothing opens"
