"""Keeping each version of the record of processing, whenever what it would say changes.

A version is written in the transaction that changes the settings, and after a start by which the
software, its data map or the installation's own facts have changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.base.settings import Settings
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.vault.keys import KeyGone
from chathaven.product.access.directory import accounts_known
from chathaven.product.accounts.model import Account
from chathaven.product.accounts.settings import AccountSettings, read_account
from chathaven.product.legal.documents import Documents
from chathaven.product.legal.installation import Subprocessor
from chathaven.product.legal.subprocessors import notices
from chathaven.product.records.article30 import KINDS, Announced, Facts, record_of, record_sha256
from chathaven.product.records.model import RecordVersion


class Keeper:
    """Makes records of the accounts of one installation, and keeps their versions."""

    def __init__(self, settings: Settings, documents: Documents) -> None:
        self._settings = settings
        self._documents = documents

    async def follow(self, tx: Transaction) -> None:
        """Keeps what the transaction's change of the settings makes of the record."""
        await self.keep(tx, "settings")

    async def keep(self, tx: Transaction, reason: str) -> int:
        """Writes a new version of each kind that says something else than its last one.

        `reason` is `settings`, `software` or `asked`. Returns how many were written.
        """
        # Locked, so that of two who come at once the second finds what the first has written.
        facts = await self.facts(tx, await read_account(tx, lock=True))
        written = 0
        for kind in KINDS:
            record = record_of(facts, kind)
            hashed = record_sha256(record)
            last = await _last(tx, kind)
            if last is not None and last.sha256 == hashed:
                continue
            written += 1
            await tx.insert(
                RecordVersion(
                    account_id=tx.account_id,
                    kind=kind,
                    version=last.version + 1 if last else 1,
                    sha256=hashed,
                    document=record,
                    reason=reason,
                    created_at=now(),
                )
            )
        return written

    async def facts(self, tx: Transaction, account: Account) -> Facts:
        """Returns what the account's record is made from."""
        here = self._documents.installation
        announced = [
            Announced(msgspec.convert(each.entry, Subprocessor), f"{each.in_force_from:%Y-%m-%d}")
            for each in await notices(tx, here)
        ]
        settings = msgspec.convert(account.settings, AccountSettings)
        return Facts(account.company, settings, here, self._settings, tuple(announced))

    async def sweep(self, database: Database) -> int:
        """Keeps the records of all accounts as they are after a start; returns how many changed."""
        async with database.transaction() as tx:
            accounts = await accounts_known(tx)
        written = 0
        for account_id in accounts:
            # An account that is being closed meanwhile has neither settings nor key.
            with suppress(NotFound, KeyGone):
                async with database.transaction(account_id) as tx:
                    written += await self.keep(tx, "software")
        return written


async def _last(tx: Transaction, kind: str) -> RecordVersion | None:
    return await tx.one(
        select(RecordVersion)
        .where(RecordVersion.account_id == tx.account_id, RecordVersion.kind == kind)
        .order_by(RecordVersion.version.desc())
    )


async def version_at(tx: Transaction, kind: str, moment: datetime) -> RecordVersion | None:
    """Returns the version that held at a time, or the first where that is later."""
    here = [RecordVersion.account_id == tx.account_id, RecordVersion.kind == kind]
    held = await tx.one(
        select(RecordVersion)
        .where(*here, RecordVersion.created_at <= moment)
        .order_by(RecordVersion.version.desc())
    )
    return held or await tx.one(select(RecordVersion).where(*here).order_by(RecordVersion.version))


async def version(tx: Transaction, kind: str, number: int | None) -> RecordVersion | None:
    """Returns a version by its number, or the newest."""
    if number is None:
        return await _last(tx, kind)
    return await tx.one(
        select(RecordVersion).where(
            RecordVersion.account_id == tx.account_id,
            RecordVersion.kind == kind,
            RecordVersion.version == number,
        )
    )


async def list_versions(
    tx: Transaction, kind: str, before: int | None, limit: int
) -> list[tuple[int, str, str, datetime]]:
    """Returns number, hash, reason and time of versions, the newest first."""
    where = [RecordVersion.account_id == tx.account_id, RecordVersion.kind == kind]
    if before is not None:
        where.append(RecordVersion.version < before)
    rows = await tx.values(
        select(
            RecordVersion.version,
            RecordVersion.sha256,
            RecordVersion.reason,
            RecordVersion.created_at,
        )
        .where(*where)
        .order_by(RecordVersion.version.desc())
        .limit(limit)
    )
    return [tuple(row) for row in rows]


class Change(msgspec.Struct):
    """One difference: where it is, what stood there, what stands there now."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "") -> list[Change]:
    """Returns what two versions say differently. Lists of things with an id go by their ids."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        names = list(dict.fromkeys([*before, *after]))
        return _each(before, after, names, path)
    one, other = _by_id(before), _by_id(after)
    if one is not None and other is not None:
        return _each(one, other, list(dict.fromkeys([*one, *other])), path)
    return [Change(path, before, after)]


def _each(
    before: dict[str, Any], after: dict[str, Any], names: Iterable[str], path: str
) -> list[Change]:
    return [
        change
        for name in names
        for change in differences(
            before.get(name), after.get(name), f"{path}.{name}" if path else name
        )
    ]


def _by_id(found: Any) -> dict[str, Any] | None:
    """Returns a list by what its parts are called, where they are called something."""
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        return None
    named = {each.get("id") or each.get("title") or each.get("to"): each for each in found}
    return named if None not in named and len(named) == len(found) else None
