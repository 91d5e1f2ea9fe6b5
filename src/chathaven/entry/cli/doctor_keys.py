"""What `doctor` looks at in the keys."""

from __future__ import annotations

import stat
from typing import Any

import psycopg

from chathaven.base.settings import SettingError, Settings
from chathaven.engines.database.given import connect
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.epochs import EVERY_ACCOUNT, proves
from chathaven.engines.vault.keyring import Keyring
from chathaven.entry.cli.finding import Finding
from chathaven.entry.cli.keyring_fits import keyring_that_is_there

_SUBJECT = "Keys"
_LATE_DAYS = 3


def keyring(settings: Settings) -> Finding:
    """The keyring, without which no content can be read."""
    if settings.keyring_address is not None:
        return _module(settings)
    path = settings.keyring
    if not path.is_file():
        advice = "Bring it back from your copy; before the first start there is none"
        return Finding(False, "Keyring", f"{path} does not exist", advice)
    mode = stat.S_IMODE(path.stat().st_mode)
    return Finding(
        not mode & 0o077,
        "Keyring",
        f"{path} (mode {mode:04o}); keep a copy elsewhere: chathaven keys export",
        f"Others on this machine may read it: chmod 600 {path}",
    )


def _module(settings: Settings) -> Finding:
    try:
        roots = Keyring.of(settings).roots
    except SettingError as error:
        return Finding(False, "Keyring", str(error), "docs/self-hosting/keys.md says how")
    return Finding(True, "Keyring", f"{roots.where()} holds {len(roots.held())} roots")


def epochs(settings: Settings, urls: DatabaseUrls) -> Finding:
    """Whether keyring and database tell the same, and ticks come."""
    try:
        there = keyring_that_is_there(settings)
    except SettingError as error:
        return Finding(False, _SUBJECT, str(error))
    with connect(urls.app, "The application's address") as app:
        try:
            with app.transaction():
                app.execute(EVERY_ACCOUNT)
                return _compared(app, there)
        except psycopg.errors.UndefinedTable:
            return Finding(False, _SUBJECT, "not known before the schema is up to date")


def _compared(app: psycopg.Connection[Any], keyring: Keyring | None) -> Finding:
    rows = app.execute(
        "SELECT epoch, proof, retired_at IS NULL, created_at < now() - %s * interval '1 day',"
        " destroyed_at IS NOT NULL, EXISTS (SELECT FROM account_keys WHERE root_epoch = epoch)"
        " OR EXISTS (SELECT FROM installation_keys WHERE root_epoch = epoch) FROM root_epochs",
        (_LATE_DAYS,),
    ).fetchall()
    if not rows:
        return Finding(True, _SUBJECT, "none yet; they are made with the first account")
    held = keyring.roots.held() if keyring else set()
    missing = sorted(
        epoch
        for epoch, proof, current, _, _, named in rows
        if (named or current) and not (keyring and epoch in held and proves(keyring, epoch, proof))
    )
    if missing:
        return Finding(
            False,
            _SUBJECT,
            f"the roots of epochs {', '.join(map(str, missing))} are not in the keyring",
            "Bring the newest copy of it back, or run chathaven keys import",
        )
    if back := sorted(epoch for epoch, *_, destroyed, _ in rows if destroyed and epoch in held):
        return Finding(
            False,
            _SUBJECT,
            f"destroyed roots are in the keyring again: {', '.join(map(str, back))}",
            "An old copy was put back: run chathaven keys rotate",
        )
    if any(current and late for _, _, current, late, *_ in rows):
        return Finding(
            False,
            _SUBJECT,
            f"no root was replaced for {_LATE_DAYS} days",
            "Leave the server running, or run chathaven keys rotate daily",
        )
    alive = sum(not destroyed for *_, destroyed, _ in rows)
    roots = (
        "1 root lives, and opens what it"
        if alive == 1
        else f"{alive} roots live, and open what they"
    )
    return Finding(True, _SUBJECT, f"{roots} wrapped")
