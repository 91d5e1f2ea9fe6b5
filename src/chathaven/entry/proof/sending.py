"""Sending planted files through the front door, and looking at what was kept of them."""

from __future__ import annotations

import io
import zipfile
from typing import Any, NamedTuple
from uuid import uuid4

from chathaven.engines.scan.canary import Canary, sample_of
from chathaven.entry.proof.door import CannotProve, Door
from chathaven.entry.proof.planted_files import CONTENT, PlantedFile, pixels, planted_files

THUMBNAIL = "files.thumbnail"
_PNG = b"\x89PNG\r\n\x1a\n"


class Sent(NamedTuple):
    """A file that was sent: what was planted, where it is fetched, and what the product says."""

    file: PlantedFile
    path: str
    said: dict[str, Any]

    def paths(self) -> tuple[str, ...]:
        """Returns where it, and its small picture if it has one, is fetched."""
        small = (f"{self.path}/thumbnail",) if self.said["thumbnail"] else ()
        return self.path, *small

    def kept(self, door: Door, whose: str) -> list[Canary]:
        """Returns its canaries: what was planted, and a piece of the very bytes that are kept.

        Raises:
            CannotProve: what is given out is not what was sent, where it is to be.
        """
        body = door.bytes("GET", self.path)
        if self.said["kind"] == "document" and body != self.file.body:
            raise CannotProve("a file came back as another one than was sent")
        small = [sample_of(THUMBNAIL, whose, door.bytes("GET", path)) for path in self.paths()[1:]]
        return [self.file.name, *self.file.inside, sample_of(CONTENT, whose, body), *small]


def send(visitor: Door, operators: Door, chat_id: str, whose: str) -> list[Sent]:
    """Sends every planted file: the visitor all but the last, and an operator that one."""
    *own, last = planted_files(whose)
    theirs = f"/v1/chats/{chat_id}/files"
    ways = [(visitor, "/v1/widget/me/files", file) for file in own] + [(operators, theirs, last)]
    sent = []
    for door, path, file in ways:
        said = door.upload(path, uuid4(), (file.file_name, file.body, file.media_type))["file"]
        sent.append(Sent(file, f"{theirs}/{said['id']}", said))
    return sent


def with_pixels(bodies: dict[str, bytes]) -> dict[str, bytes]:
    """Adds the pixels of the pictures among answers and in their ZIPs, for those are packed."""
    found = dict(bodies)
    for name, body in bodies.items():
        for number, picture in enumerate(_pictures(body)):
            found[f"{name}, picture {number}"] = pixels(picture)
    return found


def _pictures(body: bytes) -> list[bytes]:
    if body.startswith(_PNG):
        return [body]
    if not body.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = [archive.read(each) for each in archive.infolist() if each.file_size > len(_PNG)]
    return [each for each in files if each.startswith(_PNG)]
