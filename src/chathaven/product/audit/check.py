"""Checking the audit log: intact, or the exact place where it is not, and what is wrong there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, select, tuple_

from chathaven.engines.database.hash_chain import FIRST, Head, read_head
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.product.audit.anchors import Anchor, Kind
from chathaven.product.audit.line import line_hash
from chathaven.product.audit.model import HEADS, AuditLine

MOST = 100
"""Places that are named; behind so many nobody looks at each."""
PAGE = 1_000
What = Literal[
    "changed", "missing", "moved", "inserted", "cut-off", "head", "start", "rewritten", "anchor"
]


class Broken(msgspec.Struct):
    """A place where the chain does not hold.

    `number` is the line's; `through` is the last of several. `belongs_at` is where a line that
    was `moved` stood. Of what was `rewritten`, the change lies in `number` to `through`.
    """

    number: int
    what: What
    through: int | None = None
    belongs_at: int | None = None
    id: UUID | None = None


class Checked(msgspec.Struct):
    """What a check found. Lines `first` to `last` are there; `anchored` is the newest number
    that a signed anchor holds.
    """

    intact: bool
    lines: int
    first: int
    last: int
    anchored: int
    anchors: int
    checked_at: datetime
    broken: list[Broken]


class _Read(NamedTuple):
    number: int
    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    target_kind: str
    target_id: UUID | None
    credential_id: UUID | None
    previous: str
    hash: str


_COLUMNS = tuple(getattr(AuditLine, name) for name in _Read._fields)


async def check_audit_log(
    database: Database, account_id: UUID, anchors: Sequence[Anchor | None], moment: datetime
) -> Checked:
    """Walks an account's whole log. Of `anchors`, None stands for one that is not genuine."""
    async with database.transaction() as tx:
        # One view of all pages: lines that come meanwhile are not there.
        await (await tx.driver()).execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await tx.enter(account_id)
        walk = _Walk(account_id, [each for each in anchors if each is not None])
        walk.broken += [Broken(at, "anchor") for at, each in enumerate(anchors, 1) if each is None]
        after: tuple[int, UUID] | None = None
        while page := await _page(tx, after):
            for line in page:
                walk.take(line)
            after = (page[-1].number, page[-1].id)
        walk.end(await read_head(tx, HEADS))
        # No more than are told: each takes a look through the whole log.
        for each in walk.broken[:MOST]:
            if each.what == "changed":
                await _explain(tx, each)
    return Checked(
        intact=not walk.broken,
        lines=walk.lines,
        first=walk.first,
        last=walk.expected - 1 if walk.lines else 0,
        anchored=max((each.number for each in walk.held), default=0),
        anchors=len(anchors),
        checked_at=moment,
        broken=walk.broken[:MOST],
    )


async def _page(tx: Transaction, after: tuple[int, UUID] | None) -> list[_Read]:
    wanted = select(*_COLUMNS).where(AuditLine.account_id == tx.account_id)
    if after is not None:
        wanted = wanted.where(tuple_(AuditLine.number, AuditLine.id) > after)
    rows: Sequence[Any] = await tx.values(
        wanted.order_by(AuditLine.number, AuditLine.id).limit(PAGE)
    )
    return [_Read(*row) for row in rows]


class _Walk:
    """One walk along the chain, from its first line that is there to its head."""

    def __init__(self, account_id: UUID, anchors: list[Anchor]) -> None:
        self._account_id = account_id
        self._starts = {(each.number, each.hash) for each in anchors if each.kind == Kind.START}
        lost_behind = _lost(anchors)
        self._heads: dict[int, set[str]] = {}
        for each, lost in zip(anchors, lost_behind, strict=True):
            if not lost:
                self._heads.setdefault(each.number, set()).add(each.hash)
        self.held = [each for each, lost in zip(anchors, lost_behind, strict=True) if not lost]
        self.broken: list[Broken] = []
        self.lines = 0
        self.first = 0
        self.expected = 1
        self._previous = FIRST
        self._good_anchor = 0

    def take(self, line: _Read) -> None:
        """Compares a line with the one before it, with itself, and with the anchors."""
        if not self.lines:
            self._begin(line)
        self.lines += 1
        if line.number < self.expected:
            self.broken.append(Broken(line.number, "inserted", id=line.id))
            return
        whole = line_hash(line, self._account_id, line.number, line.previous) == line.hash
        if line.number > self.expected:
            self.broken.append(Broken(self.expected, "missing", through=line.number - 1))
        elif whole and line.previous != self._previous:
            # It is as it was written, behind another line than this one.
            self.broken.append(Broken(line.number, "moved", id=line.id))
        if not whole:
            self.broken.append(Broken(line.number, "changed", id=line.id))
        self._anchored(line.number, line.hash)
        self.expected, self._previous = line.number + 1, line.hash

    def end(self, head: Head) -> None:
        """Compares the end with the head, and with anchors of lines that are not there."""
        last = self.expected - 1
        if not self.lines:
            # Everything may have passed its time: then the head stands where the cut was made.
            last = head.number if tuple(head) in self._starts or head.number == 0 else 0
            if head.number and not last:
                self.broken.append(Broken(1, "cut-off", through=head.number))
                last = head.number
            self.expected, self._previous = last + 1, head.hash
        beyond = max((number for number in self._heads if number > last), default=0)
        if head.number > last or beyond:
            self.broken.append(Broken(last + 1, "cut-off", through=max(head.number, beyond)))
        elif tuple(head) != (last, self._previous):
            self.broken.append(Broken(head.number, "head"))

    def _begin(self, line: _Read) -> None:
        """Takes the first line that is there: number 1, or the one behind a signed cut."""
        self.first = line.number
        if line.number == 1:
            return
        cut = (line.number - 1, line.previous)
        if cut not in self._starts:
            self.broken.append(Broken(1, "start", through=line.number - 1))
        self.expected, self._previous = line.number, line.previous
        self._good_anchor = line.number - 1

    def _anchored(self, number: int, hashed: str) -> None:
        known = self._heads.get(number)
        if known is None:
            return
        if known != {hashed}:
            since = self._good_anchor + 1
            self.broken.append(Broken(since, "rewritten", through=number))
        self._good_anchor = number


def _lost(anchors: Sequence[Anchor]) -> list[bool]:
    """Says of each anchor whether its lines went with a restore that came after it."""
    lost = [False] * len(anchors)
    for place, each in enumerate(anchors):
        if each.kind == Kind.RESTORED:
            for earlier in range(place):
                lost[earlier] = lost[earlier] or anchors[earlier].number > each.number
    return lost


async def _explain(tx: Transaction, found: Broken) -> None:
    """Looks whether a line that does not fit was whole elsewhere: then it was moved from there."""
    rows = await tx.values(
        select(*_COLUMNS).where(AuditLine.account_id == tx.account_id, AuditLine.id == found.id)
    )
    if not rows:
        return
    line = _Read(*rows[0])
    before = await tx.value(
        select(func.min(AuditLine.number)).where(
            AuditLine.account_id == tx.account_id, AuditLine.hash == line.previous
        )
    )
    places = {1 if line.previous == FIRST else None, before and before + 1}
    # After a swap of two neighbours the line before stands under this line's own number.
    places |= {before, before and before - 1, line.number - 1, line.number + 1}
    for place in places - {None, line.number}:
        if line_hash(line, tx.account_id, int(place), line.previous) == line.hash:
            found.what, found.belongs_at = "moved", place
            return
