"""Looking through folders: every file in them, and what it holds packed."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from chathaven.engines.scan.canary import ANYWHERE, Canary
from chathaven.engines.scan.containers import Kind
from chathaven.engines.scan.patterns import Patterns
from chathaven.engines.scan.stream import Hit, look

PIECE = 4 * 1024 * 1024


class Looked(msgspec.Struct):
    """What a look through one store came to. `unread` says what could not be looked at."""

    store: str
    pieces: int = 0
    size: int = 0
    hits: list[Hit] = msgspec.field(default_factory=list)
    by_design: list[Hit] = msgspec.field(default_factory=list)
    unread: list[str] = msgspec.field(default_factory=list)

    def take(self, found: list[tuple[Hit, Canary]]) -> None:
        """Adds what was found; what stands there by design is kept apart."""
        for hit, canary in found:
            may = self.store in canary.open_in or ANYWHERE in canary.open_in
            (self.by_design if may else self.hits).append(hit)


class Search:
    """A look through many stores for the same canaries."""

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns
        self._stores: dict[str, Looked] = {}

    @property
    def stores(self) -> list[Looked]:
        """What was looked through, in the order of the first look."""
        return list(self._stores.values())

    def store(self, name: str) -> Looked:
        """Returns a store's account, begun when it is new."""
        return self._stores.setdefault(name, Looked(name))

    def file(self, name: str, path: Path, shown: str) -> None:
        """Looks through one file; one that has gone meanwhile is none."""
        store = self.store(name)
        packed = Kind.BROTLI if path.suffix == ".br" else None
        try:
            with path.open("rb", buffering=0) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return
                store.take(look(self.patterns, name, shown, self._read(file, store), packed))
        except FileNotFoundError:
            return
        except OSError as error:
            store.unread.append(f"{shown}: {error.strerror}")
            return
        store.pieces += 1

    def folder(
        self, path: Path, kind_of: Callable[[Path], str | None], *, since: float = 0.0
    ) -> None:
        """Looks through every file below `path`.

        `kind_of` is given a file's path inside the folder and names its store, or None for one
        that is not looked at. Files last written before `since` (seconds since 1970) are passed
        over: what was planted later cannot be in them.
        """
        for file in self._walk(path, path, set()):
            inside = file.relative_to(path)
            name = kind_of(inside)
            if name is None:
                continue
            try:
                status = file.stat()
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_mtime >= since:
                self.file(name, file, str(inside))

    def held(self, name: str, shown: str, body: bytes) -> None:
        """Looks through bytes that are at hand."""
        store = self.store(name)
        store.take(look(self.patterns, name, shown, [body]))
        store.pieces += 1
        store.size += len(body)

    def canaries_in(self, shown: str, body: bytes) -> list[Canary]:
        """Returns the canaries that stand in bytes that are at hand."""
        return [canary for _, canary in look(self.patterns, shown, shown, [body])]

    @staticmethod
    def _read(file: io.FileIO, store: Looked) -> Iterator[bytes]:
        while piece := file.read(PIECE):
            store.size += len(piece)
            yield piece

    def _walk(self, top: Path, folder: Path, been: set[tuple[int, int]]) -> Iterator[Path]:
        """Yields files; folders behind links too (as pg_wal may be), each once."""
        try:
            here = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            self.store("folders").unread.append(f"{folder}: {error.strerror}")
            return
        if (here.st_dev, here.st_ino) in been:
            return
        been.add((here.st_dev, here.st_ino))
        for entry in entries:
            if entry.is_dir():
                yield from self._walk(top, Path(entry.path), been)
            else:
                yield Path(entry.path)
