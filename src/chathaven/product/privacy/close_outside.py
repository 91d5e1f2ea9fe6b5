"""What an account has outside the database: files, exports, letters to its people, anchors."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chathaven.engines.files.kept import KeptFiles
from chathaven.engines.files.objects import Objects
from chathaven.engines.mail.letters import Letters
from chathaven.product.audit.anchors import anchor_file
from chathaven.product.privacy.exports_left import exports_folder
from chathaven.product.privacy.places import Exports


class Anchors:
    """The file of signed heads of an account's audit log."""

    name = "anchors of the audit log"
    method = "the account's file deleted, then looked for again"


@dataclass(frozen=True)
class Outside:
    """One place: how much it holds of an account, and how it is emptied. Both take a while."""

    name: str
    count: Callable[[], int]
    remove: Callable[[], object]


def outside(
    data: Path, objects: Objects, account_id: UUID, people: frozenset[UUID]
) -> tuple[Outside, ...]:
    """Returns the places of an account outside the database; `people` are all who are in it."""
    folder = exports_folder(data, account_id)
    letters = Letters(data / "outbox")
    anchors = anchor_file(data, account_id)
    return (
        Outside(
            Exports.name,
            lambda: len(list(folder.glob("*"))),
            lambda: shutil.rmtree(folder, ignore_errors=True),
        ),
        Outside(
            KeptFiles.name,
            lambda: objects.count(str(account_id)),
            lambda: objects.empty(str(account_id)),
        ),
        Outside(Letters.name, lambda: letters.count(people), lambda: letters.delete(people)),
        Outside(
            Anchors.name,
            lambda: int(anchors.exists()),
            lambda: anchors.unlink(missing_ok=True),
        ),
    )
