"""Every wrapped key in any copy of an installation, and every key that can be had from it."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from chathaven.engines.vault.places import account_place, installation_place, person_place
from chathaven.engines.vault.wrapping import CannotUnwrap, unwrap


class Wrapped(NamedTuple):
    """One wrapped key, the place that it is bound to, and whose it is (None: no person's)."""

    key: bytes
    bound: bytes
    person: UUID | None = None


def wrapped_in(connection: psycopg.Connection[Any]) -> list[Wrapped]:
    """Returns every wrapped key of a database."""
    found = [
        Wrapped(bytes(key), installation_place(name))
        for name, key in connection.execute("SELECT name, wrapped FROM installation_keys")
    ]
    for account, version, key, index in connection.execute(
        "SELECT account_id, version, wrapped, wrapped_index_key FROM account_keys"
    ):
        found.append(Wrapped(bytes(key), account_place(account, version, b"key")))
        found.append(Wrapped(bytes(index), account_place(account, version, b"index")))
    for account, person, version, key in connection.execute(
        "SELECT account_id, person_id, version, wrapped FROM person_keys"
    ):
        found.append(Wrapped(bytes(key), person_place(account, person, version), person))
    return found


def roots_in(keyring: Path) -> dict[int, bytes]:
    """Returns the roots of a keyring's file."""
    epochs = json.loads(keyring.read_text())["epochs"]
    return {int(number): base64.b64decode(root) for number, root in epochs.items()}


def opened_by(keys: set[bytes], wrapped: list[Wrapped]) -> dict[Wrapped, bytes]:
    """Tries every key on every wrapped key; returns what opened."""
    found = {}
    for each in wrapped:
        for key in keys:
            with suppress(CannotUnwrap):
                found[each] = unwrap(key, each.key, each.bound)
    return found


def obtainable(roots: dict[int, bytes], wrapped: list[Wrapped]) -> set[bytes]:
    """Returns every key that follows from the roots, through whatever opens on the way."""
    keys = set(roots.values())
    while True:
        more = set(opened_by(keys, wrapped).values()) - keys
        if not more:
            return keys
        keys |= more
