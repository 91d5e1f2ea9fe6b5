"""Files in a backup: copied as they are, and brought back where something names them."""

from __future__ import annotations

import os

import pytest
from obstore.store import MemoryStore

from chathaven.engines.backup.files_part import bring_files, write_files
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.files.objects import Missing, Objects


@pytest.fixture
def filled() -> tuple[Objects, dict[str, bytes]]:
    """A bucket with objects of every size that a tar treats in its own way."""
    objects = Objects(MemoryStore())
    held = {f"a/p{size}/{size:032x}": os.urandom(size) for size in (1, 511, 512, 513, 3_000_000)}
    for name, body in held.items():
        objects.put(name, body)
    return objects, held


def copied(objects: Objects) -> tuple[int, list[bytes]]:
    pieces: list[bytes] = []
    return write_files(objects, pieces.append, lambda *_: None), pieces


def test_everything_comes_back_as_it_was(filled: tuple[Objects, dict[str, bytes]]) -> None:
    objects, held = filled
    count, pieces = copied(objects)
    assert count == len(held)
    other = Objects(MemoryStore())
    # However the pieces are cut.
    body = b"".join(pieces)
    cut = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    brought = bring_files(other, cut, lambda _: True, lambda *_: None)
    assert (brought.files, brought.left_out) == (len(held), 0)
    assert {name: other.whole(name) for name in other.names()} == held


def test_what_nothing_names_is_not_written(filled: tuple[Objects, dict[str, bytes]]) -> None:
    objects, held = filled
    other = Objects(MemoryStore())
    named = next(iter(held))
    brought = bring_files(other, copied(objects)[1], lambda name: name == named, lambda *_: None)
    assert (brought.files, brought.left_out) == (1, len(held) - 1)
    assert list(other.names()) == [named]


def test_what_is_erased_meanwhile_is_passed_over(
    filled: tuple[Objects, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    objects, held = filled
    gone = next(iter(held))
    whole = Objects.whole

    def erased(self: Objects, name: str) -> bytes:
        if name == gone:
            raise Missing
        return whole(self, name)

    monkeypatch.setattr(Objects, "whole", erased)
    count, pieces = copied(objects)
    assert count == len(held) - 1
    other = Objects(MemoryStore())
    bring_files(other, pieces, lambda _: True, lambda *_: None)
    assert gone not in set(other.names())


def test_a_part_that_is_cut_off_is_refused(filled: tuple[Objects, dict[str, bytes]]) -> None:
    body = b"".join(copied(filled[0])[1])
    with pytest.raises(BackupError, match="cannot be read"):
        bring_files(
            Objects(MemoryStore()), [body[: len(body) // 2]], lambda _: True, lambda *_: None
        )
