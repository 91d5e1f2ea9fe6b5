"""Writing an account's export: parts of tables into a ZIP, the ZIP into a file that is sealed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from chathaven import __version__
from chathaven.base.clock import now
from chathaven.engines.database.tables import Table, all_entries
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.files.objects import Missing, Objects
from chathaven.engines.files.sealed_file import SealedWriter
from chathaven.engines.files.zip_stream import Entry, ZipStream
from chathaven.engines.vault.signing import Signing
from chathaven.product.messages.files import contents
from chathaven.product.messages.model import File
from chathaven.product.privacy.export_files import places_of
from chathaven.product.privacy.export_rows import (
    as_column,
    key_columns,
    of_account,
    read_page,
    values_of,
)

FORMAT = "chathaven-account-1"
MOST_ROWS = 20_000
"""Rows of one part at most."""
encode = msgspec.json.Encoder().encode


class Progress(msgspec.Struct):
    """Where to go on: behind which row of which table, and how long ZIP and file are.

    `through` names the tables that are written whole.
    """

    through: list[str] = []
    after: list[Any] | None = None
    parts: int = 0
    rows: dict[str, int] = {}
    entries: list[Entry] = []
    offset: int = 0
    length: int = 0
    number: int = 0


class Writing:
    """An export that is being written, from where `kept` left it."""

    def __init__(
        self,
        objects: Objects,
        path: Path,
        key: bytes,
        bound: bytes,
        moment: datetime,
        kept: Progress,
    ) -> None:
        self._objects = objects
        self._kept = kept
        self.rows = dict(kept.rows)
        self._file = SealedWriter(path, key, bound, kept.length, kept.number)
        self._zip = ZipStream(moment, kept.offset, kept.entries)
        self._through = list(kept.through)
        self._after, self._parts = kept.after, kept.parts

    def is_through(self, tables: Sequence[type[Table]]) -> bool:
        """Whether every table is written."""
        return len(self._through) == len(tables)

    async def write_part(
        self, tx: Transaction, tables: Sequence[type[Table]], deadline: float
    ) -> None:
        """Writes on with the next table: to its end, to the deadline, or as much as a part takes."""
        table = next(each for each in tables if each.__tablename__ not in self._through)
        name = table.__tablename__
        after = self._after_of(table)
        count, begun = 0, False
        if table is File:
            count, after = await self._write_files(tx, after, deadline)
        while table is not File:
            rows, after = await read_page(tx, table, of_account(table, tx.account_id), after)
            if rows and not begun:
                begun = True
                self._begin_part(name)
            # In a thread, for packing and sealing take longer than reading.
            await asyncio.to_thread(self._put, rows)
            count += len(rows)
            if after is None or count >= MOST_ROWS or time.monotonic() > deadline:
                break
        if begun:
            self._zip.end()
        self.rows[name] = self.rows.get(name, 0) + count
        self._after = None if after is None else msgspec.to_builtins(list(after))
        if after is None:
            self._through.append(name)
            self._parts = 0

    def _begin_part(self, name: str) -> None:
        self._parts += 1
        self._zip.begin(f"tables/{name}/{self._parts:06}.jsonl")

    async def _write_files(
        self, tx: Transaction, after: tuple[Any, ...] | None, deadline: float
    ) -> tuple[int, tuple[Any, ...] | None]:
        """Writes what files hold, one after the other, and behind them a part with their rows.

        So each row is in the export exactly when its file is. Returns how many, and the last key.
        """
        rows: list[Table] = []
        where = of_account(File, tx.account_id)
        while True:
            found, after = await read_page(tx, File, where, after, limit=1)
            rows += [file for file in found if await self._write_file(file)]
            if after is None or len(rows) >= MOST_ROWS or time.monotonic() > deadline:
                break
        if rows:
            self._begin_part(File.__tablename__)
            await asyncio.to_thread(self._put, rows)
            self._zip.end()
        return len(rows), after

    async def _write_file(self, file: File) -> bool:
        """Writes a file with its small picture; returns False where it was deleted meanwhile."""
        for place, is_small in places_of(file):
            self._zip.begin(place)
            try:
                async for piece in contents(self._objects, file, thumbnail=is_small):
                    await asyncio.to_thread(self._put_piece, piece)
            except Missing:
                # Nothing of it was written yet but an empty entry, which no row names.
                self._zip.end()
                return False
            self._zip.end()
        return True

    def _put_piece(self, piece: bytes) -> None:
        self._zip.write(piece)
        self._file.write(self._zip.take())

    def _after_of(self, table: type[Table]) -> tuple[Any, ...] | None:
        if self._after is None:
            return None
        columns = key_columns(table)
        return tuple(map(as_column, columns, self._after))

    def _put(self, rows: Sequence[Table]) -> None:
        for row in rows:
            self._zip.write(encode(values_of(row)) + b"\n")
        self._file.write(self._zip.take())

    async def keep(self) -> Progress:
        """Puts all of it on disk, and returns where to go on."""
        self._file.write(self._zip.take())
        await asyncio.to_thread(self._file.keep)
        return Progress(
            through=self._through,
            after=self._after,
            parts=self._parts,
            rows=self.rows,
            entries=self._zip.entries,
            offset=self._zip.offset,
            length=self._file.length,
            number=self._file.number,
        )

    async def finish(self, signing: Signing, account_id: UUID, company: str) -> int:
        """Writes the signed manifest and the end. Returns how many bytes the ZIP has."""
        self._zip.add("data-map.json", encode(all_entries()))
        manifest = {
            "format": FORMAT,
            "schema_version": 1,
            "generated_at": now(),
            "software": {"name": "Chathaven", "version": __version__},
            "account": {"id": account_id, "company": company},
            # For an installation that does not know this one: see import_file.py.
            "public_key": signing.public_key,
            "tables": self.rows,
            "files": [
                {"name": each.name, "bytes": each.size, "sha256": each.sha256}
                for each in self._zip.entries
            ],
        }
        signed = signing.sign(msgspec.to_builtins(manifest))
        self._zip.add("manifest.json", msgspec.json.format(encode(signed), indent=2))
        self._zip.close()
        self._file.write(self._zip.take())
        await asyncio.to_thread(self._file.finish)
        return self._zip.offset

    def close(self) -> None:
        """Lets the file go."""
        self._file.close()
