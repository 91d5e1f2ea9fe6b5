"""What is not taken, and that nothing of it stays."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from chathaven.engines.files.kinds import ACCEPT, MAX_BYTES
from tests.conftest import Api
from tests.driving import Account, VisitorClient, json_of
from tests.product.messages.sending import (
    END,
    OWN,
    PDF,
    file_part,
    id_part,
    part,
    picture,
    raw,
    send,
    sent,
)

MIB = 1024 * 1024


@pytest.fixture
def visitor(api: Api, account: Account) -> Iterator[VisitorClient]:
    """A visitor of whom, at the end, nothing has come to be."""
    made = api.visitor(account.site_key)
    yield made
    assert made.events() == []
    folder = account.server.data / "files" / account.account_id
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    found = json_of(answer, status)
    assert found["code"] == code, found
    return found


DECEPTIONS = [
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("a.html", b"<script>alert(1)</script>"),
    ("a.xml", b"<?xml version='1.0'?><a/>"),
    ("a.exe", b"MZ\x90\0"),
    ("a.heic", b"\0\0\0\x18ftypheic"),
    ("noend", PDF),
    # The name says one thing, the content another.
    ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("a.png", PDF),
    ("a.pdf", picture()),
    ("a.txt", b"MZ\x90\0\x03\0"),
    ("a.txt", b"<!doctype html><script>alert(1)</script>"),
    ("a.mp4", picture()),
    ("a.docx", b"PK\x03\x04" + b"\0" * 60),
    # The end of the name is the one that is read, and that programs open.
    ("a.png.exe", picture()),
    ("harmless\u202egnp.exe", picture()),
    # A beginning and nothing behind it.
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 300),
    ("a.gif", b"GIF89a" + b"\xff" * 300),
]


def test_what_it_is_and_what_it_is_called(visitor: VisitorClient) -> None:
    for name, data in DECEPTIONS:
        refused = send(visitor.http, name, data, media_type="image/png")
        assert problem(refused, 415, "unsupported_media")["accept"] == list(ACCEPT)


def test_a_text_is_looked_at_to_its_end(visitor: VisitorClient) -> None:
    problem(send(visitor.http, "a.txt", b"words " * 90_000 + b"\0"), 415, "unsupported_media")


@pytest.mark.parametrize(
    ("name", "reason", "params"),
    [
        ("x" * 10_000 + ".png", "file_name_too_long", {"max": 200}),
        ("../../", "file_name_missing", {}),
        ("\u202e\u200b", "file_name_missing", {}),
    ],
)
def test_names_that_are_none(
    visitor: VisitorClient, name: str, reason: str, params: dict[str, int]
) -> None:
    refused = send(visitor.http, name, picture())
    [error] = problem(refused, 422, "invalid")["errors"]
    assert (error["field"], error["reason"], error["params"]) == ("file", reason, params)


@pytest.mark.parametrize("size", [(8_001, 5_000), (60_000, 60_000)])
def test_a_flood_of_pixels(visitor: VisitorClient, size: tuple[int, int]) -> None:
    flood = bytearray(picture())
    # The size stands in the head of the file, before anything is decoded.
    flood[16:24] = size[0].to_bytes(4) + size[1].to_bytes(4)
    flood[29:33] = crc(bytes(flood[12:29]))
    assert (
        "40 megapixels"
        in problem(send(visitor.http, "a.png", bytes(flood)), 413, "too_large")["detail"]
    )


def crc(chunk: bytes) -> bytes:
    return zlib.crc32(chunk).to_bytes(4)


def test_an_empty_file(visitor: VisitorClient) -> None:
    [error] = problem(send(visitor.http, "a.txt", b""), 422, "invalid")["errors"]
    assert (error["field"], error["reason"]) == ("file", "file_empty")


def test_too_large_is_said_before_it_is_read(visitor: VisitorClient) -> None:
    problem(send(visitor.http, "a.txt", b"x" * (MAX_BYTES + MIB)), 413, "too_large")
    assert "20 MiB" in send(visitor.http, "a.txt", b"x" * (MAX_BYTES + MIB)).json()["detail"]


def test_without_a_length_it_is_cut_off_when_it_is_too_large(
    account: Account, visitor: VisitorClient
) -> None:
    """The server neither keeps nor grows by what comes without an end."""
    server = psutil.Process(account.server.pid)
    handed = 0

    def endless() -> Iterator[bytes]:
        nonlocal handed
        yield id_part() + file_part(b"a.txt", b"").removesuffix(b"\r\n")
        for piece in repeat(b"words " * 40_000, 400):
            handed += len(piece)
            yield piece

    before = server.memory_info().rss
    answer = raw(visitor.http, endless())
    problem(answer, 413, "too_large")
    assert server.memory_info().rss - before < 60 * MIB
    assert handed > MAX_BYTES


INCOMPLETE = [
    (file_part(b"a.png", b"x") + END, "id"),
    (id_part(b"not-an-id") + file_part(b"a.png", b"x") + END, "id"),
    (id_part(b"x" * 500_000) + file_part(b"a.png", b"x") + END, "id"),
    (id_part(b"\xff") + file_part(b"a.png", b"x") + END, "id"),
    (id_part() + END, "file"),
    (id_part() + id_part() + END, "file"),
    (id_part() + part(b'Content-Disposition: form-data; name="file"', b"x") + END, "file"),
    (id_part() + file_part(b"", b"x") + END, "file"),
    (END, "id"),
]


def test_parts_that_are_missing_are_named(visitor: VisitorClient) -> None:
    for body, field in INCOMPLETE:
        [error] = problem(raw(visitor.http, body), 422, "invalid")["errors"]
        assert error["field"] == field


BROKEN = [
    b"no form at all",
    id_part(),
    id_part() + file_part(b"a.txt", b"words"),
    id_part() + file_part(b"a.txt", b"words") + id_part() + END,
    id_part() + part(b"Content-Disposition: attachment", b"x") + END,
    id_part() + part(b"\xff\xfe: x", b"x") + END,
    id_part() + part(b"X: " + b"x" * 200_000, b"x") + END,
    id_part() + file_part("é.txt".encode("latin-1"), b"words") + END,
    id_part() + file_part(b"a.pdf", PDF) + END[:-4],
]


def test_what_is_no_whole_form(visitor: VisitorClient) -> None:
    for body in BROKEN:
        answer = raw(visitor.http, body)
        assert answer.status_code in (400, 422), answer.text
        assert answer.json()["code"] in ("malformed", "invalid")


OTHER_KINDS = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/mixed; boundary=x",
    "",
    "multipart/form-data; boundary=" + "x" * 5_000,
]


def test_what_is_of_another_kind(visitor: VisitorClient) -> None:
    for kind in OTHER_KINDS:
        answer = visitor.http.post(OWN, content=b"{}", headers={"content-type": kind})
        assert problem(answer, 415, "unsupported_media")["detail"].startswith("Send a form")


# What is taken, though somebody hoped for more


@pytest.fixture
def sender(api: Api, account: Account) -> VisitorClient:
    return api.visitor(account.site_key)


def test_a_zip_is_not_opened(sender: VisitorClient, account: Account) -> None:
    """A thousand times as large when it is unpacked: here it is bytes like any others."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("zeros", b"\0" * (150 * MIB))
    before = psutil.Process(account.server.pid).memory_info().rss
    said = sent(sender.http, "bomb.zip", bomb.getvalue())
    assert said["file"]["size"] == len(bomb.getvalue())
    assert psutil.Process(account.server.pid).memory_info().rss - before < 60 * MIB


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_second_file_behind_a_picture_is_gone(sender: VisitorClient, kind: str) -> None:
    hidden = b"PK\x03\x04<script>alert('Quagga')</script>%PDF-1.7"
    said = sent(sender.http, f"a.{kind.lower()}", picture(kind) + hidden)
    given = sender.http.get(f"{OWN}/{said['id']}")
    assert given.headers["content-type"] == f"image/{kind.lower()}"
    assert b"Quagga" not in given.content
    assert b"PK\x03\x04" not in given.content


