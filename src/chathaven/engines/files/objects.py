"""Where files lie: a folder, or a bucket of S3, Google or Azure, behind one interface.

A name is `ACCOUNT/PERSON/RANDOM`, so that what belongs to a person or an account is found without
any row of the database, and nothing in it says anything by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from chathaven.base.disk import sync
from chathaven.base.settings import SettingError, Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_PIECE = 256 * 1024
_PART = 5 * 1024 * 1024
"""So much of what is written waits in memory; the other is the smallest part that S3 takes."""
_READ = 256 * 1024
# Without TLS only where the address of the store itself says http: what goes there is sealed, and
# the secret that signs requests is never sent.
_CLIENT: ClientConfig = {"connect_timeout": "5s", "timeout": "20s", "allow_http": True}
_RETRIES: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
Write = Callable[[bytes], Awaitable[None]]


class Missing(Exception):
    """There is no object of this name."""


class Away(Exception):
    """The store cannot be reached, or refuses."""


def new_object_name() -> str:
    """Returns the random part of a name."""
    return os.urandom(16).hex()


def person_folder(account_id: UUID, person_id: UUID) -> str:
    """Returns the beginning of the names of everything that is about a person."""
    return f"{account_id}/{person_id}"


class Objects:
    """The store of files. What is written here has been sealed before."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder
        """Where they lie, if that is on this machine."""

    @classmethod
    def open(cls, settings: Settings) -> Objects:
        """Opens the store of an installation; a folder is made when it is missing.

        Raises:
            SettingError: CHATHAVEN_FILES_URL names what cannot be opened.
        """
        folder = folder_of(settings)
        try:
            if folder is not None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                return cls(LocalStore(folder), folder)
            url = str(settings.files_url)
            return cls(from_url(url, client_options=_CLIENT, retry_config=_RETRIES))
        except (OSError, ValueError, obstore.exceptions.BaseError):
            # Without the cause: its text may repeat a password.
            raise SettingError(_CANNOT) from None

    def check(self) -> None:
        """Writes and removes a small object.

        Raises:
            SettingError: that does not work.
        """
        name = f"check-{new_object_name()}"
        try:
            obstore.put(self._store, name, b"chathaven")
            obstore.delete(self._store, name)
        except (OSError, obstore.exceptions.BaseError):
            raise SettingError(_CANNOT) from None

    @asynccontextmanager
    async def writing(self, name: str) -> AsyncIterator[Write]:
        """Gives what takes the pieces of a new object, which is there, durably, once this ends.

        Raises:
            Away: the store does not take it. Nothing is there then, nor after any other error.
        """
        size = _PART if self._folder is None else _PIECE
        held = [obstore.open_writer_async(self._store, name, buffer_size=size, max_concurrency=1)]

        async def write(data: bytes) -> None:
            with _taken():
                await held[0].write(data)

        try:
            yield write
            with _taken():
                await held[0].close()
        except BaseException:
            # Let go here, and not with the traceback: only then its part is gone from the disk.
            held.clear()
            raise
        if self._folder is not None:
            await asyncio.to_thread(_sync, self._folder, name)

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yields what an object holds, piece by piece.

        Raises:
            Missing: there is none.
            Away: the store cannot be reached.
        """
        with _told():
            found = await obstore.get_async(self._store, name)
            async for piece in found.stream(min_chunk_size=_READ):
                yield bytes(piece)

    async def remove(self, names: Iterable[str]) -> None:
        """Removes objects; those that are not there are gone already.

        Raises:
            Away: the store cannot be reached.
        """
        for name in names:
            with _told(), contextlib.suppress(FileNotFoundError):
                await obstore.delete_async(self._store, name)

    def count(self, folder: str) -> int:
        """Returns how many objects lie in a folder of the store. It takes a while."""
        with _told():
            return sum(len(batch) for batch in obstore.list(self._store, prefix=folder))

    def empty(self, folder: str) -> int:
        """Removes all objects of a folder, and returns how many. It takes a while."""
        removed = 0
        with _told():
            for batch in obstore.list(self._store, prefix=folder):
                for each in batch:
                    with contextlib.suppress(FileNotFoundError):
                        obstore.delete(self._store, each["path"])
                        removed += 1
        self._tidy(folder)
        return removed

    def names(self, folder: str | None = None) -> Iterator[str]:
        """Yields the names of all objects, or of those in a folder. It takes a while."""
        with _told():
            for batch in obstore.list(self._store, prefix=folder):
                yield from (each["path"] for each in batch)

    def whole(self, name: str) -> bytes:
        """Returns all that an object holds, for copying.

        Raises:
            Missing: there is none.
            Away: the store cannot be reached.
        """
        with _told():
            return bytes(obstore.get(self._store, name).bytes())

    def put(self, name: str, data: bytes) -> None:
        """Writes an object whole, or in the place of one of its name. Durable, once this ends.

        Raises:
            Away: the store does not take it.
        """
        with _told():
            obstore.put(self._store, name, data)
        if self._folder is not None:
            _sync(self._folder, name)

    def older(self, than: datetime) -> list[str]:
        """Returns the names of all objects that were written before a time. It takes a while."""
        with _told():
            return [
                each["path"]
                for batch in obstore.list(self._store)
                for each in batch
                if each["last_modified"] < than
            ]

    def remove_parts(self, than: datetime) -> int:
        """Removes what a killed process left half written in a folder of this machine.

        A bucket removes such parts by a rule of its own. Returns how many there were.
        """
        removed = 0
        # The interface names them with this sign, and lists none of them.
        for path in self._folder.rglob("*#*") if self._folder else ():
            with contextlib.suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < than.timestamp():
                    path.unlink()
                    removed += 1
        return removed

    def _tidy(self, folder: str) -> None:
        """Removes what an emptied folder leaves on the disk: half-written parts, and itself."""
        if self._folder is None:
            return
        root = self._folder / folder
        for path in sorted(root.rglob("*"), reverse=True):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        with contextlib.suppress(OSError):
            root.rmdir()


_CANNOT = (
    "CHATHAVEN_FILES_URL names a place where files cannot be written and removed: it takes"
    " file:///folder, s3://bucket, gs://bucket or az://container"
)


def folder_of(settings: Settings) -> Path | None:
    """Returns the folder of an installation's files, or None where they lie in a bucket."""
    if settings.files_url is None:
        return settings.data / "files"
    if settings.files_url.startswith("file:"):
        return Path(unquote(urlsplit(settings.files_url).path))
    return None


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turns the store's errors into ours, whose text names no object."""
    try:
        yield
    except FileNotFoundError:
        raise Missing from None
    except (OSError, obstore.exceptions.BaseError) as error:
        raise Away(type(error).__name__) from None


@contextlib.contextmanager
def _taken() -> Iterator[None]:
    """The same for what is written: where its folder has gone meanwhile, it was not taken."""
    try:
        with _told():
            yield
    except Missing:
        raise Away("FileNotFoundError") from None


def _sync(root: Path, name: str) -> None:
    """Puts a file and its name on the disk, and the folders that may have come with it.

    Raises:
        Away: the disk fails, or the folder has gone meanwhile with whom it was about.
    """
    path = root / name
    try:
        for each in (path, *path.parents):
            sync(each)
            if each == root:
                return
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise Away(type(error).__name__) from None
