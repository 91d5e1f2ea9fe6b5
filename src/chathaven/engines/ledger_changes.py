"""What was done about somebody's data and must not be undone by a restore, as the ledger holds it.

A message was deleted, a permission withdrawn, a person restricted: a database that is brought back
from before that knows nothing of it. Only what protects is noted, never what loosens, so that a
restore errs on the side of whom the data is about. What the kinds are called is up to the product.
"""

from __future__ import annotations

import base64
import hmac
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from chathaven.engines.ledger_lines import First, Read

KEPT = 16
"""Bytes that a line may hold beside its mark: a keyed hash, which the database keeps as well."""
MARGIN = timedelta(days=1)
"""By how much two clocks, and the moment of a backup and its commits, may differ."""


class Change(NamedTuple):
    """One thing that was done, told by random ids (`of`) and by when.

    `kept` is a keyed hash that is to be written again as it stands; empty where the ids are enough.
    """

    kind: str
    account_id: UUID
    of: tuple[bytes, ...]
    at: datetime
    kept: bytes = b""

    def mark(self, first: First) -> str:
        """Returns the mark of the change: 64 hexadecimal digits.

        Raises:
            ValueError: `kept` has another length than a keyed hash.
        """
        whole = _mark(base64.b64decode(first.key), self.kind, self.account_id, self.of)
        if not self.kept:
            return whole
        if len(self.kept) != KEPT:
            raise ValueError(f"a hash that is kept has {KEPT} bytes")
        return whole[: 2 * KEPT] + self.kept.hex()


class Changes:
    """What several ledgers know of changes, asked for one thing at a time.

    `since` is a little before the moment of the backup that is restored. What had been done by
    then, and was then done away with, is not in the backup and not to come back either.
    """

    def __init__(self, ledgers: Iterable[Read], made_at: datetime) -> None:
        self.since = made_at - MARGIN
        self._known: list[tuple[bytes, dict[str, dict[str, list[datetime]]]]] = []
        for ledger in ledgers:
            kinds: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
            for line in ledger.lines:
                kinds[line.kind][line.mark].append(line.at)
            self._known.append((base64.b64decode(ledger.first.key), kinds))

    def knows(self, *kinds: str) -> bool:
        """Whether anything of one of these kinds was noted: most often nothing was."""
        return any(kind in known for _, known in self._known for kind in kinds)

    def times(self, kind: str, account_id: UUID, *of: bytes) -> list[datetime]:
        """Returns when something was done, the earliest first; empty where it was not."""
        found: set[datetime] = set()
        for key, known in self._known:
            if marks := known.get(kind):
                found.update(marks.get(_mark(key, kind, account_id, of), ()))
        return sorted(found)

    def kept(self, kind: str, account_id: UUID) -> dict[bytes, datetime]:
        """Returns the hashes that an account kept, with the last time at which each was noted."""
        found: dict[bytes, datetime] = {}
        for key, known in self._known:
            mine = _mark(key, kind, account_id, ())[: 2 * KEPT]
            for mark, moments in known.get(kind, {}).items():
                if mark.startswith(mine):
                    each = bytes.fromhex(mark[2 * KEPT :])
                    found[each] = max(*moments, found.get(each, moments[0]))
        return found


def _mark(key: bytes, kind: str, account_id: UUID, of: tuple[bytes, ...]) -> str:
    return hmac.digest(key, b"|".join((kind.encode(), account_id.bytes, *of)), "sha256").hex()