def test_a_page_inside_a_document_is_never_shown(sender: VisitorClient) -> None:
    """It may be a page for a browser that guesses; this one is told not to, thrice."""
    said = sent(sender.http, "a.pdf", PDF + b"<html><script>alert(1)</script>")
    given = sender.http.get(f"{OWN}/{said['id']}")
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\a.txt", "a.txt"),
        ("a\u202eb\u2066.txt", "ab.txt"),
        ('a"; filename="b.txt', None),
    ],
)
def test_a_name_is_no_path(
    sender: VisitorClient, account: Account, name: str, shown: str | None
) -> None:
    said = sent(sender.http, name, b"words")
    assert said["file"]["name"] == (shown or said["file"]["name"])
    assert "/" not in said["file"]["name"]
    assert not Path("/etc/passwd.txt").exists()
    given = sender.http.get(f"{OWN}/{said['id']}").headers["content-disposition"]
    assert given.count("filename") == 1 or "%22" in given


def test_a_nul_in_a_name(sender: VisitorClient) -> None:
    body = id_part() + file_part(b"a\0b.txt", b"words") + END
    assert json_of(raw(sender.http, body), 201)["file"]["name"] == "ab.txt"


def test_a_picture_under_another_pictures_name_is_called_what_it_is(sender: VisitorClient) -> None:
    said = sent(sender.http, "photo.JPG", picture("WEBP"))
    assert (said["file"]["name"], said["file"]["media_type"]) == ("photo.webp", "image/webp")


def test_the_largest_is_taken(sender: VisitorClient) -> None:
    data = b"PK\x03\x04" + os.urandom(MAX_BYTES - 4)
    said = sent(sender.http, "largest.zip", data)
    assert said["file"]["size"] == MAX_BYTES
    assert sender.http.get(f"{OWN}/{said['id']}").content == data
    body = id_part() + file_part(b"larger.zip", data + b"x") + END
    assert raw(sender.http, body).status_code == 413
