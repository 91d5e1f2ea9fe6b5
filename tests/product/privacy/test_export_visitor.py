"""A person's whole data: everything that the data map gives out, and nothing of anybody else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx
import jsonschema_rs
import msgspec
import pytest

from tests.product.privacy.canaries import canary, leaves, plant, planted
from tests.product.served import Company, Served

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1+1")


class Visitor:
    """A visitor of a company, with a token."""

    def __init__(self, http: httpx.AsyncClient, id: UUID) -> None:
        self.http = http
        self.id = id

    async def say(self, text: str) -> None:
        body = {"id": str(UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])), "text": text}
        answer = await self.http.post("/v1/widget/me/messages", json=body)
        assert answer.status_code == 201, answer.text

    async def export(self) -> dict[str, bytes]:
        """Returns the files of their own copy."""
        answer = await self.http.get("/v1/widget/me/export")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"] == 'attachment; filename="my-data.zip"'
        return unzip(answer.content)


def unzip(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def come(served: Served, company: Company, **given: Any) -> Visitor:
    key = company.made["site"]["key"]
    text = {"general": {"legal_text": {"enabled": True, "texts": {"en": "We keep it."}}}}
    assert (await company.owner.patch("/v1/settings", json=text)).status_code == 200
    http = served.client()
    notice = (await http.get(f"/v1/widget/{key}")).json()["notice"]
    body = {"language": "en", "notice_id": notice["id"], "page_url": "https://shop.example/x"}
    made = (await http.post(f"/v1/widget/{key}/visitors", json=body | given)).json()
    http.headers["authorization"] = f"Bearer {made['token']}"
    return Visitor(http, UUID(made["visitor"]["id"]))


@pytest.fixture
async def visitor(served: Served, company: Company) -> Visitor:
    came = await come(served, company)
    await came.say("Hello")
    body = {"name": "Vera", "email": "vera@visitor.example", "phone": "+49 30 1234"}
    assert (await came.http.patch("/v1/widget/me", json=body)).status_code == 200
    return came


def told(files: dict[str, bytes]) -> set[Any]:
    """Returns every value of every JSON file."""
    found: set[Any] = set()
    for name, data in files.items():
        if name.endswith(".json"):
            found |= set(leaves(json.loads(data)))
    return found


async def test_every_column_that_is_given_out_is_in_it(
    served: Served, company: Company, visitor: Visitor
) -> None:
    database = served.process.ground.database
    async with database.transaction(UUID(company.id)) as tx:
        await plant(tx, visitor.id)
    served.process.gate.forget(UUID(company.id))
    async with database.transaction(UUID(company.id)) as tx:
        columns = await planted(tx, visitor.id)
    assert len(columns) > 40
    assert [name for name, values in columns.items() if not values] == []
    answer = await company.owner.get(f"/v1/visitors/{visitor.id}/export")
    found = told(unzip(answer.content))
    missing = {
        name
        for name, values in columns.items()
        for leaf in leaves(msgspec.to_builtins(values))
        if leaf not in found
    }
    assert missing == set()


async def test_nothing_of_anybody_else_is_in_it(
    served: Served, company: Company, visitor: Visitor
) -> None:
    """Another visitor of the same company, the operators' own data, and what opens doors."""
    words = [canary() for _ in range(4)]
    other = await come(served, company, page_url=f"https://shop.example/{words[0]}")
    await other.say(words[1])
    body = {"name": words[2], "email": f"{words[3]}@visitor.example"}
    assert (await other.http.patch("/v1/widget/me", json=body)).status_code == 200
    database = served.process.ground.database
    async with database.transaction(UUID(company.id)) as tx:
        await plant(tx, other.id)
        columns = await planted(tx, other.id)
        driver = await tx.driver()
        rows = await driver.execute(
            "SELECT wrapped FROM person_keys WHERE person_id = ANY(%s)"
            " UNION SELECT digest FROM visitor_tokens WHERE visitor_id = ANY(%s)"
            " UNION SELECT email_index FROM visitors WHERE id = ANY(%s)",
            ([visitor.id, other.id],) * 3,
        )
        secrets = [bytes(row[0]) for row in await rows.fetchall() if row[0]]
    assert len(secrets) >= 5
    chat = (await visitor.http.get("/v1/widget/me")).json()["chat"]["id"]
    said = {"id": str(UUID(int=7)), "text": "Good morning"}
    answer = await company.owner.post(f"/v1/chats/{chat}/messages", json=said)
    assert answer.status_code == 201
    whole = b"\n".join((await visitor.export()).values())
    foreign = {
        leaf
        for values in columns.values()
        for leaf in leaves(msgspec.to_builtins(values))
        if isinstance(leaf, str) and ("canary" in leaf or re.fullmatch(r"[0-9a-f-]{36}", leaf))
    }
    # What both share: the site they came to and the text they were shown.
    shared = {company.made["site"]["id"], (await notice_id(served, company))}
    assert len(foreign) > 10
    for word in [*words, company.email, visitor.http.headers["authorization"].split()[1]]:
        assert word.encode() not in whole
    assert [leaf for leaf in foreign - shared if leaf.encode() in whole] == []
    for secret in secrets:
        assert secret.hex().encode() not in whole
        assert msgspec.json.encode(secret)[1:-1] not in whole
    assert b"Ada Lovelace" in whole, "the operator's shown name belongs to the conversation"


