"""`chathaven audit`: checks every account's audit log and receipts, and anchors logs now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from chathaven.base.clock import now
from chathaven.base.settings import Settings
from chathaven.engines.database.transaction import Database
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.entry import slices
from chathaven.entry.cli.installation import existing
from chathaven.entry.cli.refusal import Refusal
from chathaven.product.access.directory import accounts_known
from chathaven.product.audit.anchors import Anchors, Kind
from chathaven.product.audit.check import Broken, check_audit_log
from chathaven.product.audit.cut import anchor_head
from chathaven.product.consents.check import check_receipts

assert slices.HANDLERS, "every slice's tables are mapped"

_Act = Callable[[Database, Anchors, UUID], Awaitable[bool]]
_WORDS = {
    "changed": "line {number} was changed",
    "missing": "lines {number} to {through} are missing",
    "moved": "line {number} does not stand where it was written; it belongs at {belongs_at}",
    "inserted": "line {number} was inserted",
    "cut-off": "the end was cut off: lines {number} to {through} are missing",
    "head": "the log does not end where it says that it ends (line {number})",
    "start": "the beginning is missing, up to line {through}",
    "rewritten": "lines {number} to {through} were written anew",
    "anchor": "signed anchor {number} is not genuine",
}


def check(settings: Settings, account: str | None) -> int:
    """Checks logs and receipts; prints each place that does not hold. Returns 1 where one is.

    Raises:
        Refusal: there is no installation, or the account's id is none.
    """
    return _each(settings, account, _check)


def anchor(settings: Settings, account: str | None, *, restored: bool) -> int:
    """Signs where logs have come to, and keeps that in DATA/anchors.

    `restored` says that lines which older anchors name went with a restore.

    Raises:
        Refusal: there is no installation, or the account's id is none.
    """

    async def act(opened: Database, anchors: Anchors, account_id: UUID) -> bool:
        kind = Kind.RESTORED if restored else Kind.HEAD
        document = await anchor_head(opened, anchors, account_id, kind)
        print(f"{account_id}: line {document['number']}, {document['hash']}")
        return True

    return _each(settings, account, act)


def words(broken: Broken) -> str:
    """Returns what is wrong at a place, and where, as a sentence without its end."""
    return _WORDS[broken.what].format(
        number=broken.number, through=broken.through, belongs_at=broken.belongs_at
    )


async def _check(opened: Database, anchors: Anchors, account_id: UUID) -> bool:
    found = await check_audit_log(opened, account_id, anchors.read(account_id), now())
    receipts = await check_receipts(opened, account_id)
    print(
        f"{account_id}: audit log {'intact' if found.intact else 'NOT INTACT'}, {found.lines} lines,"
        f" signed up to {found.anchored}; receipts {'NOT INTACT' if receipts else 'intact'}"
    )
    for each in found.broken:
        print(f"  audit log: {words(each)}")
    for broken in receipts:
        print(f"  receipts: number {broken.number}: {broken.why}")
    return found.intact and not receipts


def _each(settings: Settings, account: str | None, act: _Act) -> int:
    if not (settings.data / FILE_NAME).exists():
        # Looking must not make a key.
        raise Refusal(
            f"There is no installation in {settings.data}: start chathaven serve once, or name its "
            "folder with --data"
        )
    try:
        one = UUID(account) if account else None
    except ValueError:
        raise Refusal("--account takes the id of an account") from None
    with existing(settings) as urls:
        return asyncio.run(_run(settings, urls, one, act))


async def _run(settings: Settings, urls: DatabaseUrls, one: UUID | None, act: _Act) -> int:
    opened = Database(urls.app, Vault(Keyring.of(settings)))
    anchors = Anchors(settings.data, Signing.open(settings.data / FILE_NAME))
    try:
        async with opened.transaction() as tx:
            accounts = [one] if one else await accounts_known(tx)
        held = [await act(opened, anchors, account_id) for account_id in accounts]
    finally:
        await opened.close()
    return 0 if all(held) else 1
