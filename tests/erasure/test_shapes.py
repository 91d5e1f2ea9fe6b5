"""The search finds a canary in every encoding, in every container, across every border."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import json
import quopri
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import quote

import brotli
import idna
import lz4.frame
import pytest
import zstandard

from chathaven.engines.scan.canary import (
    BITS,
    EVERY_SCRIPT,
    Canary,
    Script,
    address,
    phone,
    random_text,
    sample_of,
    together,
    word,
    words,
)
from chathaven.engines.scan.containers import Kind
from chathaven.engines.scan.patterns import Patterns
from chathaven.engines.scan.stream import Hit, look

NOISE = b"\x00\xff<p>Nothing to see here; a lamp was ordered.</p>\r\n" * 40


def found(patterns: Patterns, *pieces: bytes) -> set[Canary]:
    return {canary for _, canary in look(patterns, "store", "file", pieces)}


def hit(patterns: Patterns, *pieces: bytes) -> Hit:
    [(one, _)] = look(patterns, "store", "file", pieces)
    return one


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16le": lambda text: text.encode("utf-16-le"),
    "utf-16be": lambda text: text.encode("utf-16-be"),
    "utf-16 with mark": lambda text: text.encode("utf-16"),
    "lower": lambda text: text.lower().encode(),
    "upper": lambda text: text.upper().encode(),
    "casefold": lambda text: text.casefold().encode(),
    "NFC": lambda text: unicodedata.normalize("NFC", text).encode(),
    "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
    "URL": lambda text: quote(text).encode(),
    "URL twice": lambda text: quote(quote(text)).encode(),
    "URL, small": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()).upper().encode(),
    "HTML": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "HTML, hexadecimal": lambda text: "".join(
        c if c.isascii() else f"&#x{ord(c):x};" for c in text
    ).encode(),
    "JSON": lambda text: json.dumps({"text": text}).encode(),
    "JSON, plain": lambda text: json.dumps({"text": text}, ensure_ascii=False).encode(),
    "JSON of lower": lambda text: json.dumps(text.lower()).encode(),
    "base64, 0": lambda text: base64.b64encode(text.encode()),
    "base64, 1": lambda text: base64.b64encode(b"a" + text.encode()),
    "base64, 2": lambda text: base64.b64encode(b"ab" + text.encode()),
    "base64url, 0": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
    "base64url, 1": lambda text: base64.urlsafe_b64encode(b"a" + text.encode()),
    "base64, wrapped": lambda text: base64.encodebytes(b"x" * 50 + text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "quoted-printable, broken": lambda text: quopri.encodestring(("x" * 60 + text).encode()),
    "bytea": lambda text: b"\\x" + text.encode().hex().encode(),
}


@pytest.mark.parametrize("script", EVERY_SCRIPT)
@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_every_encoding_of_every_script(encoding: str, script: Script) -> None:
    canary, other = word("visitors.name", "a", script), word("visitors.name", "b", script)
    patterns = Patterns([canary, other])
    raw = NOISE + ENCODINGS[encoding](canary.text) + NOISE
    assert found(patterns, raw) == {canary}
    assert found(patterns, NOISE) == set()


@pytest.mark.parametrize("script", EVERY_SCRIPT)
def test_a_fragment_is_enough(script: Script) -> None:
    canary = word("events.params", "a", script)
    patterns = Patterns([canary, word("events.params", "b", script)])
    raw = canary.text[canary.tag :].encode()
    size = 20 if script is Script.EMOJI else 16 if script is Script.CJK else 12
    for at in range(len(raw) - size + 1):
        assert found(patterns, NOISE + raw[at : at + size] + NOISE) == {canary}


@pytest.mark.parametrize("kind", ["plain", "header", "base64"])
def test_inside_a_letter(kind: str) -> None:
    canaries = words("visitors.name", "a")
    patterns = Patterns(canaries)
    letter = EmailMessage()
    letter["Subject"] = together(canaries) if kind == "header" else "Hello"
    letter.set_content(
        "Hello,\n" + (together(canaries) if kind != "header" else ""),
        cte="base64" if kind == "base64" else "quoted-printable",
    )
    # A folded header breaks words of many bytes into pieces: those of one byte are whole there.
    missed = set(canaries) - found(patterns, letter.as_bytes())
    assert missed <= ({each for each in canaries if each.script is Script.EMOJI}
                      if kind == "header" else set())  # fmt: skip


def test_an_address_and_what_is_made_of_it() -> None:
    email = address("visitors.email", "a")
    patterns = Patterns([email, address("visitors.email", "b")])
    _, _, domain = email.text.partition("@")
    made = [
        email.text.encode(),
        domain.encode(),
        idna.encode(domain, uts46=True),
        email.text.upper().encode(),
        quote(email.text).encode(),
    ]
    for name in ("sha256", "sha1", "md5"):
        digest = hashlib.new(name, email.text.lower().encode()).digest()
        made += [digest, digest[:16], digest.hex().encode(), base64.b64encode(digest)]
    for raw in made:
        assert found(patterns, NOISE + raw + NOISE) == {email}, raw


def test_a_phone_number() -> None:
    number = phone("visitors.phone", "a")
    patterns = Patterns([number, phone("visitors.phone", "b")])
    assert found(patterns, number.text[1:].encode()) == {number}
    assert len(number.text) == 30


def png(text: str) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    note = b"Comment\0\0" + zlib.compress(text.encode())
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"zTXt", note) + chunk(b"IEND", b"")


def exif(text: str) -> bytes:
    body = b"Exif\0\0MM\0*\0\0\0\x08" + text.encode()
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xd9"


def pdf(text: str) -> bytes:
    packed = zlib.compress(f"BT ({text}) Tj ET".encode(), 9)
    return b"%%PDF-1.7\n1 0 obj<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
        len(packed), packed
    )  # fmt: skip


def zipped(text: str, name: str = "word/document.xml", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(name, f"<w:t>{text}</w:t>" * 3)
    return held.getvalue()


CONTAINERS: dict[str, Callable[[str], bytes]] = {
    "gzip": lambda text: gzip.compress(text.encode()),
    "two gzips": lambda text: gzip.compress(b"first") + gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "zlib, fast": lambda text: zlib.compress(text.encode(), 1),
    "zstd": lambda text: zstandard.compress(text.encode()),
    "lz4": lambda text: lz4.frame.compress(text.encode()),
    "zip": zipped,
    "zip, stored": lambda text: zipped(text, method=zipfile.ZIP_STORED),
    "docx": zipped,
    "png": png,
    "exif": exif,
    "pdf": pdf,
    "base64 in zip": lambda text: zipped(base64.b64encode(text.encode()).decode()),
    "zstd in gzip": lambda text: gzip.compress(zstandard.compress(text.encode())),
    "zip in gzip in lz4": lambda text: lz4.frame.compress(gzip.compress(zipped(text))),
}


@pytest.mark.parametrize("step", [1, 7, 1000, 10_000_000])
@pytest.mark.parametrize("container", list(CONTAINERS))
def test_inside_what_is_packed(container: str, step: int) -> None:
    canaries = words("events.params", "a")
    patterns = Patterns([*canaries, *words("events.params", "b")])
    raw = NOISE + CONTAINERS[container](together(canaries)) + NOISE
    pieces = [raw[at : at + step] for at in range(0, len(raw), step)]
    assert found(patterns, *pieces) == set(canaries)


def test_brotli_by_its_name() -> None:
    canary = word("events.params", "a")
    packed = brotli.compress(NOISE + canary.text.encode())
    patterns = Patterns([canary])
    [(one, _)] = look(patterns, "s", "copy.br", [packed[:9], packed[9:]], Kind.BROTLI)
    assert "brotli" in one.where


def test_it_says_where() -> None:
    canary = word("events.params", "a")
    patterns = Patterns([canary])
    plain = hit(patterns, b"x" * 5_000, b"y" * 100 + canary.text.encode() + b"z")
    assert (plain.store, plain.where, plain.offset) == ("store", "file", 5_100)
    assert (plain.field, plain.whose, plain.encoding) == ("events.params", "a", "UTF-8")
    assert hit(patterns, NOISE + gzip.compress(canary.text.encode())).where == (
        f"file > gzip at {len(NOISE)}"
    )


@pytest.mark.parametrize("at", range(60))
def test_across_a_border(at: int) -> None:
    canary = word("events.params", "a")
    patterns = Patterns([canary])
    raw = b"0123456789" + canary.text.encode() + b"0123456789"
    assert hit(patterns, raw[:at], raw[at:]).offset == 10


def test_two_places_are_two_finds() -> None:
    canary = word("events.params", "a")
    raw = canary.text.encode()
    assert len(look(Patterns([canary]), "s", "w", [raw + NOISE + raw])) == 2


def test_a_file_as_its_own_canary() -> None:
    body = random_text(Script.CJK, 20_000).encode()
    canary = sample_of("dpa_files.pdf", "a", body)
    patterns = Patterns([canary])
    assert found(patterns, NOISE + body) == {canary}
    for skipped in range(3):
        assert found(patterns, base64.encodebytes(body[skipped:]).replace(b"\n", b"")) == {canary}
    with pytest.raises(ValueError, match="no canary"):
        sample_of("dpa_files.pdf", "a", b"short")


def test_canaries_are_nowhere_else() -> None:
    made = {word("f", "a", script).text for script in EVERY_SCRIPT for _ in range(200)}
    assert len(made) == 200 * len(EVERY_SCRIPT)
    for script in EVERY_SCRIPT:
        assert len(set(random_text(script))) > 4
    assert BITS == 96


def test_what_only_looks_packed_does_no_harm() -> None:
    canary = word("events.params", "a")
    marks = b"\x1f\x8b\x08\x78\x9c\x28\xb5\x2f\xfdPK\x03\x04\x04\x22\x4d\x18" * 300
    patterns = Patterns([canary])
    assert found(patterns, marks + canary.text.encode() + marks) == {canary}


def test_a_search_that_misses_says_so() -> None:
    patterns = Patterns([word("events.params", "a")])
    assert patterns.missed() == []
    patterns.find = lambda data: ([], [])  # type: ignore[method-assign]  # blinded on purpose
    assert len(patterns.missed()) == patterns.count
