"""Files in what is given out: referred to, whole, named safely, and read a piece at a time."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4
from zipfile import ZipFile

import jsonschema_rs
import pytest

from chathaven.base.ids import new_id
from chathaven.engines.ground import Ground
from chathaven.product.chats.read import read_chat
from chathaven.product.legal.examine import examine
from chathaven.product.privacy.export_chat import Gone, begin_chat
from chathaven.product.privacy.export_chat_files import chat_zip
from chathaven.product.privacy.export_files import Reference, path_in
from tests.product.privacy.erasing import erased
from tests.product.privacy.filed import paper, photo, send
from tests.product.privacy.test_export_visitor import Visitor, unzip
from tests.product.served import Company, Served


async def chat_of(visitor: Visitor) -> str:
    return str((await visitor.http.get("/v1/widget/me")).json()["chat"]["id"])


async def exported(company: Company, chat: str, **params: Any) -> bytes:
    answer = await company.owner.get(f"/v1/chats/{chat}/export", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content


def is_valid(chat: dict[str, Any], files: dict[str, bytes]) -> bool:
    schema = json.loads(files["schema/chat-export-1.json"])
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(chat)


async def test_a_chat_refers_to_its_files(company: Company, visitor: Visitor) -> None:
    chat = await chat_of(visitor)
    sent = [
        await send(visitor.http, "façade.png", photo()),
        await send(company.owner, "offer.pdf", paper(1), f"/v1/chats/{chat}/files"),
    ]
    told = json.loads(await exported(company, chat))
    assert told["files"] == [
        {name: each[name] for name in ("id", "name", "media_type", "size", "sha256")}
        for each in sent
    ]
    carriers = [event for event in told["events"] if event.get("files")]
    assert [event["files"] for event in carriers] == [[each["id"]] for each in sent]
    assert [event["params"]["file"]["name"] for event in carriers] == ["façade.png", "offer.pdf"]
    files = await visitor.export()
    assert is_valid(told, files)
    told["files"][0]["sha256"] = "none"
    assert not is_valid(told, files)


async def test_a_chat_without_files_says_nothing_of_them(
    company: Company, visitor: Visitor
) -> None:
    told = json.loads(await exported(company, await chat_of(visitor)))
    assert "files" not in told


async def test_a_zip_holds_them(company: Company, visitor: Visitor) -> None:
    chat = await chat_of(visitor)
    sent = await send(visitor.http, "façade.png", photo())
    body = paper(2, 300_000)
    plain = await send(company.owner, "offer.pdf", body, f"/v1/chats/{chat}/files")
    answer = await company.owner.get(f"/v1/chats/{chat}/export?files=true")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="chat-{chat}.zip"'
    files = unzip(answer.content)
    told = json.loads(files.pop("chat.json"))
    paths = {each["id"]: each["path"] for each in told["files"]}
    assert set(files) == set(paths.values())
    assert paths[sent["id"]] == f"files/{sent['id']}-façade.png"
    assert files[paths[plain["id"]]] == body
    for each in told["files"]:
        held = files[each["path"]]
        assert (len(held), hashlib.sha256(held).hexdigest()) == (each["size"], each["sha256"])
        path = f"/v1/chats/{chat}/files/{each['id']}"
        assert (await company.owner.get(path)).content == held
    del told["files"]
    alone = json.loads(await exported(company, chat))
    assert told["events"] == alone["events"]


async def test_former_wordings_are_in_it_and_deleted_ones_are_not(
    company: Company, visitor: Visitor
) -> None:
    chat = await chat_of(visitor)
    edited, deleted = str(uuid4()), str(uuid4())
    for id, text in ((edited, "first wording"), (deleted, "never mind")):
        body = {"id": id, "text": text}
        assert (await visitor.http.post("/v1/widget/me/messages", json=body)).status_code == 201
    path = "/v1/widget/me/messages"
    for text in ("second wording", "third wording"):
        answer = await visitor.http.patch(f"{path}/{edited}", json={"text": text})
        assert answer.status_code == 200, answer.text
    gone = await send(visitor.http, "secret.pdf", paper(3))
    for id in (deleted, gone["id"]):
        assert (await visitor.http.delete(f"{path}/{id}")).status_code == 204
    raw = await exported(company, chat)
    told = json.loads(raw)
    by_id = {event["id"]: event for event in told["events"]}
    assert by_id[edited]["params"]["text"] == "third wording"
    assert [each["text"] for each in by_id[edited]["edits"]] == ["first wording", "second wording"]
    assert by_id[deleted]["params"].keys() == {"deleted_at", "deleted_by"}
    assert b"never mind" not in raw
    assert b"secret.pdf" not in raw
    assert "files" not in told
    files = await visitor.export()
    assert is_valid(told, files)
    by_id[deleted]["params"].clear()
    assert not is_valid(told, files)
    page = files["index.html"].decode()
    assert "<del>first wording</del>" in page
    assert "never mind" not in page
    assert [name for name in files if name.startswith("attachments/")] == []


async def test_a_persons_copy_holds_them_signed(
    served: Served, company: Company, visitor: Visitor
) -> None:
    chat, body = await chat_of(visitor), paper(4)
    picture = await send(visitor.http, "me & you.png", photo(4))
    offer = await send(company.owner, "offer.pdf", body, f"/v1/chats/{chat}/files")
    data = (await visitor.http.get("/v1/widget/me/export")).content
    files = unzip(data)
    held = {name for name in files if name.startswith("attachments/")}
    assert held == {
        f"attachments/{picture['id']}-me _ you.png",
        f"attachments/{offer['id']}-offer.pdf",
    }
    assert files[f"attachments/{offer['id']}-offer.pdf"] == body
    manifest = json.loads(files["manifest.json"])
    hashes = {each["name"]: each["sha256"] for each in manifest["files"]}
    assert {hashes[name] for name in held} == {picture["sha256"], offer["sha256"]}
    assert manifest["counts"]["attachments"] == 2
    conversation = json.loads(files[f"conversations/{chat}.json"])
    assert {each["path"] for each in conversation["files"]} == held
    assert is_valid(conversation, files)
    checker = served.process.ground.signing.checker
    assert examine(data, checker).genuine
    assert not examine(data.replace(body[-40:], b"x" * 40), checker).genuine
    links = Links()
    links.feed(files["index.html"].decode())
    assert {unquote(each) for each in links.hrefs} == held
    assert [unquote(each) for each in links.pictures] == [
        f"attachments/{picture['id']}-me _ you.png"
    ]
    # What a row holds of the store and its keys is nobody's data.
    [row, _] = json.loads(files["data/files.json"])
    assert "file_key" not in row
    assert b"offer.pdf" in files["messages.csv"]


class Links(HTMLParser):
    """Gathers what a page links and shows."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.pictures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.hrefs.append(str(given["href"]))
        if tag == "img":
            self.pictures.append(str(given["src"]))


