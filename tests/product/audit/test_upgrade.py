"""Lines that were written before there was a chain are chained by the upgrade."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.migrate import config, migrate
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.product.audit.anchors import Anchors
from chathaven.product.audit.check import check_audit_log
from chathaven.product.audit.record import record
from tests.ground import map_tables, private_folder
from tests.product.audit.logs import somebody

BEFORE = "0008"
OLD = (
    "INSERT INTO audit_lines (account_id, id, at, actor_kind, actor_id, action, target_kind,"
    " target_id) SELECT %s, gen_random_uuid(), now() - i * interval '1 hour', 'operator',"
    " gen_random_uuid(), 'signed-in', 'operator', CASE WHEN i %% 2 = 0 THEN gen_random_uuid() END"
    " FROM generate_series(1, 5) i"
)


async def test_old_lines_are_chained_and_new_ones_follow(tmp_path: Path) -> None:
    map_tables()
    accounts = [new_id(), new_id()]
    with private_folder() as folder, Embedded.start(folder / "postgres") as server:
        urls = DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn)
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(urls.owner),
            poolclass=NullPool,
        )
        with engine.connect() as connection:
            command.upgrade(config(connection), BEFORE)
        with psycopg.connect(urls.owner) as connection:
            for account_id in accounts:
                connection.execute("SELECT set_config('app.account', %s, true)", (str(account_id),))
                connection.execute(OLD, (account_id,))
        migrate(urls)
        database = Database(urls.app, Vault(Keyring.open(tmp_path / "keyring.json")))
        anchors = Anchors(tmp_path, Signing.open(tmp_path / FILE_NAME))
        try:
            for account_id in accounts:
                async with database.transaction(account_id) as tx:
                    await record(tx, somebody(account_id), "signed-in", "operator")
                found = await check_audit_log(database, account_id, anchors.read(account_id), now())
                assert found.intact, found
                assert found.lines == 6
        finally:
            await database.close()
