"""Packed data, unpacked as it comes: whatever begins inside any file is looked into.

Brotli and bare deflate bear no mark of their own; the first is known by the name of its file,
the second inside a ZIP.
"""

from __future__ import annotations

import struct
import zlib
from enum import StrEnum
from typing import Protocol

import brotli
import lz4.frame
import zstandard


class Kind(StrEnum):
    """How something is packed."""

    GZIP = "gzip"
    ZLIB = "zlib"
    ZSTD = "zstd"
    LZ4 = "lz4"
    BROTLI = "brotli"
    ZIP = "zip"


DOORS: dict[bytes, Kind] = {
    b"\x1f\x8b\x08": Kind.GZIP,
    b"\x28\xb5\x2f\xfd": Kind.ZSTD,
    b"\x04\x22\x4d\x18": Kind.LZ4,
    b"PK\x03\x04": Kind.ZIP,
    b"\x78\x01": Kind.ZLIB,
    b"\x78\x5e": Kind.ZLIB,
    b"\x78\x9c": Kind.ZLIB,
    b"\x78\xda": Kind.ZLIB,
}
"""The bytes with which packed data begins."""

LARGEST = 4 * 1024**3
"""Bytes that are unpacked from one beginning; more is a trap."""
SLICE = 16 * 1024


class Broken(Exception):
    """It is not packed that way after all, or ends in the middle, or is locked."""


class _Unpacks(Protocol):
    def __call__(self, data: bytes, /) -> bytes: ...


class Unpacker:
    """Unpacks what it is fed. `done` once the packed data has come to its end."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.done = False
        self.made = 0
        self._head = b""
        self._inner: object | None = None
        self._call: _Unpacks | None = None
        if kind is not Kind.ZIP:
            self._begin(kind)

    def feed(self, data: bytes) -> bytes:
        """Returns what came out.

        Raises:
            Broken: it is not what it seemed to be.
        """
        if self._call is None:
            data = self._past_head(data)
            if self._call is None:
                return b""
        out = bytearray()
        try:
            for at in range(0, len(data), SLICE):
                out += self._call(data[at : at + SLICE])
                self._look_for_end()
                if self.done:
                    break
        except (zlib.error, zstandard.ZstdError, RuntimeError, brotli.error, EOFError) as error:
            if not out:
                raise Broken from error
            self.done = True
        self.made += len(out)
        self.done = self.done or self.made > LARGEST
        return bytes(out)

    def _look_for_end(self) -> None:
        self.done = bool(getattr(self._inner, "eof", False))

    def _begin(self, kind: Kind, bits: int = zlib.MAX_WBITS) -> None:
        if kind is Kind.ZSTD:
            unzstd = zstandard.ZstdDecompressor(max_window_size=2**31).decompressobj()
            self._inner, self._call = unzstd, unzstd.decompress
        elif kind is Kind.LZ4:
            unlz4 = lz4.frame.LZ4FrameDecompressor()
            self._inner, self._call = unlz4, unlz4.decompress
        elif kind is Kind.BROTLI:
            unbrotli = brotli.Decompressor()
            self._inner, self._call = unbrotli, unbrotli.process
        else:
            unzip = zlib.decompressobj(bits + 16 if kind is Kind.GZIP else bits)
            self._inner, self._call = unzip, unzip.decompress

    def _past_head(self, data: bytes) -> bytes:
        """Reads a ZIP entry's own head (APPNOTE 4.3.7), which may come in pieces."""
        self._head += data
        if len(self._head) < 30:
            return b""
        _, flags, method, *_, name, extra = struct.unpack("<HHHHHIIIHH", self._head[4:30])
        if flags & 1:
            raise Broken("It is locked with a password.")
        begin = 30 + name + extra
        if len(self._head) < begin:
            return b""
        rest, self._head = self._head[begin:], b""
        if method == 8:
            self._begin(Kind.ZLIB, -zlib.MAX_WBITS)
        elif method == 93:
            self._begin(Kind.ZSTD)
        else:
            # Stored as it is: whoever reads the file has seen it already.
            self.done = True
        return rest
