"""P1 and P2 against the worst ends: a server that is killed, one that is ended in order, Redis.

Each search has its positive control: what is open by design is found in the same place.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis as redis_client

from chathaven.engines.scan.folders import Looked, Search
from chathaven.entry.proof.person import FORMER
from chathaven.entry.proof.places import FILES, LOG, OBJECTS, OUTBOX, SQL
from tests.driving import Server
from tests.erasure.stage import GOES, Stage, by_design, of, personal
from tests.faults.test_several_processes import RedisServer
from tests.ground import private_folder
from tests.interface.rows import superuser

pytestmark = pytest.mark.slow
OPEN_FIELDS = {"notices.text", "sites.name", "sites.appearance"}


def kill_all(server: Server) -> None:
    """Kills the server and its database in one moment, as a power cut does."""
    family = psutil.Process(server.pid).children(recursive=True)
    for process in family:
        # A helper of the database may have ended by itself just now.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive, "nobody writes any more"


def test_after_every_end_of_the_server(own: Server) -> None:
    stage = Stage(own)
    assert (by_design(stage.everywhere(), SQL)) >= OPEN_FIELDS
    kill_all(own)
    before = stage.files()
    # Nothing personal ever, whether or not somebody is erased; and the search sees.
    assert personal(before) == []
    assert (by_design(before, FILES) | by_design(before, LOG)) >= OPEN_FIELDS
    assert "invitations.email" in by_design(before, OUTBOX)
    assert objects(before) == stage.sent(stage.goes, stage.stays)
    own.start()
    erasure = stage.goes.erase()
    assert all(each["verified"] for each in erasure["receipts"])
    assert of(stage.everywhere(), GOES) == []
    kill_all(own)
    killed = stage.files()
    assert personal(killed) == of(killed, GOES) == []
    assert (by_design(killed, FILES) | by_design(killed, LOG)) >= OPEN_FIELDS
    own.start()
    assert own.stop() == 0
    # What is only in memory while it runs (tables outside the log) is in the files now.
    stopped = stage.files()
    assert personal(stopped) == of(stopped, GOES) == []
    assert objects(stopped) == stage.sent(stage.stays)
    assert (by_design(stopped, FILES)) >= OPEN_FIELDS
    own.start()
    shown = stage.stays.shown()
    search = Search(stage.patterns)
    there = {canary for name, body in shown.items() for canary in search.canaries_in(name, body)}
    # Of a request by somebody who is known, the address that is known is shown.
    unseen = {"rights_contents.email", FORMER}
    seen = {each for each in stage.stays.canaries if each.field not in unseen}
    assert seen <= there, "who stays is whole after every end"
    stage.close()


def objects(stores: list[Looked]) -> int:
    """Returns how many files lie in the store of files."""
    return next(store.pieces for store in stores if store.store == OBJECTS)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    made = RedisServer(tmp_path)
    yield made
    made.kill()


def test_redis_keeps_nothing(redis: RedisServer, temporary: Path, tmp_path: Path) -> None:
    with private_folder() as folder, redis_client.Redis.from_url(redis.url) as client:
        client.config_set("appendonly", "yes")
        server = Server(folder, CHATHAVEN_REDIS_URL=redis.url, TMPDIR=str(temporary))
        with server:
            stage = Stage(server, CHATHAVEN_REDIS_URL=redis.url)
            name = stage.goes.canaries[0]
            # The control: in a value, in a key's name, and in the files of both.
            client.hset("control", "field", name.text)
            client.set(f"control {name.text}", "1")
            client.save()
            found = {store.store: store for store in stage.everywhere(tmp_path)}
            assert len(found["Redis"].hits) == 2
            assert {hit.where.rsplit(".", 1)[-1] for hit in found["Redis, its files"].hits} == {
                "rdb", "aof"
            }  # fmt: skip
            client.delete("control", f"control {name.text}")
            stage.goes.erase()
            found = {store.store: store for store in stage.everywhere()}
            assert found["Redis"].hits == []
            # A deleted value stays in the file until it is written anew.
            assert found["Redis, its files"].hits != []
            client.bgrewriteaof()
            client.save()
            while client.info("persistence")["aof_rewrite_in_progress"]:
                pass
            assert of(stage.everywhere(), GOES) == []
            stage.close()


def test_sql_sees_what_files_hide(running: Server) -> None:
    """A value that PostgreSQL compresses in its files is found by SQL, and named."""
    stage = Stage(running)
    text = stage.goes.canaries[0].text
    with superuser(running) as connection:
        connection.execute("CREATE TABLE forgotten (id int, note text)")
        connection.execute("CREATE UNLOGGED TABLE search_words (note text)")
        many = f"{text} " + "again and again " * 2_000
        connection.execute("INSERT INTO forgotten VALUES (1, %s)", (many,))
        connection.execute("INSERT INTO search_words VALUES (%s)", (text,))
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
            " ('none', 'none', jsonb_build_object('text', %s::text))",
            (text,),
        )
        connection.commit()
        try:
            stores = {store.store: store for store in stage.everywhere()}
            assert {hit.where for hit in stores[SQL].hits} == {
                "public.forgotten.note",
                "public.search_words.note",
                "public.procrastinate_jobs.args",
            }
        finally:
            connection.execute("DROP TABLE forgotten, search_words")
            connection.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'none'")
            connection.commit()
    stage.close()
