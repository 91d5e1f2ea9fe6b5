"""The roots over certificates in the ledger: each has its place, and no other list has the root."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from chathaven.engines.ledger import Ledger, Subject, read
from chathaven.engines.ledger_days import Days
from chathaven.engines.ledger_lines import Head, Line, line_hash
from chathaven.engines.vault.hash_tree import root_along

ERASURE = UUID(int=7)
PARALLEL = """
import os, sys
from pathlib import Path
from uuid import uuid4
from chathaven.engines.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for number in range(30):
    ledger.note_certificate(uuid4(), os.urandom(32).hex())
    if number % 10 == 9:
        ledger.close_day()
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def hashed(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def sign(ledger: Ledger, *numbers: int) -> None:
    for number in numbers:
        ledger.note_certificate(ERASURE, hashed(number))


def leads(ledger: Ledger, number: int) -> bool:
    place = Days(ledger.body()).place(hashed(number))
    assert place is not None
    path = [bytes.fromhex(each) for each in place.path]
    entry = bytes.fromhex(hashed(number))
    return root_along(entry, place.index, place.size, path).hex() == place.root


def test_each_certificate_has_its_place_under_the_root_of_its_day(ledger: Ledger) -> None:
    assert not ledger.close_day(), "nothing was signed"
    sign(ledger, 1, 2, 3)
    ledger.note("visitor", uuid4(), uuid4(), uuid4())
    assert Days(ledger.body()).waits(hashed(2))
    assert ledger.last_root() is None
    assert ledger.close_day()
    assert not ledger.close_day(), "once is enough"
    first = ledger.last_root()
    sign(ledger, 4, 5)
    assert ledger.close_day()
    days = Days(ledger.body())
    places = {number: days.place(hashed(number)) for number in range(1, 6)}
    sizes = {number: (each.size, each.index) for number, each in places.items() if each}
    assert sizes == {1: (3, 0), 2: (3, 1), 3: (3, 2), 4: (2, 0), 5: (2, 1)}
    assert all(leads(ledger, number) for number in range(1, 6))
    assert first is not None
    assert {places[1].root, places[4].root} == {first.mark, ledger.last_root().mark}  # type: ignore[union-attr]  # both are there
    assert days.place(hashed(9)) is None
    assert not days.waits(hashed(1))
    found = read(ledger.body(), ledger.path)
    assert found.faults == []
    assert found.erasures == 1
    assert len(found.marks()) == 1, "certificates are nobody's marks"


def test_a_day_is_as_long_as_it_is(ledger: Ledger) -> None:
    """The root before is looked for from the end, piece by piece."""
    sign(ledger, *range(100))
    ledger.close_day()
    sign(ledger, *range(100, 160))
    root = ledger.last_root()
    assert root is not None
    assert root.number == 101
    ledger.close_day()
    assert read(ledger.body(), ledger.path).faults == []
    assert all(leads(ledger, number) for number in (0, 99, 100, 159))


def written_anew(ledger: Ledger, lines: list[Line]) -> None:
    """Writes lines with good numbers and hashes, as somebody who knows the code could."""
    head = ledger.body().split(b"\n")[0]
    end, body = Head(0, ""), head + b"\n"
    for each in lines:
        draft = msgspec.structs.replace(each, number=end.number + 1, previous=end.hash, hash="")
        line = msgspec.structs.replace(draft, hash=line_hash(draft))
        end = Head(line.number, line.hash)
        body += msgspec.json.encode(line) + b"\n"
    ledger.path.write_bytes(body)


@pytest.mark.parametrize("how", ["left out", "turned", "another", "twice"])
def test_a_list_that_is_written_anew_has_another_root(ledger: Ledger, how: str) -> None:
    sign(ledger, 1, 2, 3, 4)
    ledger.close_day()
    lines = read(ledger.body(), ledger.path).lines
    written_anew(ledger, lines)
    assert read(ledger.body(), ledger.path).faults == [], "the control"
    other = msgspec.structs.replace(lines[1], mark=hashed(9))
    changed = {
        "left out": [lines[0], *lines[2:]],
        "turned": [lines[1], lines[0], *lines[2:]],
        "another": [lines[0], other, *lines[2:]],
        "twice": [*lines[:4], lines[3], lines[4]],
    }[how]
    written_anew(ledger, changed)
    [fault] = read(ledger.body(), ledger.path).faults
    assert "is not the root of the lines before it" in fault
    assert Days(ledger.body()).place(hashed(1)) is None


def test_a_damaged_line_is_named_and_its_day_shows_nothing_more(ledger: Ledger) -> None:
    sign(ledger, 1, 2)
    ledger.close_day()
    sign(ledger, 3)
    ledger.close_day()
    ledger.path.write_bytes(ledger.body().replace(hashed(1).encode(), hashed(9).encode()))
    assert read(ledger.body(), ledger.path).faults == [
        f"Line 2 of {ledger.path} was changed or is damaged."
    ]
    days = Days(ledger.body())
    assert days.place(hashed(2)) is None
    assert days.place(hashed(3)) is not None
    sign(ledger, 4)
    assert ledger.close_day()
    assert leads(ledger, 4)


def test_what_a_crash_left_of_a_certificate_is_set_aside(ledger: Ledger) -> None:
    sign(ledger, 1)
    whole = ledger.body()
    sign(ledger, 2)
    ledger.path.write_bytes(ledger.body()[:-20])
    assert ledger.close_day()
    assert Days(ledger.body()).place(hashed(1)) is not None
    assert Days(ledger.body()).place(hashed(2)) is None
    assert ledger.body().startswith(whole)
    assert read(ledger.body(), ledger.path).faults == []


def test_processes_take_turns(ledger: Ledger) -> None:
    command = [sys.executable, "-c", PARALLEL, str(ledger.folder)]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    ledger.close_day()
    found = read(ledger.body(), ledger.path)
    assert found.faults == []
    certificates = [line.mark for line in found.lines if line.kind == "certificate"]
    assert len(certificates) == 90
    days = Days(ledger.body())
    assert all(days.place(each) for each in certificates)


def test_what_certificates_say_is_nobodys_mark(ledger: Ledger) -> None:
    """A restore takes out whom a mark names: the hash of a certificate must never be taken for one."""
    sign(ledger, 1)
    ledger.note_all([Subject("visitor", uuid4(), uuid4())], uuid4())
    ledger.close_day()
    found = read(ledger.body(), ledger.path)
    assert found.marks() == {line.mark for line in found.lines if line.kind == "visitor"}
