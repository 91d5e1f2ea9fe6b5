"""`chathaven keys`: what keys there are, a tick now, and a copy of them for a second place."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.errors import LockNotAvailable

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.daily import PERIOD
from chathaven.engines.vault.epochs import EVERY_ACCOUNT, proves
from chathaven.engines.vault.key_file import TooOpen
from chathaven.engines.vault.key_set import NoKeySet, write_key_set
from chathaven.engines.vault.key_set_bring import bring_missing
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.roots import LostRoot
from chathaven.engines.vault.roots_file import Unreadable
from chathaven.engines.vault.signing import FILE_NAME
from chathaven.engines.vault.tick import Tick, shred_tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from chathaven.entry.cli.installation import existing
from chathaven.entry.cli.keyring_fits import keyring_that_is_there, refuse_while_moving
from chathaven.entry.cli.passphrase import new_passphrase, open_key_set
from chathaven.entry.cli.refusal import Refusal

_TOLD_SECONDS = 5.0
_FAULTS = (LostRoot, CannotUnwrap, Unreadable, TooOpen)


class _Epoch(NamedTuple):
    epoch: int
    created_at: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None
    proof: bytes
    rows: int


# Status


def status(settings: Settings) -> int:
    """Prints the roots, the rows under each and who waits; returns 1 when a root is missing."""
    there = keyring_that_is_there(settings)
    with existing(settings) as urls, psycopg.connect(urls.app) as connection:
        connection.execute(EVERY_ACCOUNT)
        epochs = _epochs(connection)
        waiting, people = _counts(connection)
    if there is None or not epochs:
        print("There are no keys yet: they are made with the first account.")
        return 0
    held = there.roots.held()
    print(f"The roots live in a {there.roots.kind}: {there.roots.where()}")
    print("\nEpoch  Made              Keys under it  State")
    for each in epochs:
        print(
            f"{each.epoch:5}  {_moment(each.created_at)}  {each.rows:13}  "
            + _state(each, epochs, settings.key_grace, held)
        )
    print(
        f"\n{people} people's keys. {waiting} {'account waits' if waiting == 1 else 'accounts wait'}"
        " for a new key, because somebody was erased there."
    )
    print(f"An old root outlives the next tick by {settings.key_grace}; ticks come daily.")
    missing = [each for each in epochs if each.rows and not _is_here(each, there, held)]
    for each in missing:
        print(f"The root of epoch {each.epoch} is missing: bring a newer copy of the keys back.")
    return 1 if missing else 0


def _epochs(connection: psycopg.Connection[Any]) -> list[_Epoch]:
    rows = connection.execute(
        "SELECT e.epoch, e.created_at, e.retired_at, e.destroyed_at, e.proof,"
        " (SELECT count(*) FROM account_keys a WHERE a.root_epoch = e.epoch)"
        " + (SELECT count(*) FROM installation_keys i WHERE i.root_epoch = e.epoch)"
        " FROM root_epochs e ORDER BY e.epoch DESC LIMIT 20"
    )
    return [_Epoch(*row) for row in rows]


def _counts(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    row = connection.execute(
        "SELECT (SELECT count(DISTINCT account_id) FROM account_keys"
        " WHERE erased_epoch IS NOT NULL), (SELECT count(*) FROM person_keys)"
    ).fetchone()
    assert row is not None, "a count has a row"
    return int(row[0]), int(row[1])


def _is_here(each: _Epoch, keyring: Keyring, held: set[int]) -> bool:
    return each.epoch in held and proves(keyring, each.epoch, each.proof)


def _state(each: _Epoch, epochs: list[_Epoch], grace: int, held: set[int]) -> str:
    if each.destroyed_at is not None:
        return f"destroyed {_moment(each.destroyed_at)}"
    if each.epoch not in held:
        return "MISSING from the keyring"
    if each.retired_at is None:
        return "wraps new keys"
    newest = epochs[0]
    ticks = each.epoch + grace + 1 - newest.epoch
    due = newest.created_at + max(ticks, 1) * PERIOD + timedelta(hours=1)
    return f"dies with tick {max(ticks, 1)} from now, by {_moment(due)}"


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


# Rotate


def rotate(settings: Settings, *, now: bool) -> int:
    """Makes a tick; with `now` it destroys every older root at once.

    Raises:
        Refusal: it did not come to its end; nothing living is lost.
    """
    refuse_while_moving(settings)
    grace = 0 if now else settings.key_grace
    with existing(settings) as urls:
        try:
            tick = asyncio.run(_tick(settings, urls, grace))
        except LockNotAvailable:
            raise Refusal("Somebody holds the keys for long: try again in a minute") from None
        except _FAULTS as error:
            raise Refusal(str(error)) from None
        except OSError as error:
            raise Refusal(f"The keyring cannot be written: {error.strerror or error}") from None
    gone = ", ".join(map(str, tick.destroyed)) or "none"
    print(f"The root of epoch {tick.new_epoch} wraps new keys. Destroyed: {gone}.")
    print(
        f"{tick.accounts_rotated} {'account has' if tick.accounts_rotated == 1 else 'accounts have'}"
        f" a new key; {tick.people_rewrapped} people's keys were wrapped anew."
    )
    if tick.left:
        print(f"{tick.left} keys were in use and wait under their old root for the next tick.")
    print("A copy of the keys from before this tick opens what was erased: make a new one,")
    print("and delete those that are older than the last three.")
    return 0


async def _tick(settings: Settings, urls: DatabaseUrls, grace: int) -> Tick:
    # Here and not above: the other commands of this file need no product.
    from chathaven.entry.ground import build

    process = build(settings, urls, runs_jobs=False)
    bus = process.ground.bus
    bus.start()
    try:
        tick = await shred_tick(process.ground.database, process.ground.vault, grace=grace)
        if not await bus.spoken(_TOLD_SECONDS):
            print("Servers could not be told over Redis: they forget old keys within a minute.")
        return tick
    finally:
        await bus.close()
        await process.ground.database.close()


# Export and import


def export(settings: Settings, path: Path, secret: Path | None) -> int:
    """Writes all keys into a file under a passphrase.

    Raises:
        Refusal: they cannot be read or written.
    """
    keyring = keyring_that_is_there(settings)
    if keyring is None:
        raise Refusal("There are no keys yet: they are made with the first account")
    phrase = new_passphrase(secret, ask=True)
    with existing(settings) as urls, psycopg.connect(urls.app) as connection:
        try:
            signing = (settings.data / FILE_NAME).read_bytes()
            made = write_key_set(connection, keyring, path, phrase, signing)
        except _FAULTS as error:
            raise Refusal(str(error)) from None
        except OSError as error:
            raise Refusal(f"{path} is not written: {error.strerror or error}") from None
    if made.roots:
        print(f"Written to {path}: the roots of epochs {', '.join(map(str, sorted(made.roots)))},")
    else:
        print(f"Written to {path}, without the roots: they stay inside the hardware module. So")
        print("these keys open nothing without that module, or one that its maker's tools copied,")
    print(
        f"and {made.rows['account_keys']} accounts' and {made.rows['person_keys']} people's keys"
        + (", and the key that signs." if made.signing else ".")
    )
    print("With its passphrase it opens everything here, and who is erased from now on too until")
    print("you delete it: keep the last three, apart from backups, and the passphrase elsewhere.")
    return 0


def bring(settings: Settings, path: Path, secret: Path | None) -> int:
    """Brings roots back, and the keys that do not open here; what opens stays as it is.

    Raises:
        Refusal: the file is no key set, or belongs to another installation.
    """
    try:
        refuse_while_moving(settings)
        phrase, found = open_key_set(path, secret)
        if settings.keyring_address is None:
            keyring = Keyring.open_for_import(settings.keyring, found.roots)
        else:
            keyring = Keyring.of(settings)
        with existing(settings) as urls, psycopg.connect(urls.app) as connection:
            brought = bring_missing(connection, keyring, path, phrase)
    except LostRoot as error:
        raise Refusal(f"{error} Move {settings.keyring} away if it is not this one's") from None
    except (NoKeySet, *_FAULTS) as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror or error}") from None
    mended = brought.rows["account_keys"] + brought.rows["installation_keys"]
    print(f"Roots brought back: {', '.join(map(str, brought.roots)) or 'none was missing'}.")
    print(f"Keys of accounts that open again: {mended}.")
    if brought.closed:
        print(f"{brought.closed} keys still do not open: this copy is older than they are.")
        return 1
    print("Every account's key opens.")
    return 0
