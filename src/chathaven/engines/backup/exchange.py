"""Putting a restored installation in the place of the one that is there: all of it or nothing.

Everything is built in DATA/restoring. Until a marker (DATA/restore.json) is on disk, the old
installation stands as it was, and what was built is thrown away. From then on only names change,
and whoever comes next, be it `serve`, goes on with that to its end. The old installation is kept
in DATA/replaced until the new one stands, and is then removed.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from chathaven.base.disk import sync
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.backup.whole_file import fresh_file, remove_left
from chathaven.engines.database.embedded import resting

STAGED, REPLACED, MARKER = "restoring", "replaced", "restore.json"
KEYRING = "keyring.json"
_ON_DISK = ("postgres", "files")
_PATIENCE = 20.0


class Moves(msgspec.Struct, frozen=True):
    """What takes whose place. `keyring` is where the staged keyring goes; None where none was.

    `gone` are names that only the old installation has. `keep` is the name under which the old
    installation stays; None where it is removed.
    """

    names: list[str]
    gone: list[str]
    keyring: str | None
    keep: str | None = None


def is_waiting(data: Path) -> bool:
    """Whether an exchange has begun and has not come to its end."""
    return (data / MARKER).exists()


def settle(data: Path, os_user: str | None) -> str | None:
    """Ends what an interrupted restore has begun; returns what was done, in words.

    The caller holds the data folder for itself alone.

    Raises:
        BackupError: it cannot be ended; nothing is lost.
    """
    remove_left(data, MARKER)
    if is_waiting(data):
        _roll_forward(data, os_user)
        return "A restore that was interrupted is now complete."
    left = [name for name in (STAGED, REPLACED) if (data / name).exists()]
    for name in left:
        remove_folder(data / name, os_user)
    if STAGED in left:
        return "What an interrupted restore had begun was removed; nothing was changed."
    return None


def stage(data: Path) -> Path:
    """Makes the folder in which the restored installation is built."""
    folder = data / STAGED
    folder.mkdir(mode=0o700)
    # The database's account passes through, as it does through the data folder.
    folder.chmod(data.stat().st_mode & 0o777)
    return folder


def exchange(data: Path, moves: Moves, os_user: str | None) -> None:
    """Puts what was built in its place.

    Raises:
        BackupError: something cannot be moved; `settle` goes on with it.
    """
    _sync_all(data / STAGED)
    with fresh_file(data / MARKER) as file:
        file.write(msgspec.json.encode(moves))
    _roll_forward(data, os_user)


def _roll_forward(data: Path, os_user: str | None) -> None:
    try:
        moves = msgspec.json.decode((data / MARKER).read_bytes(), type=Moves)
        staged, replaced = data / STAGED, data / REPLACED
        if moves.keep is None or not (data / moves.keep).exists():
            replaced.mkdir(mode=0o700, exist_ok=True)
        with _at_rest(data, os_user):
            for name in moves.names:
                _move(staged / name, data / name, replaced / name)
            for name in moves.gone:
                if (data / name).exists():
                    (data / name).rename(replaced / name)
            if moves.keyring is not None:
                _move_keyring(staged / KEYRING, Path(moves.keyring), replaced / KEYRING)
            sync(data)
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupError(
            f"What was restored could not be put in its place ({error}): mend that and call "
            "chathaven restore --finish; nothing is lost"
        ) from error
    if moves.keep is not None and replaced.exists():
        replaced.rename(data / moves.keep)
        sync(data)
    (data / MARKER).unlink()
    sync(data)
    for name in (STAGED, REPLACED):
        remove_folder(data / name, os_user)


@contextlib.contextmanager
def _at_rest(data: Path, os_user: str | None) -> Iterator[None]:
    """Nobody may start the old database while it is moved away."""
    with contextlib.ExitStack() as held:
        if (data / "postgres" / "cluster").is_dir():
            held.enter_context(resting(data / "postgres", os_user=os_user))
        yield


def _move(new: Path, place: Path, old: Path) -> None:
    """Moves `new` to `place`, and what is there to `old`; may be done again at any step."""
    if not new.exists():
        return
    if place.exists():
        place.rename(old)
        sync(old.parent)
    new.rename(place)
    sync(place.parent)


def _move_keyring(new: Path, place: Path, old: Path) -> None:
    """Copies, for a keyring may lie on another disk."""
    if not new.exists():
        return
    if place.exists() and not old.exists():
        _copy_private(place, old)
    _copy_private(new, place)
    new.unlink()


def _copy_private(source: Path, target: Path) -> None:
    with fresh_file(target) as file:
        file.write(source.read_bytes())


def _sync_all(folder: Path) -> None:
    """Puts everything in a folder on disk. PostgreSQL has done so for its own, and the store of
    files for each object.
    """
    for path in folder.iterdir():
        if path.name not in _ON_DISK:
            for each in path.rglob("*"):
                sync(each)
            sync(path)
    sync(folder)


def remove_folder(folder: Path, os_user: str | None) -> None:
    """Removes a folder, waiting for a database in it that is still ending."""
    if not folder.exists():
        return
    if (folder / "postgres" / "cluster").is_dir():
        with resting(folder / "postgres", os_user=os_user):
            pass
    deadline = time.monotonic() + _PATIENCE
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists() and time.monotonic() > deadline:
            raise BackupError(f"{folder} cannot be removed: remove it yourself")
