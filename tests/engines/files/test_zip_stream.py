"""A ZIP that is handed on while it is written, and taken up again."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.engines.files.zip_stream import Entry, ZipStream

MOMENT = datetime(2026, 11, 23, 12, 30, 8, tzinfo=UTC)


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@given(st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=5), st.integers(0, 5))
def test_it_is_the_same_when_it_is_taken_up_again(files: list[list[bytes]], cut: int) -> None:
    stream, data = ZipStream(MOMENT), b""
    for number, pieces in enumerate(files):
        if number == cut:
            # As after a restart: all that is left is what was taken, and the list as JSON.
            kept = msgspec.json.decode(msgspec.json.encode(stream.entries), type=list[Entry])
            stream = ZipStream(MOMENT, len(data), kept)
        stream.begin(f"file-{number}", large=number % 2 == 1)
        for piece in pieces:
            stream.write(piece)
            data += stream.take()
        entry = stream.end()
        data += stream.take()
        assert entry.sha256 == hashlib.sha256(b"".join(pieces)).hexdigest()
        assert stream.offset == len(data)
    stream.close()
    data += stream.take()
    assert opened(data) == {f"file-{n}": b"".join(pieces) for n, pieces in enumerate(files)}


def test_an_unfinished_one_is_taken_for_none() -> None:
    stream = ZipStream(MOMENT)
    stream.add("whole", b"whole")
    stream.begin("begun")
    stream.write(b"begun")
    with pytest.raises(zipfile.BadZipFile):
        opened(stream.take())
