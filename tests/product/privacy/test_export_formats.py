"""A person's copy in the form that others read: schemas, a standard's vocabulary, a signature."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

import jsonschema_rs
import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.product.legal.examine import examine
from tests.product.legal.conftest import hoster, write
from tests.product.privacy.test_export_visitor import Visitor, come, unzip
from tests.product.served import Company, Served, serve

DOCS = Path(__file__).parents[3] / "docs" / "api"


@pytest.fixture
async def visitor(served: Served, company: Company) -> Visitor:
    """Somebody who talked."""
    came = await come(served, company)
    await came.say("Hello")
    return came


FILES = {
    "manifest.json": "person-manifest-1.json",
    "consents.json": "consents-1.json",
    "recipients.json": "recipients-1.json",
    "processing.json": "processing-1.json",
}


async def test_its_files_are_as_the_published_schemas_say(
    served: Served, company: Company, visitor: Visitor
) -> None:
    texts = {"enabled": True, "texts": {"en": "May we write?"}}
    change = {"email_request": {"enabled": True, "marketing": texts}}
    assert (await company.owner.patch("/v1/settings", json=change)).status_code == 200
    for marketing in ("yes", "no"):
        changed = await visitor.http.patch("/v1/widget/me", json={"marketing": marketing})
        assert changed.status_code == 200, changed.text
    embed = {"provider": "youtube", "answer": "no"}
    assert (await visitor.http.post("/v1/widget/me/embeds", json=embed)).status_code == 201
    files = await visitor.export()
    for name, published in FILES.items():
        served_schema = (await served.client().get(f"/v1/schemas/{published}")).json()
        assert json.loads(files[f"schema/{published}"]) == served_schema
        assert json.loads((DOCS / published).read_text()) == served_schema
        validator = jsonschema_rs.Draft202012Validator(served_schema, validate_formats=True)
        said = json.loads(files[name])
        assert [error.message for error in validator.iter_errors(said)] == []
        # And it is a schema that can be broken.
        del said[served_schema["required"][-1]]
        assert not validator.is_valid(said)


async def test_consents_speak_the_vocabulary_of_the_standard(
    company: Company, visitor: Visitor
) -> None:
    texts = {"enabled": True, "texts": {"en": "May we write?"}}
    change = {"email_request": {"enabled": True, "marketing": texts}}
    assert (await company.owner.patch("/v1/settings", json=change)).status_code == 200
    for marketing in ("yes", "no"):
        await visitor.http.patch("/v1/widget/me", json={"marketing": marketing})
    said = json.loads((await visitor.export())["consents.json"])
    assert said["dct:publisher"]["@id"] == f"urn:uuid:{company.id}"
    notice, marketing = said["dpv:hasRecordOfActivity"]
    assert notice["@type"] == "dpv:DataProcessingRecord"
    assert [each["@type"] for each in notice["dpv:hasConsentStatus"]] == ["chathaven:NoticeShown"]
    assert marketing["@type"] == "dpv:ConsentRecord"
    assert marketing["dpv:hasLegalBasis"] == "eu-gdpr:A6-1-a"
    assert marketing["dpv:hasProcess"]["dpv:hasPurpose"] == "dpv:DirectMarketing"
    events = marketing["dpv:hasConsentStatus"]
    assert [each["@type"] for each in events] == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert [each["dpv:isIndicatedAtTime"] for each in events] == [
        each["created_at"] for each in said["receipts"][1:]
    ]
    [words] = marketing["dpv:hasNotice"]
    assert words["dct:description"] == "May we write?"
    assert words["chathaven:sha256"] == hashlib.sha256(b"May we write?").hexdigest()
    # Every word with a prefix has one that the document itself explains.
    used = set(re.findall(r'"([a-z-]+):[A-Za-z0-9-]+"', json.dumps(said)))
    assert used - {"urn", "embed"} <= said["@context"].keys()


async def test_its_signature_is_checked_file_by_file(served: Served, visitor: Visitor) -> None:
    data = (await visitor.http.get("/v1/widget/me/export")).content
    checker = served.process.ground.signing.checker
    verdict = examine(data, checker)
    assert verdict.genuine, verdict.lines
    page = await served.client().post("/verify", files={"file": ("x.zip", data)})
    assert "GENUINE: signed by the installation" in page.text
    assert "NOT GENUINE" not in page.text
    for name, change in (
        ("profile.json", b"{}"),
        ("manifest.json", unzip(data)["manifest.json"].replace(b"Lovelace", b"Loveless")),
        ("more.json", b"{}"),
    ):
        files = unzip(data) | {name: change}
        verdict = examine(zipped(files), checker)
        assert not verdict.genuine, name
    files = unzip(data)
    del files["profile.json"]
    assert not examine(zipped(files), checker).genuine
    assert not examine(data[:-100], checker).genuine


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


async def test_who_takes_part_is_named(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    write(tmp_path, subprocessors=[hoster()])
    async with serve(urls, tmp_path, keyring.path) as served:
        company = await served.sign_up()
        visitor = await come(served, company)
        told = json.loads((await visitor.export())["recipients.json"])["recipients"]
    assert [(each["name"], each["role"]) for each in told] == [
        ("Lovelace & Co", "controller"),
        ("Nordlicht GmbH", "runs the server"),
        ("Hoster AG", "sub-processor"),
    ]
    assert told[2]["where"] == "Germany"
