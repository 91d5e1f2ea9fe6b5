"""Files with canaries in them, of each kind that people send: what was written into which part."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import NamedTuple

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from chathaven.engines.scan.canary import Canary, Script, random_text, together, word, words

CONTENT, DETAILS = "files.content", "files.details"
"""The bytes of a file, which no column holds; and its name, which one does."""
_DESCRIPTION, _MAKER = 0x010E, 0x010F
_GPS = 0x8825
_PAGE = (
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n"
)
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/><Override'
    ' PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)


class PlantedFile(NamedTuple):
    """A file to send. `inside` has to come back out of it, and `dropped` is never to be stored.

    `name` is its name without an ending, which is the canary of the name itself.
    """

    name: Canary
    ending: str
    media_type: str
    body: bytes
    inside: list[Canary]
    dropped: list[Canary]

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        return f"{self.name.text}.{self.ending}"


def planted_files(whose: str) -> list[PlantedFile]:
    """Returns a picture with words in its pixels, one from a camera, a PDF, a DOCX and a ZIP."""
    names = words(DETAILS, whose)
    made = (_png, _jpeg, _pdf, _docx, _zip)
    return [make(name, whose) for make, name in zip(made, names, strict=True)]


def _png(name: Canary, whose: str) -> PlantedFile:
    """The pixels are the picture; what stands beside them is nobody's business."""
    seen = word(CONTENT, whose)
    note = word(CONTENT, f"{whose}, dropped")
    # A picture of noise, for one of a single colour is packed into bytes that any other has too.
    picture = Image.effect_noise((700, 500), 40)
    text = seen.text.encode()
    for line in range(0, 500, 50):
        picture.paste(Image.frombytes("L", (len(text), 1), text), (20, line))
    said = PngInfo()
    said.add_text("Comment", note.text, zip=True)
    said.add_itxt("Author", note.text)
    return PlantedFile(
        name, "png", "image/png", _saved(picture, "PNG", pnginfo=said), [seen], [note]
    )


def _jpeg(name: Canary, whose: str) -> PlantedFile:
    """What a camera notes: a description, who made it, and the place, which is told as a name."""
    noted, maker, place = (word(CONTENT, f"{whose}, dropped") for _ in range(3))
    exif = Image.Exif()
    exif[_DESCRIPTION], exif[_MAKER] = noted.text, maker.text
    exif.get_ifd(_GPS)[28] = b"ASCII\0\0\0" + place.text.encode()
    picture = Image.effect_noise((700, 500), 40)
    body = _saved(picture, "JPEG", exif=exif.tobytes(), quality=85)
    return PlantedFile(name, "jpg", "image/jpeg", body, [], [noted, maker, place])


def _pdf(name: Canary, whose: str) -> PlantedFile:
    inside = words(CONTENT, whose)
    packed = zlib.compress(b"BT /F1 9 Tf (" + together(inside).encode() + b") Tj ET" + _padding())
    stream = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    body = b"%PDF-1.7\n" + _PAGE + stream + packed
    body += b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    return PlantedFile(name, "pdf", "application/pdf", body, inside, [])


def _docx(name: Canary, whose: str) -> PlantedFile:
    inside = words(CONTENT, whose)
    text = f"{together(inside)}{_padding().decode()}"
    document = f"<w:document><w:t>{text}</w:t></w:document>".encode()
    body = _packed({"[Content_Types].xml": _TYPES.encode(), "word/document.xml": document})
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return PlantedFile(name, "docx", kind, body, inside, [])


def _zip(name: Canary, whose: str) -> PlantedFile:
    inside = words(CONTENT, whose)
    body = _packed({"notes.txt": together(inside).encode() + _padding()})
    return PlantedFile(name, "zip", "application/zip", body, inside, [])


def _padding() -> bytes:
    """What lets a file be long enough to be told from others by a piece of its middle."""
    return b"\n" + random_text(Script.CJK, 8_000).encode()


def _packed(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return held.getvalue()


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, form, **options)
    return held.getvalue()


def pixels(body: bytes) -> bytes:
    """Returns the pixels of a picture, in shades of grey, as they are in memory."""
    with Image.open(io.BytesIO(body)) as picture:
        return picture.convert("L").tobytes()
