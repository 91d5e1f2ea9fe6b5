"""The certificate of an erasure: what was done, signed, and without a word about whom.

Stage 1, `live`, says what is true at once: the rows are gone from the live database, and so is
the key that opened them. It says as plainly what it does not cover.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from chathaven import __version__
from chathaven.base.ids import new_id
from chathaven.engines.database.people import Removed
from chathaven.engines.database.tables import all_entries
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.model import AccountKey, PersonKey
from chathaven.engines.vault.signing import Signing

FORMAT = "chathaven-erasure-certificate-1"
STAGE_LIVE = "live"
CLAIM = "removed from the live database; its key deleted"
NOT_COVERED = "copies in backups and in PostgreSQL's own files are not covered by this stage"
NOBODY = "0" * 64
"""Stands for the certificate before the first."""


class DestroyedKey(msgspec.Struct):
    """Which generation of keys the person's key belonged to. It names nobody."""

    version: int
    account_key_version: int
    root_epoch: int


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


def data_map_hash() -> str:
    """Returns the SHA-256 of the data map: which columns there are, and what each holds."""
    return hashlib.sha256(canonical(msgspec.to_builtins(all_entries()))).hexdigest()


def certificate_hash(certificate: dict[str, Any] | None) -> str:
    """Returns the SHA-256 by which the next certificate names this one."""
    return hashlib.sha256(canonical(certificate)).hexdigest() if certificate else NOBODY


class Done(msgspec.Struct):
    """An erasure as a certificate tells it. Times have a zone.

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


def live_certificate(
    signing: Signing, done: Done, previous: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Returns the signed certificate of stage 1; `previous` is the account's last one.

    Raises:
        ValueError: something was still there when it was looked for again.
    """
    if not all(store.verified for store in done.stores):
        raise ValueError("a certificate is given only for what was verified")
    return signing.sign(
        {
            "format": FORMAT,
            "id": str(new_id()),
            "stage": STAGE_LIVE,
            "claim": CLAIM,
            "not_covered": NOT_COVERED,
            "account_id": str(done.account_id),
            "erasure_id": str(done.erasure_id),
            "subject": {"kind": done.subject, "commitment": done.commitment},
            "commitment_is": "SHA-256(nonce || subject id); the nonce is the person's alone",
            "ground": done.ground,
            "requested_at": _time(done.requested_at),
            "started_at": _time(done.started_at),
            "finished_at": _time(done.finished_at),
            "stores": _stores(done.stores),
            "key": msgspec.to_builtins(done.key),
            "data_map_sha256": data_map_hash(),
            "software": {"name": "Chathaven", "version": __version__},
            "previous_sha256": certificate_hash(previous),
        }
    )


def _stores(stores: Iterable[Removed]) -> list[dict[str, Any]]:
    return [
        {
            "store": each.store,
            "found": each.found,
            "removed": each.removed,
            "left": 0,
            "method": "rows deleted, then counted again",
        }
        for each in stores
    ]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
