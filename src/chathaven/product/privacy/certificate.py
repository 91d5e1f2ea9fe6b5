"""The certificates of an erasure: what was done, signed, and without a word about whom.

Stage 1, `live`, says what is true at once: what was in the live systems is gone, and so is the
key that opened it. Stage 2, `final`, is made when the last root is destroyed with which a copy
of that key could have been opened; it names the first by its hash. Each says as plainly what it
does not cover.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven import __version__
from chathaven.base.ids import new_id
from chathaven.engines.database.people import Removed
from chathaven.engines.database.tables import all_entries
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ledger import Ledger
from chathaven.engines.ledger_days import Place
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.model import AccountKey, PersonKey
from chathaven.engines.vault.proof import data_map_hash, document_hash
from chathaven.engines.vault.signing import Signing

FORMAT = "chathaven-erasure-certificate-1"
"""Described by `schemas/erasure-certificate-1.json`."""
LIVE, FINAL = "live", "final"
# Signed in English and read in other languages by these very words: a changed sentence gets its
# translations in `legal/certificate-texts.json`, and the old one stays there.
CLAIMS = {
    LIVE: "deleted from the live systems of this installation; the content key deleted",
    FINAL: (
        "deleted from the live systems of this installation; every root with which a copy of the"
        " content key could be opened is destroyed, so content that is left in files and backups"
        " of this installation cannot be decrypted any more"
    ),
}
NOT_COVERED = {
    LIVE: (
        "encrypted remains in backups and in PostgreSQL's own files, and copies of the key in"
        " them: those end with the final certificate; letters that were sent; what others were"
        " given or copied"
    ),
    FINAL: (
        "copies of the keyring that were taken out of the installation; random ids and times in"
        " backups until the backup horizon; blocks of a disk; letters that were sent; what others"
        " were given or copied"
    ),
}


class DestroyedKey(msgspec.Struct):
    """Which generation of keys the person's key belonged to. It names nobody."""

    version: int
    account_key_version: int
    root_epoch: int


class Retained(msgspec.Struct):
    """Something that is kept, on which ground (GDPR Art. 17(3)), and until when (a date)."""

    store: str
    count: int
    what: str
    ground: str
    until: str


class EndedRoots(msgspec.Struct):
    """That all roots up to an epoch are destroyed, and when those were that outlived the person."""

    up_to: int
    destroyed: dict[int, datetime]


class Done(msgspec.Struct):
    """An erasure as its first certificate tells it. Times have a zone.

    `subject` is `visitor` or `account`, `ground` why it was done (`art-17`, `contract-end`).
    """

    erasure_id: UUID
    account_id: UUID
    subject: str
    ground: str
    commitment: str
    requested_at: datetime
    started_at: datetime
    finished_at: datetime
    key: DestroyedKey | None
    stores: list[Removed]
    holder: str | None = None
    root_epoch: int | None = None
    retained: list[Retained] = []


async def key_to_go(tx: Transaction, person_id: UUID) -> DestroyedKey | None:
    """Returns what a certificate says of a person's key; asked before the key is deleted."""
    rows = await tx.values(
        select(PersonKey.version, PersonKey.account_key_version, AccountKey.root_epoch)
        .join(
            AccountKey,
            (AccountKey.account_id == PersonKey.account_id)
            & (AccountKey.version == PersonKey.account_key_version),
        )
        .where(PersonKey.account_id == tx.account_id, PersonKey.person_id == person_id)
    )
    return DestroyedKey(*rows[0]) if rows else None


@cache
def columns_hash() -> str:
    """Returns the SHA-256 of the data map: which columns there are, and what each holds.

    Worked out once in a process: it took a tenth of the time of an erasure.
    """
    return hashlib.sha256(canonical(msgspec.to_builtins(all_entries()))).hexdigest()


def live_certificate(
    signing: Signing,
    done: Done,
    methods: Mapping[str, str],
    previous: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Returns the signed certificate of stage 1; `previous` is the account's last one.

    `methods` tells of every place how it was emptied; each of them has to have its receipt.

    Raises:
        ValueError: something was still there when it was looked for again, or a place was left out
            or named twice.
    """
    if not all(each.verified for each in done.stores):
        raise ValueError("a certificate is given only for what was verified")
    if sorted(methods) != sorted(each.store for each in done.stores):
        raise ValueError("a certificate is given only when every place was looked at, once")
    columns = columns_hash()
    return signing.sign(
        {
            **_head(LIVE, done.account_id, done.erasure_id, previous),
            "subject": _subject(done),
            "commitment_is": (
                "SHA-256(nonce || subject id); the nonce is the person's alone. The holder is"
                " SHA-256('chathaven-holder-1' || 0x00 || nonce)"
            ),
            "ground": done.ground,
            "requested_at": _time(done.requested_at),
            "started_at": _time(done.started_at),
            "finished_at": _time(done.finished_at),
            "stores": [
                {
                    "store": each.store,
                    "found": each.found,
                    "removed": each.removed,
                    "left": 0,
                    "method": methods[each.store],
                }
                for each in done.stores
            ],
            "key": msgspec.to_builtins(done.key),
            "root_epoch": done.root_epoch,
            "retained": msgspec.to_builtins(done.retained),
            "recipients": [],
            "columns_sha256": columns,
            "data_map_sha256": data_map_hash(columns, (each.store for each in done.stores)),
        }
    )


def final_certificate(
    signing: Signing,
    live: dict[str, Any],
    roots: EndedRoots,
    issued_at: datetime,
    backup_days: int,
    previous: dict[str, Any] | None,
    day: Place,
) -> dict[str, Any]:
    """Returns the signed certificate of stage 2 for an erasure whose first one is `live`.

    `day` is where the first one stands under the root of its day in the ledger.
    """
    finished = datetime.fromisoformat(live["finished_at"])
    return signing.sign(
        {
            **_head(FINAL, live["account_id"], live["erasure_id"], previous),
            "live_sha256": document_hash(live),
            "root_of_day": {**msgspec.to_builtins(day), "at": _time(day.at)},
            "subject": live["subject"],
            "ground": live["ground"],
            "finished_at": live["finished_at"],
            "issued_at": _time(issued_at),
            "roots": {
                "all_destroyed_up_to": roots.up_to,
                "destroyed_since": [
                    {"epoch": epoch, "destroyed_at": _time(at)}
                    for epoch, at in sorted(roots.destroyed.items())
                ],
            },
            "backup_horizon": {
                "days": backup_days,
                "date": f"{finished + timedelta(days=backup_days):%Y-%m-%d}",
                "means": "backups of the time before the erasure are kept no longer than this",
            },
            "retained": live.get("retained", []),
            "recipients": live.get("recipients", []),
        }
    )


async def note_certificate(ledger: Ledger, certificate: dict[str, Any]) -> None:
    """Notes a certificate in the ledger; called in the transaction that keeps it.

    Raises:
        OSError: the ledger cannot be written.
    """
    erasure_id = UUID(certificate["erasure_id"])
    await asyncio.to_thread(ledger.note_certificate, erasure_id, document_hash(certificate))


def _head(
    stage: str, account_id: Any, erasure_id: Any, previous: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": str(new_id()),
        "stage": stage,
        "claim": CLAIMS[stage],
        "not_covered": NOT_COVERED[stage],
        "account_id": str(account_id),
        "erasure_id": str(erasure_id),
        "software": {"name": "Chathaven", "version": __version__},
        "previous_sha256": document_hash(previous),
    }


def _subject(done: Done) -> dict[str, str]:
    held = {"holder": done.holder} if done.holder else {}
    return {"kind": done.subject, "commitment": done.commitment, **held}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
