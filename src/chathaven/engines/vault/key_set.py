"""A key set: the roots and every wrapped key of an installation, in one file under a passphrase.

Old data opens with the newest keys, so a key set of today and a backup of any age are what a
restore takes. Who has the file and the passphrase can open everything that the installation can,
and what was erased since: it is kept apart from the backups, and only the last few are kept.

The file is one line of JSON (the format, and how the passphrase makes the key: Argon2id, RFC 9106)
and sealed chunks (`engines.files.sealed_file`) of JSON lines, bound to that first line.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg
from argon2.low_level import Type, hash_secret_raw
from psycopg import sql

from chathaven.base.clock import now
from chathaven.base.disk import sync
from chathaven.engines.files.sealed_file import Damaged, SealedWriter, read_sealed
from chathaven.engines.vault.epochs import EVERY_ACCOUNT, TRY_TO_HOLD_TICKS
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot, RootsStayInside

FORMAT = "chathaven-key-set-1"
TABLES = ("root_epochs", "installation_keys", "account_keys", "person_keys")
"""In the order in which they are read back."""
SHORTEST_PASSPHRASE = 12
_MOST_MEMORY, _MOST_PASSES, _MOST_LANES = 1 << 20, 32, 16
_LONGEST_HEAD = 500
_SALT = 16
_ROWS = 2_000
_AGAIN_SECONDS = 0.5

Connection = psycopg.Connection[tuple[Any, ...]]


class NoKeySet(Exception):
    """The file is no key set, is not whole, or the passphrase is another one."""


class _Stretch(msgspec.Struct):
    """How the passphrase makes the key: RFC 9106's second choice. Memory in KiB."""

    salt: bytes
    passes: int = 3
    memory: int = 64 * 1024
    lanes: int = 4


class _Head(msgspec.Struct):
    format: str
    argon2id: _Stretch


class KeySet(NamedTuple):
    """What a key set holds. `roots` is empty where they stay inside a hardware module.

    `signing` is the file of the key that signs, empty where it was not given.
    """

    made_at: datetime
    roots: dict[int, bytes]
    rows: dict[str, int]
    signing: bytes = b""


class _Contents(msgspec.Struct):
    made_at: datetime
    roots: dict[str, bytes]
    signing: bytes = b""


# Writing


