"""The limit of durable messages: what the same PostgreSQL commits when nothing else is done.

One row of an event's width per transaction, on the programs, settings and disk that the
installation uses.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from chathaven.engines.database.embedded import Embedded

_TABLE = """
DROP TABLE IF EXISTS inserts;
CREATE TABLE inserts (
    account_id uuid NOT NULL, chat_id uuid NOT NULL, seq bigint NOT NULL,
    id uuid NOT NULL PRIMARY KEY, position bigint NOT NULL, visitor_id uuid NOT NULL,
    type text NOT NULL, author_kind text NOT NULL, author_id uuid, params bytea,
    created_at timestamptz NOT NULL)
"""
_SCRIPT = f"""\
\\set seq random(1, 1000000000)
INSERT INTO inserts VALUES ('0197a5c1-0000-7000-8000-00000000000a',
 '0197a5c1-0000-7000-8000-00000000000b', :seq, gen_random_uuid(), :seq,
 '0197a5c1-0000-7000-8000-00000000000c', 'visitor-message', 'visitor',
 '0197a5c1-0000-7000-8000-00000000000c', '\\x{"5a" * 130}', now());
"""


@dataclass
class Inserts:
    """A server to insert into."""

    server: Embedded
    folder: Path

    def per_second(self, seconds: float, clients: int, protocol: str = "simple") -> float:
        """Returns committed inserts per second; `protocol` as in `pgbench -M`."""
        length = str(max(1, round(seconds)))
        shown = self._run("-M", protocol, "-c", str(clients), "-j", "2", "-T", length)
        found = re.search(r"tps = ([\d.]+)", shown)
        if found is None:
            raise RuntimeError(f"pgbench said: {shown[-500:]}")
        return float(found.group(1))

    def latencies(self, seconds: float, rate: int) -> list[float]:
        """Returns the ms of each insert at `rate` a second, open loop, ordered."""
        prefix = self.folder / "latencies"
        self._run(
            *("-c", "8", "-j", "1", "-T", str(max(1, round(seconds))), "-R", str(rate)),
            *("-l", "--log-prefix", str(prefix)),
        )
        found: list[float] = []
        for log in self.folder.glob("latencies.*"):
            found += [float(line.split()[2]) / 1000 for line in log.read_text().splitlines()]
            log.unlink()
        return sorted(found)

    def _run(self, *options: str) -> str:
        parts = conninfo_to_dict(self.server.owner_dsn)
        script = self.folder / "insert.sql"
        script.write_text(_SCRIPT)
        with psycopg.connect(self.server.owner_dsn, autocommit=True) as connection:
            connection.execute(_TABLE)
        result = subprocess.run(
            [
                *(self.server.bin_dir / "pgbench", "-n", "-f", script),
                *options,
                *("-h", str(parts["host"]), "-U", str(parts["user"]), str(parts["dbname"])),
            ],
            env=os.environ | {"PGPASSWORD": str(parts["password"])},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise RuntimeError(f"pgbench failed: {result.stderr[-500:]}")
        return result.stdout


@contextmanager
def inserts(folder: Path) -> Iterator[Inserts]:
    """Starts an empty server with the settings of an installation."""
    with Embedded.start(folder / "limit") as server:
        yield Inserts(server, folder)
