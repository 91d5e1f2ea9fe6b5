"""What is taken: by the end of the name and by the beginning of the file, both."""

from __future__ import annotations

import io
import zipfile

import pytest

from chathaven.engines.files.kinds import (
    ACCEPT,
    OCTETS,
    TYPES,
    Kind,
    extension_of,
    is_plain,
    of_media_type,
    recognise,
)


def zipped(*names: str, first: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            # Without a time, for each process of the suite has to make the same.
            archive.writestr(zipfile.ZipInfo(name), first or b"content")
    return made.getvalue()


ODT = b"application/vnd.oasis.opendocument.text"
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
GOOD = {
    "a.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a.jpeg": b"\xff\xd8\xff\xe1",
    "a.gif": b"GIF89a",
    "a.webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "a.pdf": b"%PDF-1.7\n",
    "a.txt": "Grüße, 世界\n".encode(),
    "a.csv": b"name;price\nQuagga;1\n",
    "a.docx": zipped("[Content_Types].xml", "word/document.xml"),
    "b.docx": zipped("word/document.xml"),
    "a.xlsx": zipped("_rels/.rels", "xl/workbook.xml"),
    "a.pptx": zipped("ppt/presentation.xml"),
    "a.odt": zipped("mimetype", "content.xml", first=ODT),
    "a.ods": zipped("mimetype", "content.xml", first=ODS),
    "a.zip": zipped("anything.bin"),
    "empty.zip": zipped(),
    "a.mp3": b"ID3\x04\0",
    "b.mp3": b"\xff\xfb\x90\x64",
    "a.ogg": b"OggS\0\x02",
    "a.m4a": b"\0\0\0\x1cftypM4A \0\0\0\0",
    "a.mp4": b"\0\0\0\x20ftypisom\0\0\2\0",
    "a.webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
}


@pytest.mark.parametrize("name", GOOD)
def test_taken(name: str) -> None:
    found = recognise(name, GOOD[name])
    assert found is not None
    assert extension_of(name) in found.extensions
    assert recognise(name.upper(), GOOD[name]) == found
    assert of_media_type(found.media_type) is found


def test_each_end_of_a_name_is_tried() -> None:
    assert {extension_of(name) for name in GOOD} == set(ACCEPT)


@pytest.mark.parametrize("name", [name for name in GOOD if recognise(name, GOOD[name])])
def test_nothing_is_taken_under_the_name_of_something_else(name: str) -> None:
    mine = recognise(name, GOOD[name])
    assert mine is not None
    for other, content in GOOD.items():
        theirs = recognise(other, content)
        found = recognise(name, content)
        if found is None or theirs is None:
            continue
        same = found.media_type == theirs.media_type
        pictures = found.kind is theirs.kind is Kind.IMAGE
        # Each ZIP is a ZIP; words are words, in a table or not; MP4 holds sound or pictures.
        alike = (mine.media_type, found.media_type) in {
            ("application/zip", "application/zip"),
            ("text/plain", "text/plain"),
            ("text/csv", "text/csv"),
            ("audio/mp4", "audio/mp4"),
        }
        office = content.startswith(b"PK") and {
            "officedocument" in each.media_type for each in (found, theirs)
        } == {True}
        assert same or pictures or alike or office, (name, other)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
        ("a.xml", b"<?xml version='1.0'?><a/>"),
        ("a.js", b"alert(1)"),
        ("a.exe", b"MZ\x90\0"),
        ("a.txt", b"<html><script>alert(1)</script>"),
        ("a.txt", b"  \n<!DOCTYPE html>"),
        ("a.txt", b"\xef\xbb\xbf<svg onload=alert(1)>"),
        ("a.csv", b"<?xml version='1.0'?>"),
        ("a.txt", "<html>".encode("utf-16")),
        ("a.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("a.txt", b"MZ\x90\0\x03\0\0\0"),
        ("a.txt", b"%PDF-1.7"),
        ("a.pdf", b"<html>%PDF-1.7"),
        ("a.pdf", b"MZ\x90\0"),
        ("a.png", b"<svg/>"),
        ("a.png", b"%PDF-1.7"),
        ("a.jpg", b"GIF"),
        ("a.docx", zipped("evil.exe")),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.odt", zipped("mimetype", first=ODS)),
        ("a.ods", zipped("mimetype", first=ODT)),
        ("a.zip", b"Rar!\x1a\x07"),
        ("a.mp3", b"\xff\xd8\xff"),
        ("a.mp4", b"\0\0\0\x1cftypqt  "),
        ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"),
        ("png", b"\x89PNG\r\n\x1a\n"),
        (".png", b"\x89PNG\r\n\x1a\n"),
        ("a.png.exe", b"\x89PNG\r\n\x1a\n"),
        ("a.png.", b"\x89PNG\r\n\x1a\n"),
        ("a.png", b""),
    ],
)
def test_refused(name: str, content: bytes) -> None:
    assert recognise(name, content) is None


def test_a_picture_may_bear_the_name_of_another_picture() -> None:
    found = recognise("photo.jpg", GOOD["a.webp"])
    assert found is not None
    assert found.media_type == "image/webp"


def test_only_what_plays_or_shows_is_given_out_as_what_it_is() -> None:
    for each in TYPES:
        served = OCTETS if each.kind is Kind.DOCUMENT else each.media_type
        assert each.served_as == served
        assert not any(word in each.served_as for word in ("html", "xml", "svg", "script", "pdf"))


def test_a_text_has_no_control_characters() -> None:
    assert is_plain("a\tb\r\nÜ\f".encode())
    assert is_plain("é".encode("latin-1"))
    for code in (0, 1, 7, 8, 0x0E, 0x1F, 0x7F):
        assert not is_plain(b"a" + bytes([code]))