def write_key_set(
    connection: Connection, keyring: Keyring, path: Path, passphrase: str, signing: bytes = b""
) -> KeySet:
    """Writes a key set (mode 0600), as of one moment; a tick waits meanwhile.

    `signing` is the file of the key that signs, which a lost installation needs too. The set is
    written beside its place, which it takes when it is whole and was read again.

    Raises:
        LostRoot: keys are wrapped by a root that is not in the keyring.
        OSError: it cannot be written.
        ValueError: the passphrase is too short.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ValueError(f"A passphrase has {SHORTEST_PASSPHRASE} characters or more.")
    connection.rollback()
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        made = _once_no_tick_runs(
            connection, lambda: _write(connection, keyring, draft, passphrase, signing)
        )
        # What does not open again is no copy.
        if read_key_set(draft, passphrase) != made:
            raise OSError("what was written reads otherwise")
        draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return made


def _once_no_tick_runs(connection: Connection, write: Callable[[], KeySet]) -> KeySet:
    """Writes from a look at one moment at which no tick is under way; waits for it otherwise."""
    while True:
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            held = connection.execute(TRY_TO_HOLD_TICKS).fetchone()
            if held and held[0]:
                connection.execute(EVERY_ACCOUNT)
                return write()
        time.sleep(_AGAIN_SECONDS)


def _write(
    connection: Connection, keyring: Keyring, path: Path, passphrase: str, signing: bytes
) -> KeySet:
    contents = _Contents(now(), {str(n): root for n, root in _roots(keyring).items()}, signing)
    _all_there(connection, keyring)
    head = _Head(FORMAT, _Stretch(os.urandom(_SALT)))
    line = msgspec.json.encode(head) + b"\n"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(line)
    writer = SealedWriter(path, _key(head, passphrase), line, length=len(line))
    try:
        writer.write(msgspec.json.encode(contents) + b"\n")
        counts = {table: _write_table(connection, writer, table) for table in TABLES}
        writer.write(msgspec.json.encode(counts) + b"\n")
        writer.finish()
    finally:
        writer.close()
    return _said(contents, counts)


def _said(contents: _Contents, counts: dict[str, int]) -> KeySet:
    roots = {int(n): root for n, root in contents.roots.items()}
    return KeySet(contents.made_at, roots, counts, contents.signing)


def _roots(keyring: Keyring) -> dict[int, bytes]:
    with suppress(RootsStayInside):
        return keyring.roots.export()
    return {}


def _all_there(connection: Connection, keyring: Keyring) -> None:
    rows = connection.execute(
        "SELECT root_epoch FROM account_keys UNION SELECT root_epoch FROM installation_keys"
    )
    if missing := {row[0] for row in rows} - keyring.roots.held():
        raise LostRoot(f"Keys are wrapped by roots that are not in the keyring: {sorted(missing)}.")


def _write_table(connection: Connection, writer: SealedWriter, table: str) -> int:
    count = 0
    with connection.cursor(name=f"of_{table}") as rows:
        rows.itersize = _ROWS
        rows.execute(sql.SQL("SELECT to_jsonb(t) FROM {} AS t").format(sql.Identifier(table)))
        for (row,) in rows:
            writer.write(msgspec.json.encode([table, row]) + b"\n")
            count += 1
    return count


# Reading


def read_key_set(path: Path, passphrase: str) -> KeySet:
    """Reads a key set to its end, and says what it holds.

    Raises:
        NoKeySet: it is none, is not whole, or the passphrase is another one.
        OSError: it cannot be read.
    """
    lines = _lines(path, passphrase)
    contents = _contents(lines)
    counts = dict.fromkeys(TABLES, 0)
    last: Any = None
    for last in lines:
        if isinstance(last, list):
            counts[last[0]] += 1
    if last != counts:
        raise NoKeySet(f"{path} is not whole.")
    return _said(contents, counts)


def rows_of(path: Path, passphrase: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yields the rows of a key set by table, some at a time, as `jsonb_populate_record` takes them.

    Raises:
        NoKeySet: as `read_key_set`; what was yielded before is genuine all the same.
    """
    lines = _lines(path, passphrase)
    _contents(lines)
    waiting: list[dict[str, Any]] = []
    table = ""
    for line in lines:
        name = line[0] if isinstance(line, list) else ""
        if waiting and (name != table or len(waiting) == _ROWS):
            yield table, waiting
            waiting = []
        table = name
        if name:
            waiting.append(line[1])


def _contents(lines: Iterator[Any]) -> _Contents:
    try:
        return msgspec.convert(next(lines), _Contents)
    except (StopIteration, msgspec.ValidationError):
        raise NoKeySet("This is no key set.") from None


def _lines(path: Path, passphrase: str) -> Iterator[Any]:
    line, head = _head(path)
    chunks = read_sealed(path, _key(head, passphrase), line, len(line))
    rest = b""
    for chunk in _genuine(path, chunks):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from map(msgspec.json.decode, whole)


def _genuine(path: Path, chunks: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except Damaged:
        raise NoKeySet(
            f"{path} does not open: the passphrase is another one, or the file is damaged."
        ) from None


def _head(path: Path) -> tuple[bytes, _Head]:
    with path.open("rb") as file:
        line = file.readline(_LONGEST_HEAD)
    try:
        head = msgspec.json.decode(line, type=_Head)
    except msgspec.MsgspecError:
        raise NoKeySet(f"{path} is no key set.") from None
    if head.format != FORMAT or not _is_bearable(head.argon2id):
        raise NoKeySet(f"{path} is no key set of a known format ({FORMAT}).")
    return line, head


def _is_bearable(how: _Stretch) -> bool:
    """Whether Argon2id takes these, and comes to an end with them: they stand before any seal."""
    return (
        1 <= how.passes <= _MOST_PASSES
        and 1 <= how.lanes <= _MOST_LANES
        and 8 * how.lanes <= how.memory <= _MOST_MEMORY
        and len(how.salt) == _SALT
    )


def _key(head: _Head, passphrase: str) -> bytes:
    how = head.argon2id
    return hash_secret_raw(
        passphrase.encode(), how.salt, how.passes, how.memory, how.lanes, 32, Type.ID
    )
