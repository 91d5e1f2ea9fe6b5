"""`chathaven keys move`: the roots into a hardware module, into another one, or into a file."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import psycopg

from chathaven.base.settings import Settings
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.key_file import TooOpen, write_once
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.move import move as move_roots
from chathaven.engines.vault.roots import LostRoot, Roots, open_at
from chathaven.engines.vault.roots_file import Unreadable
from chathaven.engines.vault.roots_moving import FileToBe, MovingRoots
from chathaven.engines.vault.tick import Tick
from chathaven.engines.vault.wrapping import CannotUnwrap
from chathaven.entry.cli.installation import existing, only_one
from chathaven.entry.cli.keyring_fits import MOVING, place_being_moved_to
from chathaven.entry.cli.refusal import Refusal

_PARTING_SECONDS = 2
"""PostgreSQL still counts a connection for a moment after its other end is gone."""
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND usename = current_user AND pid <> pg_backend_pid()"
)


def move(settings: Settings, to: str, pin_file: Path | None) -> int:
    """Makes new roots in another place, wraps everything under them, and destroys the old ones.

    `to` is a file or an address, as CHATHAVEN_KEYRING takes it. Killed, it is ended by the same
    call again.

    Raises:
        Refusal: a server runs, the new place is not empty, or one of them does not do it; nothing
            living is lost.
        SettingError: `to` or the PIN cannot be taken.
    """
    there = _other(settings, to, pin_file)
    with existing(settings) as urls, only_one(settings.data):
        refuse_company(urls)
        _refuse_without_keys(urls)
        old, new = _open(settings), _open(there)
        if old.where() == new.where():
            raise Refusal(f"The roots live in {new.where()} already")
        _begin(settings, to, new)
        try:
            tick = asyncio.run(_move(settings, urls, MovingRoots(old, new)))
        except (LostRoot, CannotUnwrap, Unreadable, TooOpen) as error:
            raise Refusal(str(error)) from None
        except OSError as error:
            raise Refusal(f"The move did not come to its end: {error.strerror or error}") from None
        (settings.data / MOVING).unlink()
    print(f"The root of epoch {tick.new_epoch} in {new.where()} wraps every key.")
    print(f"{old.where()} holds none any more.")
    print(f"Before the next start set CHATHAVEN_KEYRING={to}")
    if there.keyring_pin_file is not None:
        print(f"and CHATHAVEN_KEYRING_PIN_FILE={there.keyring_pin_file}")
    print("Copies of the keys from before open what was erased: make a new one with")
    print("chathaven keys export, and delete them.")
    return 0


def _other(settings: Settings, to: str, pin_file: Path | None) -> Settings:
    """Returns settings that name the new place.

    Raises:
        SettingError: it cannot be taken.
    """
    names = {"CHATHAVEN_KEYRING": to, "CHATHAVEN_KEYRING_PIN_FILE": str(pin_file or "")}
    read = Settings.from_env(names, data=settings.data)
    return replace(
        settings,
        keyring=read.keyring,
        keyring_address=read.keyring_address,
        keyring_pin_file=read.keyring_pin_file,
    )


def _open(settings: Settings) -> Roots:
    if settings.keyring_address is not None:
        return open_at(settings.keyring_address, settings.keyring_pin_file)
    if settings.keyring.exists():
        # Says in one line what is wrong with a file that is there.
        Keyring.open(settings.keyring)
    return FileToBe(settings.keyring.absolute())


def refuse_company(urls: DatabaseUrls) -> None:
    """Looks whether anybody else uses the database, on whatever machine.

    Raises:
        Refusal: somebody does.
    """
    with psycopg.connect(urls.app, autocommit=True) as connection:
        deadline = time.monotonic() + _PARTING_SECONDS
        while connection.execute(_OTHERS).fetchone() != (0,):
            if time.monotonic() > deadline:
                raise Refusal(
                    "A server or a worker uses this database: stop every one, and move then"
                )
            time.sleep(0.05)


def _refuse_without_keys(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.app) as connection:
        if connection.execute("SELECT 1 FROM root_epochs LIMIT 1").fetchone() is None:
            raise Refusal("There are no keys yet: set CHATHAVEN_KEYRING, and start there")


def _begin(settings: Settings, to: str, new: Roots) -> None:
    """Notes where the roots move to; from then on no server starts until the move is ended.

    Raises:
        Refusal: another move is under way, or the new place holds what this one did not make.
    """
    under_way = place_being_moved_to(settings)
    if under_way is None:
        if held := new.held():
            raise Refusal(
                f"{new.where()} holds roots already ({len(held)}), which may be another"
                " installation's: name an empty place, or another object= in the address"
            )
        write_once(settings.data / MOVING, os.fsencode(to) + b"\n")
    elif under_way != to:
        raise Refusal(f"A move to {under_way} was begun: end it first, with the same command")


async def _move(settings: Settings, urls: DatabaseUrls, roots: MovingRoots) -> Tick:
    # Here and not above: the other commands of keys need no product.
    from chathaven.entry.ground import build

    process = build(settings, urls, runs_jobs=False, keyring=Keyring(roots))
    try:
        return await move_roots(process.ground.database, process.ground.vault)
    finally:
        await process.ground.database.close()
