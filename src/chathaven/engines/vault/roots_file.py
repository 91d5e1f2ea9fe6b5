"""Root keys in a file outside the database: `keyring.json`, mode 0600.

It is changed under a lock, written anew beside itself, on disk before it takes the old one's
place; then the old one's bytes are overwritten. On an SSD, a file system that copies on write, or
a snapshot, overwriting is best effort: the old bytes may stay readable to whoever has the disk.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from chathaven.base.disk import sync
from chathaven.base.settings import SettingError
from chathaven.engines.vault.key_file import TooOpen, read_private, write_once
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.wrapping import CannotUnwrap, unwrap, wrap

FORMAT = "chathaven-keyring-1"
_ATTEMPTS = 5
_BETWEEN_SECONDS = 0.02


class Unreadable(Exception):
    """The file is not a keyring; the text says so in one line."""


class _File(msgspec.Struct):
    format: str
    current: int
    epochs: dict[str, str]


class FileRoots:
    """The roots in one file. Read anew for each use, so that nothing old stays in memory.

    Only a tick remembers, from `watch` to `settle`: a file that is lost, damaged or put back to an
    older copy meanwhile is completed, and no living key is lost.
    """

    kind = "file"
    is_slow = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[int, bytes] = {}
        self._watching = False

    @classmethod
    def open(cls, path: Path) -> FileRoots:
        """Reads the file, or makes it with a first root when there is none.

        Two processes that start together end with the same file.

        Raises:
            SettingError: the file cannot be made or read, others may read it, or it is damaged.
        """
        roots = cls(path)
        try:
            if not path.exists():
                cls.begin(path, {1: os.urandom(32)})
            roots._read()
        except (TooOpen, Unreadable) as error:
            raise SettingError(f"CHATHAVEN_KEYRING: {error}") from None
        except OSError as error:
            raise SettingError(
                f"CHATHAVEN_KEYRING: cannot make or read {path}: {error.strerror}."
            ) from None
        return roots

    @staticmethod
    def begin(path: Path, roots: Mapping[int, bytes]) -> None:
        """Makes the file, or leaves the one that is there.

        Raises:
            OSError: it cannot be written.
        """
        write_once(path, _encoded(roots))

    def where(self) -> str:
        """Returns the file's path."""
        return str(self.path)

    def held(self) -> set[int]:
        """Returns the epochs whose root is in the file."""
        return set(self._read())

    def make(self, epoch: int) -> None:
        """Adds a new random root.

        Raises:
            OSError: it cannot be written; then nothing has changed.
            LostRoot: there is a root of this epoch.
        """
        root = os.urandom(32)
        with self._changing() as roots:
            if epoch in roots:
                raise LostRoot(f"A root of epoch {epoch} is there already.")
            roots[epoch] = root
        self.remember(epoch, root)

    def remember(self, epoch: int, root: bytes) -> None:
        """Keeps a root that was made during a tick from getting lost."""
        if self._watching:
            self._known[epoch] = root

    def wrap(self, epoch: int, key: bytes, bound: bytes) -> bytes:
        """Wraps a key; see `Roots.wrap`."""
        return wrap(self._root(epoch), key, bound)

    def unwrap(self, epoch: int, wrapped: bytes, bound: bytes) -> bytes:
        """Unwraps a key; see `Roots.unwrap`."""
        return unwrap(self._root(epoch), wrapped, bound)

    def destroy(self, epochs: Iterable[int]) -> None:
        """Takes roots out of the file; see `Roots.destroy`."""
        gone = set(epochs)
        with self._changing() as roots:
            for epoch in gone & set(roots) - {max(roots)}:
                del roots[epoch]
                self._known.pop(epoch, None)

    def clear(self, epochs: Iterable[int]) -> None:
        """Takes roots out, the newest too; with the last one goes the file. See `Roots.clear`."""
        if not self.path.exists():
            return
        with self._changing() as roots:
            for epoch in set(epochs) & set(roots):
                del roots[epoch]
                self._known.pop(epoch, None)

    def export(self) -> dict[int, bytes]:
        """Returns the bare roots."""
        return self._read()

    def bring(self, roots: Mapping[int, bytes]) -> None:
        """Adds roots that were exported; see `Roots.bring`."""
        with self._changing() as here:
            for epoch, root in roots.items():
                if here.setdefault(epoch, root) != root:
                    raise LostRoot(f"Another root of epoch {epoch} is here.")

    def watch(self) -> None:
        """Begins a tick; see `Roots.watch`."""
        self._known, self._watching = self._read(), True

    def complete(self) -> None:
        """Puts back what others took away; see `Roots.complete`."""
        if self._known:
            with self._changing():
                pass

    def settle(self) -> None:
        """Ends a tick; see `Roots.settle`."""
        self._known, self._watching = {}, False

    def _root(self, epoch: int) -> bytes:
        root = self._read().get(epoch)
        if root is None:
            raise CannotUnwrap(f"The root of epoch {epoch} is not in the keyring.")
        return root

    def _read(self) -> dict[int, bytes]:
        """Returns what the file holds.

        Raises:
            TooOpen: others may read it.
            Unreadable: it is no keyring.
            OSError: it cannot be read.
        """
        # Whoever opened the file just before it was replaced reads bytes that are overwritten.
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(Unreadable):
                return _decoded(self.path, read_private(self.path))
            time.sleep(_BETWEEN_SECONDS)
        return _decoded(self.path, read_private(self.path))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[int, bytes]]:
        """Gives the roots to be changed, and has the change on disk at the end."""
        # Beside the file, which is replaced: whoever waits would lock what is no longer there.
        lock = os.open(
            self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = self._there()
            roots = before | self._known
            yield roots
            if roots and roots != before:
                self._replace(_encoded(roots))
            elif roots != before:
                self._remove()
        finally:
            os.close(lock)

    def _there(self) -> dict[int, bytes]:
        """Returns what the file holds; nothing of a file that was lost during a tick."""
        try:
            return self._read()
        except (FileNotFoundError, Unreadable):
            if not self._watching:
                raise
            self.path.touch(mode=0o600)
            return {}

    def _remove(self) -> None:
        with self.path.open("r+b") as old:
            self.path.unlink()
            sync(self.path.parent)
            _overwrite(old.fileno())

    def _replace(self, body: bytes) -> None:
        draft = self.path.with_name(f".{self.path.name}.new")
        with self.path.open("r+b") as old:
            try:
                # What a crash left behind is written over; we hold the lock.
                with os.fdopen(
                    os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
                ) as new:
                    os.fchmod(new.fileno(), stat.S_IMODE(os.fstat(old.fileno()).st_mode) & 0o600)
                    new.write(body)
                    new.flush()
                    os.fsync(new.fileno())
                draft.replace(self.path)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            sync(self.path.parent)
            _overwrite(old.fileno())


def _overwrite(old: int) -> None:
    """Overwrites a file that has no name any more, as far as the disk lets us."""
    # The new file stands; a disk that takes no more writes makes this no failure.
    with contextlib.suppress(OSError):
        size = os.fstat(old).st_size
        os.pwrite(old, os.urandom(size), 0)
        os.fsync(old)


def _encoded(roots: Mapping[int, bytes]) -> bytes:
    made = _File(
        FORMAT,
        max(roots),
        {str(epoch): base64.b64encode(roots[epoch]).decode() for epoch in sorted(roots)},
    )
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def _decoded(path: Path, body: bytes) -> dict[int, bytes]:
    try:
        held = msgspec.json.decode(body, type=_File)
        roots = {int(n): base64.b64decode(k, validate=True) for n, k in held.epochs.items()}
    except (msgspec.MsgspecError, ValueError):
        raise Unreadable(f"{path} is not a keyring; it takes a file made by chathaven.") from None
    whole = all(len(root) == 32 for root in roots.values()) and held.current in roots
    if held.format != FORMAT or not whole:
        raise Unreadable(f"{path} is not a keyring of a known format ({FORMAT}).")
    return roots
