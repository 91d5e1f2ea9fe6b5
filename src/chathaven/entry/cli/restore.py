"""`chathaven restore FILE`: an installation as it was, without those who were erased since."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
from sqlalchemy.exc import DBAPIError

from chathaven.base.clock import now
from chathaven.base.errors import Unavailable
from chathaven.base.settings import Settings
from chathaven.engines.backup import ledgers
from chathaven.engines.backup.archive import INSTALLATION, Archive, opening
from chathaven.engines.backup.create import Tell
from chathaven.engines.backup.exchange import KEYRING, Moves, exchange, remove_folder, settle, stage
from chathaven.engines.backup.ledgers import FOLDER, Held
from chathaven.engines.backup.rebuild import Replayed, Target, check_version, fill, finish, replay
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.database.embedded import Embedded
from chathaven.engines.database.embedded_conf import OWNER
from chathaven.engines.database.given import prepare
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.ledger import FILE_NAME as FILE_OF_LEDGER
from chathaven.engines.ledger_changes import Changes
from chathaven.engines.vault.signing import FILE_NAME
from chathaven.entry import slices
from chathaven.entry.cli import restore_again
from chathaven.entry.cli.backup import beside
from chathaven.entry.cli.installation import only_one
from chathaven.entry.cli.progress import Progress
from chathaven.entry.cli.refusal import Refusal
from chathaven.entry.cli.restore_files import BroughtFiles, in_words, restore_files
from chathaven.entry.cli.restore_keys import Keys, choose
from chathaven.entry.cli.restore_work import Again, set_right
from chathaven.product.audit.anchors import FOLDER as ANCHORS

assert slices.HANDLERS, "every slice's tables are mapped"


@dataclass(frozen=True)
class Options:
    """What was said on the command line."""

    file: Path | None
    keys: Path | None = None
    passphrase: Path | None = None
    ledger: list[Path] = field(default_factory=list)
    yes: bool = False
    finish: bool = False
    damaged_ledger: bool = False
    no_ledger: bool = False


class Done(NamedTuple):
    """What a restore came to."""

    replayed: Replayed
    again: Again
    files: BroughtFiles


def restore(settings: Settings, options: Options) -> int:
    """Restores a backup; returns the exit status.

    Raises:
        BackupError: something does not fit; the installation that is there stays as it was.
        EmbeddedError: the embedded database cannot start.
        GivenDatabaseError: the given one will not do.
        Refusal: the data folder is in use, or the person at the terminal said no.
    """
    with only_one(settings.data):
        said = settle(settings.data, settings.database_os_user)
        if said:
            print(said)
        if options.finish or options.file is None:
            print("There is nothing to finish." if said is None else "Done.")
            return 0
        with opening(options.file.absolute()) as archive, Progress() as progress:
            archive.check(lambda done, total: progress("reading the backup", done, total))
            check_version(archive)
            keys = choose(settings, archive, options.keys, options.passphrase)
            held = _ledgers(settings, archive, options)
            keep = _ask(settings, archive, keys, options)
            try:
                replayed, again, files = _restore(settings, archive, keys, held, keep, progress)
            except OSError as error:
                raise Refusal(f"The disk failed: {error.strerror}; nothing was changed") from None
            except (psycopg.Error, DBAPIError, Unavailable) as error:
                # Not its text, which may hold what somebody wrote.
                raise Refusal(
                    f"The database that was built failed ({type(error).__name__}): is the disk "
                    "full? What was here stays as it was"
                ) from None
        _tell(archive, keys, held, replayed, again)
        print(in_words(files))
        if keep is not None and (settings.data / keep).exists():
            print(f"What was here is kept in {settings.data / keep}: remove it when all is well.")
    return 0


def _ledgers(settings: Settings, archive: Archive, options: Options) -> list[Held]:
    given = list(options.ledger)
    near = beside(archive.path, "ledger")
    if not given and near.is_file():
        given.append(near)
    held = ledgers.gather(settings.data, given)
    if (wrong := ledgers.faults(held)) and not options.damaged_ledger:
        raise BackupError(
            f"The ledger of erasures is damaged. {' '.join(wrong)} Name a whole copy with "
            "--ledger, or go on with what can be read of it, with --damaged-ledger"
        )
    if options.no_ledger:
        return held
    if not any(each.read.holds(archive.manifest.ledger) for each in held):
        raise BackupError(
            "The ledger of erasures that was there when the backup was made is not here, so "
            "people who were erased could come back: name a copy of it with --ledger (or, where "
            "it is lost, say --no-ledger)"
        )
    return held


def _ask(settings: Settings, archive: Archive, keys: Keys, options: Options) -> str | None:
    """Asks whether to go on. Returns where the old installation is kept; None where it is removed.

    It is kept where nobody was there to be asked.

    Raises:
        Refusal: the answer is no.
    """
    made = archive.manifest
    print(f"The backup is of {made.created_at}, by Chathaven {made.chathaven}.")
    print(f"Its keys come from {keys.words}.")
    there = (settings.data / "postgres" / "cluster").is_dir()
    if settings.database_url is not None:
        print("It goes into the database of CHATHAVEN_DATABASE_URL, which has to be empty.")
    elif there:
        print(f"It takes the place of the installation in {settings.data}.")
    if options.yes or not there:
        return None
    if not sys.stdin.isatty():
        return f"before-restore-{now():%Y%m%d-%H%M%S}"
    print("What was written there since the backup will be gone for good.")
    try:
        answer = input('Go on? Type "yes": ')
    except EOFError:
        answer = ""
    if answer.strip().lower() != "yes":
        raise Refusal("Nothing was changed")
    return None


def _restore(
    settings: Settings,
    archive: Archive,
    keys: Keys,
    held: list[Held],
    keep: str | None,
    progress: Progress,
) -> Done:
    data = settings.data
    staged = stage(data)
    try:
        done, moves = _stage(settings, staged, archive, keys, held, keep, progress)
    except BaseException:
        remove_folder(staged, settings.database_os_user)
        raise
    exchange(data, moves, settings.database_os_user)
    return done


def _stage(
    settings: Settings,
    staged: Path,
    archive: Archive,
    keys: Keys,
    held: list[Held],
    keep: str | None,
    progress: Progress,
) -> tuple[Done, Moves]:
    """Builds everything aside; returns what was done, and what is to take whose place."""
    data = settings.data
    ledgers.keep(held, staged, _first(data, held))
    if (data / ANCHORS).is_dir():
        shutil.copytree(data / ANCHORS, staged / ANCHORS)
    if archive.has(INSTALLATION):
        (staged / INSTALLATION).write_bytes(archive.whole(INSTALLATION))
    with ExitStack() as stack:
        target = _target(settings, staged, stack)
        there = keys.stage(staged)
        replayed, again = build(target, archive, keys, there, held, progress)
        files = restore_files(there, archive, target.wide, progress)
    (staged / "postgres" / "socket-folder").unlink(missing_ok=True)
    names = ["postgres", FOLDER, ANCHORS, INSTALLATION, FILE_NAME]
    # A store elsewhere has them already, and what nothing names there is swept from it.
    names += ["files"] if files.held and settings.files_url is None else []
    moved = [name for name in names if (staged / name).exists()]
    goes = str(settings.keyring) if (staged / KEYRING).exists() else None
    return Done(replayed, again, files), Moves(moved, ["exports"], goes, keep)


def build(
    target: Target,
    archive: Archive,
    keys: Keys,
    there: Settings,
    held: list[Held],
    tell: Tell,
    look: Callable[[], None] = lambda: None,
) -> tuple[Replayed, Again]:
    """Builds a database from a backup, and takes out of it who was erased.

    `there` are the settings of the installation that is built. `look` is called just before the
    ledger is replayed.
    """
    fill(target, archive, tell)
    tell("bringing back the keys", 0, 0)
    keys.load(target, there)
    look()
    read = [each.read for each in held]
    replayed = replay(target, read, keys_are_newer=keys.are_newer, tell=tell)
    changes = Changes(read, datetime.fromisoformat(archive.manifest.created_at))
    again = asyncio.run(set_right(there, target.urls, archive, replayed, changes))
    finish(target)
    return replayed, again


def _first(data: Path, held: list[Held]) -> Held | None:
    """Returns the ledger that goes on: the installation's own, or else the longest."""
    own = data / FOLDER / FILE_OF_LEDGER
    mine = own.read_bytes().split(b"\n", 1)[0] + b"\n" if own.exists() else None
    same = [each for each in held if mine is not None and each.body.startswith(mine)]
    return next(iter(same or held), None)


