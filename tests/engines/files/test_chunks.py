"""A stream of chunks opens whole or not at all, however it is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.engines.files.chunks import CHUNK, Damaged, Opener, Sealer

KEY = bytes(range(32))
BOUND = b"object|1|"


def sealed(data: bytes, step: int = CHUNK) -> bytes:
    sealer = Sealer(KEY, BOUND)
    made = [sealer.add(data[start : start + step]) for start in range(0, len(data), step)]
    return b"".join([*made, sealer.finish()])


def opened(data: bytes, step: int = CHUNK, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    opener = Opener(key, bound)
    found: list[bytes] = []
    for start in range(0, len(data), step):
        found += opener.add(data[start : start + step])
    return b"".join([*found, opener.finish()])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
@pytest.mark.parametrize("step", [CHUNK, 70_001])
def test_what_was_sealed_opens(size: int, step: int) -> None:
    data = bytes(index % 251 for index in range(size))
    assert opened(sealed(data, step), step) == data


@given(st.integers(1, 3 * CHUNK), st.integers(4_000, 200_000), st.integers(4_000, 200_000))
def test_pieces_may_begin_and_end_anywhere(size: int, write: int, read: int) -> None:
    data = b"chathaven" * (size // 9 + 1)
    assert opened(sealed(data, write), read) == data


def pieces(data: bytes) -> list[bytes]:
    found = []
    while data:
        size = 4 + int.from_bytes(data[:4])
        found.append(data[:size])
        data = data[size:]
    return found


def test_what_is_not_as_it_was_sealed_does_not_open() -> None:
    whole = sealed(b"x" * (3 * CHUNK + 5))
    first, second, third, last = pieces(whole)
    altered = bytearray(whole)
    altered[len(first) + 40] ^= 1
    for wrong in (
        b"",
        whole[:-1],
        whole + b"\0",
        first,
        first + second + third,
        second + first + third + last,
        first + third + last,
        last,
        bytes(altered),
        (CHUNK * 2).to_bytes(4) + whole[4:],
    ):
        with pytest.raises(Damaged):
            opened(wrong)


def test_it_opens_with_its_own_key_and_in_its_own_place_alone() -> None:
    whole = sealed(b"Quagga")
    with pytest.raises(Damaged):
        opened(whole, key=bytes(32))
    with pytest.raises(Damaged):
        opened(whole, bound=b"object|2|")


def test_little_waits_in_memory() -> None:
    sealer = Sealer(KEY, BOUND)
    # All but what is less than two chunks comes out at once.
    came = sum(len(sealer.add(b"x" * CHUNK)) for _ in range(20))
    assert came > 19 * CHUNK - 1
