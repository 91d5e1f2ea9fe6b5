"""Which ledgers a restore goes by, and what is kept of them."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from chathaven.engines.backup.ledgers import faults, gather, keep
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.ledger import Ledger


def fill(ledger: Ledger, count: int) -> Ledger:
    for _ in range(count):
        ledger.note("visitor", uuid4(), uuid4(), uuid4())
    return ledger


def test_the_longer_one_contains_its_older_copy(tmp_path: Path) -> None:
    ledger = fill(Ledger(tmp_path / "data" / "ledger"), 2)
    copy = tmp_path / "copy"
    copy.write_bytes(ledger.body())
    fill(ledger, 1)
    (held,) = gather(tmp_path / "data", [copy])
    assert held.head.number == 3
    # And the other way round: the copy elsewhere went on, and the one here was put back.
    newer = ledger.body()
    ledger.path.write_bytes(copy.read_bytes())
    copy.write_bytes(newer)
    (held,) = gather(tmp_path / "data", [copy])
    assert held.head.number == 3


def test_those_that_differ_are_all_kept(tmp_path: Path) -> None:
    here = fill(Ledger(tmp_path / "data" / "ledger"), 1)
    other = fill(Ledger(tmp_path / "other"), 2)
    forked = tmp_path / "forked"
    forked.write_bytes(here.body())
    fill(here, 1)
    fork = Ledger(tmp_path / "fork")
    fork.folder.mkdir()
    fork.path.write_bytes(forked.read_bytes())
    fill(fork, 1)
    held = gather(tmp_path / "data", [other.path, fork.path])
    marks = {mark for each in held for mark in each.read.marks()}
    assert len(held) == 3
    assert len(marks) == 1 + 1 + 1 + 2
    staged = tmp_path / "staged"
    staged.mkdir()
    mine = next(each for each in held if each.body == here.body())
    keep(held, staged, mine)
    assert (staged / "ledger" / "erasures.jsonl").read_bytes() == here.body()
    # A later restore goes by all of them again.
    again = gather(staged, [])
    assert {mark for each in again for mark in each.read.marks()} == marks


def test_a_damaged_one_contains_nothing_and_is_named(tmp_path: Path) -> None:
    ledger = fill(Ledger(tmp_path / "data" / "ledger"), 3)
    copy = tmp_path / "copy"
    copy.write_bytes(ledger.body().replace(b'"visitor"', b'"visitxr"', 1))
    held = gather(tmp_path / "data", [copy])
    assert len(held) == 2
    assert [text.partition(" of")[0] for text in faults(held)] == ["Line 2"]


def test_what_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some"
    path.write_text("hello")
    with pytest.raises(BackupError, match="is not a ledger"):
        gather(tmp_path, [path])
    with pytest.raises(BackupError, match="cannot be read"):
        gather(tmp_path, [tmp_path / "none"])