async def notice_id(served: Served, company: Company) -> str:
    shown = await served.client().get(f"/v1/widget/{company.made['site']['key']}")
    return str(shown.json()["notice"]["id"])


async def test_the_manifest_tells_every_file(visitor: Visitor) -> None:
    files = await visitor.export()
    manifest = json.loads(files.pop("manifest.json"))
    assert (manifest["format"], manifest["schema_version"]) == ("chathaven-person-1", 1)
    assert manifest["subject"]["id"] == str(visitor.id)
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert manifest["counts"]["events"] == 2
    assert manifest["counts"]["receipts"] == 1
    assert {
        "profile.json",
        "consents.json",
        "processing.json",
        "recipients.json",
        "messages.csv",
        "index.html",
        "data/visitor_tokens.json",
    } < files.keys()
    schema = json.loads(files["schema/chat-export-1.json"])
    [conversation] = [name for name in files if name.startswith("conversations/")]
    assert jsonschema_rs.is_valid(schema, json.loads(files[conversation]))
    processing = json.loads(files["processing.json"])["columns"]
    params = next(e for e in processing if (e["store"], e["column"]) == ("events", "params"))
    assert params["purpose"] == "answering the chat"
    assert params["legal_basis"].startswith("Art. 6(1)(b)")
    assert params["kept"] == "R2 conversation"


async def test_no_cell_of_the_table_is_a_formula(visitor: Visitor) -> None:
    for text in FORMULAS:
        await visitor.say(text)
    assert (await visitor.http.patch("/v1/widget/me", json={"name": "=cmd()"})).status_code == 200
    data = (await visitor.export())["messages.csv"]
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["text"] for row in rows] == ["Hello", *(f"'{text}" for text in FORMULAS)]
    assert {row["name"] for row in rows} == {"'=cmd()"}


async def test_the_page_runs_nothing_and_loads_nothing(served: Served, company: Company) -> None:
    visitor = await come(served, company, language="de-AT")
    await visitor.say("<script>alert(1)</script><img src=x onerror=alert(2)>")
    page = (await visitor.export())["index.html"].decode()
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|img|link|iframe|a)\b", page)
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page)
    assert "default-src 'none'" in page
    assert '<html lang="de" dir="ltr">' in page
    assert "Ihre Daten" in page
    assert "Your data" in page


async def test_who_is_gone_exports_nothing(
    served: Served, company: Company, visitor: Visitor
) -> None:
    other = await served.sign_up()
    path = f"/v1/visitors/{visitor.id}/export"
    assert (await other.owner.get(path)).status_code == 404
    assert (await company.owner.delete(f"/v1/visitors/{visitor.id}")).status_code == 202
    assert (await visitor.http.get("/v1/widget/me/export")).status_code == 401
