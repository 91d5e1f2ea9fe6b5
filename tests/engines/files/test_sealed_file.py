"""A file that rests encrypted opens whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from chathaven.engines.files.sealed_file import CHUNK, Damaged, SealedWriter, read_sealed

KEY = bytes(range(32))
BOUND = b"file|1|"


def write(path: Path, data: bytes) -> None:
    writer = SealedWriter(path, KEY, BOUND)
    writer.write(data)
    writer.finish()


def read(path: Path, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    return b"".join(read_sealed(path, key, bound))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_is_read(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    write(tmp_path / "file", data)
    assert read(tmp_path / "file") == data
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    # A few bytes may well stand in sealed ones by chance.
    assert size < 32 or data[:32] not in (tmp_path / "file").read_bytes()


def chunks(path: Path) -> list[bytes]:
    data, found = path.read_bytes(), []
    while data:
        size = 4 + int.from_bytes(data[:4])
        found.append(data[:size])
        data = data[size:]
    return found


def test_nothing_that_was_touched_opens(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, os.urandom(3 * CHUNK))
    whole = chunks(path)
    assert len(whole) == 3
    flipped = whole[1][:-1] + bytes([whole[1][-1] ^ 1])
    longest = (2**31).to_bytes(4)
    for spoilt in (
        whole[:-1],
        whole[1:],
        [],
        [whole[1], whole[0], whole[2]],
        [whole[0], flipped, whole[2]],
        [*whole, whole[2]],
        [*whole[:2], whole[2][:-1]],
        [*whole[:2], whole[2][:3]],
        [longest, *whole],
    ):
        path.write_bytes(b"".join(spoilt))
        with pytest.raises(Damaged):
            read(path)


def test_another_key_or_name_does_not_open_it(tmp_path: Path) -> None:
    write(tmp_path / "file", b"secret")
    for key, bound in ((bytes(32), BOUND), (KEY, b"file|2|")):
        with pytest.raises(Damaged):
            read(tmp_path / "file", key, bound)


def test_it_goes_on_where_it_was_kept(tmp_path: Path) -> None:
    path, first, second = tmp_path / "file", os.urandom(CHUNK + 77), os.urandom(2 * CHUNK)
    writer = SealedWriter(path, KEY, BOUND)
    writer.write(first)
    writer.keep()
    length, number = writer.length, writer.number
    writer.write(b"written, and lost with the process" * CHUNK)
    writer.close()
    again = SealedWriter(path, KEY, BOUND, length, number)
    again.write(second)
    again.finish()
    assert read(path) == first + second
    path.write_bytes(path.read_bytes()[: length - 1])
    with pytest.raises(Damaged):
        SealedWriter(path, KEY, BOUND, length, number)