def _target(settings: Settings, staged: Path, stack: ExitStack) -> Target:
    given = prepare(settings)
    if given is not None:
        return Target(given, given.owner, None)
    return stack.enter_context(embedded_target(settings, staged))


@contextmanager
def embedded_target(settings: Settings, staged: Path) -> Iterator[Target]:
    """Gives a new, empty database in a folder, on a socket of its own."""
    with Embedded.start(staged / "postgres", os_user=settings.database_os_user) as server:
        urls = DatabaseUrls(owner=server.owner_dsn, app=server.app_dsn)
        yield Target(urls, server.launcher_dsn, OWNER)


def _tell(archive: Archive, keys: Keys, held: list[Held], replayed: Replayed, again: Again) -> None:
    lines = sum(each.read.erasures for each in held)
    print(f"Restored {sum(archive.manifest.counts.values())} rows.")
    print(
        f"The ledger knows {lines} erasures. Of them {replayed.people} people and "
        f"{len(replayed.accounts)} accounts were in the backup, and were removed again."
    )
    if replayed.keyless:
        done = "were removed as well" if keys.are_newer else "cannot be read"
        print(f"{replayed.keyless} people have no key any more; their rows {done}.")
    print(f"{replayed.rows} rows were removed.")
    for line in restore_again.in_words(again.done):
        print(line)
    if again.erasures:
        print(f"{again.erasures} erasures that were under way then are queued again.")
    print("Letters, exports and other jobs that were waiting then were not brought back,")
    print("and operators sign in anew. Start it with chathaven serve.")
