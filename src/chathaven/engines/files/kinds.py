"""Which files are taken: by the end of the name and by what they begin with, both.

A short table and no library: what is taken is a closed list, and everything that is not surely of
it is refused. (docs/decisions/0050-files-of-chats.md)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from chathaven.base.errors import Fault

MAX_BYTES = 20 * 1024 * 1024
"""The largest file, in bytes."""
MAX_PIXELS = 40_000_000
"""The largest picture."""
HEAD_BYTES = 4096
"""As much of the beginning as is looked at."""

OCTETS = "application/octet-stream"


class Kind(StrEnum):
    """What a file is, as far as screens need to know."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"


class FileType(NamedTuple):
    """One type of file. `fits` looks at the first bytes."""

    extensions: tuple[str, ...]
    media_type: str
    kind: Kind
    fits: Callable[[bytes], bool]

    @property
    def is_text(self) -> bool:
        """Whether it has no beginning of its own, so that all of it has to be looked at."""
        return self.media_type.startswith("text/")

    @property
    def served_as(self) -> str:
        """The media type with which it is given out; nothing that a browser might run has one."""
        return OCTETS if self.kind is Kind.DOCUMENT else self.media_type


def _begins(*with_: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(with_)


def _riff_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _mp3(head: bytes) -> bool:
    # A tag, or the first frame: eleven bits set, layer III.
    return head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def _iso_media(*brands: bytes) -> Callable[[bytes], bool]:
    """ISO 14496-12: a box `ftyp` comes first, and names what the file is."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12].startswith(brands)


def _webm(head: bytes) -> bool:
    return head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]


_ZIP_ENTRY = b"PK\x03\x04"
_FIRST_NAMES = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/")


def _first_name(head: bytes) -> bytes:
    """Returns the name of a ZIP's first entry; nothing of it is unpacked."""
    if not head.startswith(_ZIP_ENTRY):
        return b""
    return head[30 : 30 + int.from_bytes(head[26:28], "little")]


def _ooxml(folder: bytes) -> Callable[[bytes], bool]:
    return lambda head: _first_name(head).startswith((*_FIRST_NAMES, folder))


def _open_document(media_type: bytes) -> Callable[[bytes], bool]:
    # ODF 1.3, part 2, 3.3: the first entry says what it is, and is not packed.
    return lambda head: (
        _first_name(head) == b"mimetype" and media_type in head[: 38 + len(media_type) + 32]
    )


_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:[!?a-z])", re.IGNORECASE)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = (b"%PDF", b"%!PS", b"{\\rtf", b"#!")


def is_plain(piece: bytes) -> bool:
    """Whether a piece of a text holds no control character that no text has."""
    return not piece.translate(None, _PLAIN)


_PLAIN = bytes(code for code in range(256) if code not in _CONTROLS)


def _text(head: bytes) -> bool:
    """Text has no signature: it is what has no control characters, is no markup, and no script."""
    if head.startswith(_UTF_16):
        return b"<" not in head[:64]
    return is_plain(head) and not _MARKUP.match(head) and not head.startswith(_NO_TEXT)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

TYPES = (
    FileType((".png",), "image/png", Kind.IMAGE, _begins(b"\x89PNG\r\n\x1a\n")),
    FileType((".jpg", ".jpeg"), "image/jpeg", Kind.IMAGE, _begins(b"\xff\xd8\xff")),
    FileType((".gif",), "image/gif", Kind.IMAGE, _begins(b"GIF87a", b"GIF89a")),
    FileType((".webp",), "image/webp", Kind.IMAGE, _riff_webp),
    FileType((".pdf",), "application/pdf", Kind.DOCUMENT, _begins(b"%PDF-")),
    FileType((".txt",), "text/plain", Kind.DOCUMENT, _text),
    FileType((".csv",), "text/csv", Kind.DOCUMENT, _text),
    FileType((".docx",), f"{_OFFICE}wordprocessingml.document", Kind.DOCUMENT, _ooxml(b"word/")),
    FileType((".xlsx",), f"{_OFFICE}spreadsheetml.sheet", Kind.DOCUMENT, _ooxml(b"xl/")),
    FileType((".pptx",), f"{_OFFICE}presentationml.presentation", Kind.DOCUMENT, _ooxml(b"ppt/")),
    FileType((".odt",), f"{_ODF}text", Kind.DOCUMENT, _open_document(f"{_ODF}text".encode())),
    FileType(
        (".ods",),
        f"{_ODF}spreadsheet",
        Kind.DOCUMENT,
        _open_document(f"{_ODF}spreadsheet".encode()),
    ),
    FileType((".zip",), "application/zip", Kind.DOCUMENT, _begins(_ZIP_ENTRY, b"PK\x05\x06")),
    FileType((".mp3",), "audio/mpeg", Kind.AUDIO, _mp3),
    FileType((".ogg",), "audio/ogg", Kind.AUDIO, _begins(b"OggS")),
    FileType((".m4a",), "audio/mp4", Kind.AUDIO, _iso_media(b"M4A", b"mp4", b"iso", b"dash")),
    FileType(
        (".mp4",), "video/mp4", Kind.VIDEO, _iso_media(b"mp4", b"iso", b"avc1", b"M4V", b"dash")
    ),
    FileType((".webm",), "video/webm", Kind.VIDEO, _webm),
)
ACCEPT = tuple(extension for each in TYPES for extension in each.extensions)
"""The ends of names that are taken."""


class Taken(msgspec.Struct, frozen=True):
    """What is taken, as screens have to know it."""

    max_bytes: int
    accept: tuple[str, ...]


TAKEN = Taken(MAX_BYTES, ACCEPT)

_BY_EXTENSION = {extension: each for each in TYPES for extension in each.extensions}
_BY_MEDIA_TYPE = {each.media_type: each for each in TYPES}


def extension_of(name: str) -> str:
    """Returns the end of a name from its last dot on, in lower case; empty where it has none."""
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if stem and dot else ""


def recognise(name: str, head: bytes) -> FileType | None:
    """Returns what a file is, or None where it is not taken, or is not what its name says.

    Pictures are the exception: they are drawn anew, so it is enough that it is one of them.
    """
    wanted = _BY_EXTENSION.get(extension_of(name))
    if wanted is None:
        return None
    if wanted.kind is Kind.IMAGE:
        images = (each for each in TYPES if each.kind is Kind.IMAGE)
        return next((each for each in images if each.fits(head)), None)
    return wanted if wanted.fits(head) else None


def of_media_type(media_type: str) -> FileType:
    """Returns the type of a media type that `recognise` has found."""
    return _BY_MEDIA_TYPE[media_type]


class NotTaken(Fault):
    """The file is of no type that is taken, or is not what its name says."""

    status = 415
    code = "unsupported_media"
    detail = "Files of this type are not taken, or this one is not what its name says."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, extra={"accept": ACCEPT})