NAMES = {
    "../../etc/passwd": ".._.._etc_passwd",
    "C:\\boot.ini": "C__boot.ini",
    "a/b.pdf": "a_b.pdf",
    "évil\u202egpj.exe": "évil_gpj.exe",
    "...": "file",
    "  .hidden ": "hidden",
    "x" * 300 + ".pdf": "x" * 77 + ".pdf",
    "no ending " + "y" * 100: "no ending " + "y" * 70,
    "Rechnung März.pdf": "Rechnung März.pdf",
    "tab\tnew\nline.txt": "tab_new_line.txt",
    "?*|<>:.png": "______.png",
}


@pytest.mark.parametrize("given", NAMES)
def test_no_name_leads_out_of_its_folder(given: str) -> None:
    file = Reference(new_id(), given, "application/pdf", 1, "0" * 64)
    assert path_in("files", file) == f"files/{file.id}-{NAMES[given].strip(' .')}"


async def test_it_is_handed_on_piece_by_piece(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    """However large the files are, hardly anything waits in memory."""
    for number in range(3):
        await send(visitor.http, f"{number}.pdf", paper(number, 3_000_000))
    pieces = await begun(served, ground, company, visitor)
    sizes = [len(piece) async for piece in pieces]
    assert sum(sizes) > 9_000_000
    assert max(sizes) < 600_000


async def begun(served: Served, ground: Ground, company: Company, visitor: Visitor) -> Any:
    chat = UUID(await chat_of(visitor))
    async with ground.database.transaction(UUID(company.id)) as tx:
        begun = await begin_chat(tx, "http://127.0.0.1", await read_chat(tx, chat))
    return chat_zip(ground, served.process.live, begun)


async def test_one_that_is_deleted_meanwhile_is_left_out(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    kept, gone = [await send(visitor.http, f"{n}.pdf", paper(n)) for n in range(2)]
    pieces = await begun(served, ground, company, visitor)
    # The chat itself: its head, a page of events, and the list of files.
    got = [await anext(pieces) for _ in range(3)]
    answer = await visitor.http.delete(f"/v1/widget/me/messages/{gone['id']}")
    assert answer.status_code == 204
    got += [piece async for piece in pieces]
    with ZipFile(io.BytesIO(b"".join(got))) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
    assert names == {"chat.json", f"files/{kept['id']}-0.pdf"}


async def test_whoever_is_erased_meanwhile_ends_it(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    for number in range(2):
        await send(visitor.http, f"{number}.pdf", paper(number))
    pieces = await begun(served, ground, company, visitor)
    for _ in range(3):
        await anext(pieces)
    await erased(served, company, visitor)
    with pytest.raises(Gone):
        await to_the_end(pieces)


async def to_the_end(pieces: AsyncIterator[bytes]) -> None:
    async for _ in pieces:
        continue
