"""The ledger of erasures: what it knows, what it does not say, and what it notices."""

from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from chathaven.engines.ledger import Head, Ledger, NotALedger, Subject, mark, read

PARALLEL = """
import sys
from pathlib import Path
from uuid import UUID, uuid4
from chathaven.engines.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for _ in range(40):
    ledger.note("visitor", UUID(sys.argv[2]), uuid4(), uuid4())
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def fill(ledger: Ledger, count: int) -> list[Subject]:
    subjects = [Subject("visitor", uuid4(), uuid4()) for _ in range(count)]
    for each in subjects:
        ledger.note(each.kind, each.account_id, each.subject_id, uuid4())
    return subjects


def faults(ledger: Ledger) -> list[str]:
    return read(ledger.body(), ledger.path).faults


def test_knows_everybody_and_names_nobody(ledger: Ledger) -> None:
    erased = fill(ledger, 3)
    body = ledger.body()
    found = read(body, ledger.path)
    assert not found.faults
    marks = found.marks()
    assert all(mark(found.first, each) in marks for each in erased)
    other = erased[0]._replace(subject_id=uuid4())
    elsewhere = erased[0]._replace(account_id=uuid4())
    as_account = erased[0]._replace(kind="account")
    assert not any(mark(found.first, each) in marks for each in (other, elsewhere, as_account))
    for each in erased:
        for id in (each.subject_id, each.account_id):
            assert str(id).encode() not in body
            assert id.hex.encode() not in body


def test_takes_no_plain_id_of_anybody(ledger: Ledger) -> None:
    account, subject = uuid4(), uuid4()
    for plain in (account, subject):
        with pytest.raises(ValueError, match="an id of its own"):
            ledger.note("visitor", account, subject, plain)
    assert ledger.head() == Head(0, "")


def test_is_private(ledger: Ledger) -> None:
    fill(ledger, 1)
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.folder.stat().st_mode) == 0o700


def test_two_ledgers_have_no_mark_in_common(tmp_path: Path) -> None:
    subject = Subject("visitor", uuid4(), uuid4())
    marks = []
    for name in ("one", "two"):
        ledger = Ledger(tmp_path / name)
        ledger.note_all([subject], uuid4())
        marks.append(read(ledger.body(), ledger.path).marks())
    assert not marks[0] & marks[1]


def test_noting_twice_is_harmless(ledger: Ledger) -> None:
    subject = Subject("account", uuid4(), uuid4())
    for _ in range(2):
        ledger.note_all([subject], uuid4())
    found = read(ledger.body(), ledger.path)
    assert (len(found.lines), len(found.marks()), found.faults) == (2, 1, [])


@pytest.mark.parametrize("left", [1, 40, 200])
def test_mends_what_a_crash_left_of_a_line(ledger: Ledger, left: int) -> None:
    erased = fill(ledger, 2)
    whole = ledger.body()
    fill(ledger, 1)
    torn = ledger.body()[: len(whole) + left]
    ledger.path.write_bytes(torn)
    assert read(ledger.body(), ledger.path).torn
    assert ledger.head().number == 2
    more = fill(ledger, 1)
    found = read(ledger.body(), ledger.path)
    assert not found.faults
    assert not found.torn
    assert [line.number for line in found.lines] == [1, 2, 3]
    assert all(mark(found.first, each) in found.marks() for each in (*erased, *more))
    assert ledger.path.with_suffix(".damaged").read_bytes() == torn[len(whole) :] + b"\n"


def test_names_the_line_that_was_changed(ledger: Ledger) -> None:
    fill(ledger, 5)
    whole = ledger.body()
    lines = whole.split(b"\n")
    for place in (1, 3, 5):
        for column in range(5, len(lines[place]) - 5, 7):
            line = bytearray(lines[place])
            line[column] ^= 1
            ledger.path.write_bytes(b"\n".join([*lines[:place], bytes(line), *lines[place + 1 :]]))
            assert faults(ledger)[0].startswith(f"Line {place + 1} of {ledger.path} ")


def test_names_the_place_where_a_line_is_missing_or_moved(ledger: Ledger) -> None:
    fill(ledger, 5)
    lines = ledger.body().split(b"\n")
    ledger.path.write_bytes(b"\n".join(lines[:2] + lines[3:]))
    assert faults(ledger) == [
        f"Line 3 of {ledger.path} does not follow the line before it: 1 missing before it."
    ]
    ledger.path.write_bytes(b"\n".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    assert f"Line 3 of {ledger.path} does not follow" in faults(ledger)[0]


def test_a_damaged_line_stays_named_when_the_ledger_goes_on(ledger: Ledger) -> None:
    fill(ledger, 3)
    whole = ledger.body()
    ledger.path.write_bytes(whole[:-10] + b"x" + whole[-9:])
    more = fill(ledger, 2)
    found = read(ledger.body(), ledger.path)
    assert found.faults == [f"Line 4 of {ledger.path} was changed or is damaged."]
    assert {mark(found.first, each) for each in more} <= found.marks()


def test_says_how_far_it_goes(ledger: Ledger) -> None:
    assert ledger.head() == Head(0, "")
    fill(ledger, 2)
    early = ledger.head()
    fill(ledger, 2)
    found = read(ledger.body(), ledger.path)
    assert found.holds(early)
    assert found.holds(Head(0, ""))
    assert not found.holds(Head(5, ledger.head().hash))
    assert not found.holds(Head(4, early.hash))


def test_refuses_what_is_no_ledger(ledger: Ledger) -> None:
    ledger.folder.mkdir()
    for body in (b"", b"{}\n", b'{"format":"chathaven-ledger-1","key":"AAAA"}\n', b"\x00" * 50):
        ledger.path.write_bytes(body)
        with pytest.raises(NotALedger, match="jsonl is not a ledger"):
            fill(ledger, 1)
        assert ledger.path.read_bytes() == body


def test_processes_take_turns(ledger: Ledger) -> None:
    account = str(uuid4())
    command = [sys.executable, "-c", PARALLEL, str(ledger.folder), account]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    found = read(ledger.body(), ledger.path)
    assert not found.faults
    assert [line.number for line in found.lines] == list(range(1, 121))


def test_a_full_disk_leaves_no_half_line(ledger: Ledger) -> None:
    fill(ledger, 2)
    whole = ledger.body()
    child = os.fork()
    if child == 0:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 50, len(whole) + 50))
        try:
            fill(ledger, 1)
        except OSError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert ledger.body() == whole
    json.loads(whole.split(b"\n")[-2])
