"""What the ledger holds of changes that a restore must not undo, and how it is asked."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from chathaven.engines.ledger import Ledger, read
from chathaven.engines.ledger_changes import MARGIN, Change, Changes

THEN = datetime(2026, 11, 23, 12, 0, 0, 123456, UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def known(*ledgers: Ledger, made_at: datetime = THEN) -> Changes:
    found = [read(each.body(), each.path) for each in ledgers]
    assert not [fault for each in found for fault in each.faults]
    return Changes(found, made_at)


def change(kind: str, account_id: UUID, *of: UUID, at: datetime = THEN) -> Change:
    return Change(kind, account_id, tuple(each.bytes for each in of), at)


def test_says_when_something_was_done_and_names_nobody(ledger: Ledger) -> None:
    account, chat, message = uuid4(), uuid4(), uuid4()
    later = THEN + timedelta(microseconds=1)
    ledger.note_changes([change("gone", account, chat, message, at=later)])
    ledger.note_changes([change("gone", account, chat, message)])
    ledger.note("visitor", account, chat, uuid4())
    found = known(ledger)
    assert found.times("gone", account, chat.bytes, message.bytes) == [THEN, later]
    for others in (
        ("kept", account, chat.bytes, message.bytes),
        ("gone", uuid4(), chat.bytes, message.bytes),
        ("gone", account, uuid4().bytes, message.bytes),
        ("gone", account, message.bytes, chat.bytes),
        ("gone", account, chat.bytes),
    ):
        assert found.times(*others) == []
    assert found.knows("kept", "gone")
    assert not found.knows("kept")
    body = ledger.body()
    for each in (account, chat, message):
        assert str(each).encode() not in body
        assert each.hex.encode() not in body
    whole = read(body, ledger.path)
    assert whole.erasures == 1
    assert len(whole.marks()) == 1, "a change is nobody's erasure"


def test_gives_hashes_back_to_the_account_that_kept_them(ledger: Ledger) -> None:
    account, other = uuid4(), uuid4()
    hashes = [os.urandom(16) for _ in range(3)]
    later = THEN + timedelta(hours=1)
    ledger.note_changes([Change("kept", account, (), THEN, kept=hashes[0])])
    ledger.note_changes([Change("kept", account, (), THEN, kept=hashes[1])])
    ledger.note_changes([Change("kept", account, (), later, kept=hashes[0])])
    ledger.note_changes([Change("kept", other, (), THEN, kept=hashes[2])])
    found = known(ledger)
    assert found.kept("kept", account) == {hashes[0]: later, hashes[1]: THEN}
    assert found.kept("kept", other) == {hashes[2]: THEN}
    assert found.kept("else", account) == {}
    with pytest.raises(ValueError, match="16 bytes"):
        ledger.note_changes([Change("kept", account, (), THEN, kept=b"an address, plainly")])


def test_goes_by_all_ledgers_that_there_are(ledger: Ledger, tmp_path: Path) -> None:
    account, person = uuid4(), uuid4()
    older = Ledger(tmp_path / "older")
    earlier = THEN - timedelta(days=9)
    older.note_changes([change("restricted", account, person, at=earlier)])
    ledger.note_changes([change("restricted", account, person)])
    found = known(ledger, older)
    assert found.times("restricted", account, person.bytes) == [earlier, THEN]
    assert found.since == THEN - MARGIN


def test_a_batch_is_written_whole_or_not_at_all(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, people = uuid4(), [uuid4() for _ in range(3)]
    ledger.note_changes([change("restricted", account, people[0])])
    before, sync = ledger.body(), os.fsync

    def full(_file: int) -> None:
        monkeypatch.setattr(os, "fsync", sync)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        ledger.note_changes([change("restricted", account, each) for each in people[1:]])
    assert ledger.body() == before
    ledger.note_changes([change("restricted", account, each) for each in people[1:]])
    found = known(ledger)
    assert all(found.times("restricted", account, each.bytes) for each in people)
