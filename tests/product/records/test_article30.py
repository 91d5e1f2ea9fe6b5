"""The record of processing says what is, and keeps what was."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest

from chathaven.base.cells import harmless
from chathaven.base.clock import now
from chathaven.engines.database.data_map import Basis, Retention, Whose
from chathaven.engines.database.tables import all_entries
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.signed_pdf import check_pdf
from chathaven.product.accounts.settings import AccountSettings, RetentionPeriods
from chathaven.product.audit.find import csv_rows
from chathaven.product.records.api import schema
from chathaven.product.records.article30 import kept, record_sha256
from chathaven.product.records.keep import differences
from chathaven.product.records.words import (
    BASES,
    CATEGORIES,
    LANGUAGES,
    PURPOSES,
    RETENTION,
    SAID,
    SUBJECTS,
)
from tests.product.served import Company, Served, serve

OWN = {
    "address": "Kai 1, 20457 Hamburg",
    "country": "Germany",
    "email": "privacy@lovelace.example",
    "data_protection_officer": {"name": "Grace Hopper", "email": "dpo@lovelace.example"},
}
HOST = {
    "hosting": "others",
    "company": "Hafen Hosting GmbH",
    "address": "Kai 1, 20457 Hamburg, Germany",
    "email": "privacy@hafen.example",
    "location": "Germany",
    "law": "Germany",
    "signatory": {"name": "Mary Somerville", "title": "Managing director"},
}
NORD = {
    "id": "nord",
    "effective_from": "2020-01-01",
    "name": "Rechenzentrum Nord GmbH",
    "address": "Deich 7, 25746 Heide",
    "contact": "privacy@rznord.example",
    "location": "United States",
    "purpose": "Keeps the servers",
    "data_categories": ["everything that is stored, encrypted"],
    "transfer_tool": "standard contractual clauses",
}


async def read(company: Company, kind: str = "controller", **query: Any) -> dict[str, Any]:
    """The record as the server gives it."""
    answer = await company.owner.get("/v1/records", params={"kind": kind, **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def change(company: Company, **patch: Any) -> None:
    """Changes settings."""
    answer = await company.owner.patch("/v1/settings", json=patch)
    assert answer.status_code == 200, answer.text


def activities(found: dict[str, Any], language: str = "en") -> set[str]:
    """The ids of what is processed."""
    return {each["id"] for each in found["record"]["languages"][language]["activities"]}


def transfers(found: dict[str, Any]) -> set[str]:
    """To whom data goes outside the Union."""
    return {each["to"] for each in found["record"]["languages"]["en"]["transfers"]}


@pytest.mark.parametrize("kind", ["controller", "processor"])
async def test_it_is_as_its_schema_says(company: Company, kind: str) -> None:
    found = await read(company, kind)
    schema = (await company.owner.get("/v1/schemas/record-1.json")).json()
    jsonschema_rs.validate(schema, found["record"])
    assert found["sha256"] == record_sha256(found["record"])
    assert found["record"]["applies"] is (kind == "controller")


async def test_every_table_about_people_is_in_it(company: Company) -> None:
    found = (await read(company))["record"]["languages"]
    for language in ("en", "de"):
        named = {store for each in found[language]["activities"] for store in each["stores"]}
        assert named == {
            each.table
            for each in all_entries()
            if each.whose is not Whose.NOBODY and each.basis is not Basis.NOT_PERSONAL
        }
        assert all(each["bases"] for each in found[language]["activities"])
    assert [a["id"] for a in found["en"]["activities"]] == [
        a["id"] for a in found["de"]["activities"]
    ]


def test_whatever_is_said_begins_as_a_sentence_does() -> None:
    for language in LANGUAGES:
        texts = [*SAID[language].values()]
        for each in (PURPOSES, SUBJECTS, CATEGORIES, BASES, RETENTION):
            texts += each[language].values()
        assert [text for text in texts if not (text[0].isupper() or text[0] == "{")] == []


async def test_who_the_company_is_stands_in_it(company: Company) -> None:
    before = await read(company)
    await change(company, privacy={"organisation": OWN})
    after = await read(company)
    assert after["version"] == before["version"] + 1
    assert after["reason"] == "settings"
    controller = after["record"]["parties"]["controller"]
    assert controller["name"] == "Lovelace & Co"
    assert controller["data_protection_officer"] == OWN["data_protection_officer"]
    assert controller["representative"] is None


async def test_the_marketing_question_changes_it(company: Company) -> None:
    before = await read(company)
    assert "marketing" not in activities(before)
    asked = {"enabled": True, "marketing": {"enabled": True, "texts": {"en": "May we write?"}}}
    await change(company, email_request=asked)
    after = await read(company)
    assert activities(after) - activities(before) == {"marketing", "email-request"}
    # What was is still there, and the same settings again make no third version.
    assert (await read(company, number=before["version"])) == before
    await change(company, email_request=asked)
    listed = (await company.owner.get("/v1/records/versions")).json()["items"]
    assert [each["version"] for each in listed] == [2, 1]


async def test_a_subprocessor_changes_it_at_the_next_start(
    urls: DatabaseUrls, keyring: Keyring, tmp_path: Path
) -> None:
    path = tmp_path / "installation.json"
    path.write_text(json.dumps(HOST))
    async with serve(urls, tmp_path, keyring.path) as served:
        company = await served.sign_up()
        email = company.email
        before = await read(company)
        assert before["record"]["parties"]["processor"]["name"] == "Hafen Hosting GmbH"
        assert not {"Rechenzentrum Nord GmbH, Deich 7, 25746 Heide"} & transfers(before)
    path.write_text(json.dumps({**HOST, "subprocessors": [NORD]}))
    async with serve(urls, tmp_path, keyring.path) as served:
        process = served.process
        async with process.ground.database.transaction(UUID(company.id)) as tx:
            assert await process.keeper.keep(tx, "software") == 2
            assert await process.keeper.keep(tx, "software") == 0
        owner = await served.sign_in(email)
        after = (await owner.get("/v1/records")).json()
    assert (after["version"], after["reason"]) == (2, "software")
    said = after["record"]["languages"]["de"]
    assert "subprocessor-nord" in {each["id"] for each in said["recipients"]}
    assert "standard contractual clauses" in {each["safeguard"] for each in said["transfers"]}
    assert transfers(after) - transfers(before) == {"Rechenzentrum Nord GmbH, Deich 7, 25746 Heide"}


async def test_every_receiver_that_is_set_stands_in_it(served: Served, company: Company) -> None:
    keeper = served.process.keeper
    keeper._settings = type(keeper._settings)(  # no other way to set one here
        data=served.data,
        public_url=served.public_url,
        keyring=served.data / "keyring.json",
        smtp_url="smtp://user:secret@mail.example:587",
        database_url="postgresql://user:secret@db.example/chat",
        files_url="s3://bucket",
    )
    found = await read(company)
    receivers = {e["id"]: e for e in found["record"]["languages"]["en"]["recipients"]}
    assert {"mail", "database", "files", "embed-youtube"} <= set(receivers)
    assert receivers["mail"]["name"] == "mail.example"
    assert "secret" not in json.dumps(found)


async def test_the_difference_between_two_times(company: Company) -> None:
    await read(company)
    start = now()
    await change(company, privacy={"organisation": OWN})
    asked = {"enabled": True}
    await change(company, email_request=asked)
    times = {"since": start.isoformat(), "until": (now() + timedelta(days=1)).isoformat()}
    answer = await company.owner.get("/v1/records/differences", params=times)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["before"]["version"], found["after"]["version"]) == (1, 3)
    changes = {each["path"]: each for each in found["changes"]}
    assert changes["parties.controller.country"]["after"] == "Germany"
    added = changes["languages.en.activities.email-request"]
    assert (added["before"], added["after"]["id"]) == (None, "email-request")
    times["since"] = "2026-01-01T00:00:00"
    bare = await company.owner.get("/v1/records/differences", params=times)
    assert bare.status_code == 422
    assert bare.json()["errors"][0]["field"] == "since"


def test_differences_go_by_ids() -> None:
    one = {"list": [{"id": "a", "x": 1}, {"id": "b", "x": 2}]}
    other = {"list": [{"id": "b", "x": 3}, {"id": "c", "x": 4}]}
    found = {each.path: (each.before, each.after) for each in differences(one, other)}
    assert found == {
        "list.a": ({"id": "a", "x": 1}, None),
        "list.b.x": (2, 3),
        "list.c": (None, {"id": "c", "x": 4}),
    }
    assert differences(one, one) == []


@pytest.mark.parametrize("kind", ["controller", "processor"])
@pytest.mark.parametrize("language", ["en", "de"])
async def test_it_is_taken_along(
    served: Served, company: Company, kind: str, language: str
) -> None:
    await change(company, privacy={"organisation": {"address": "=1+1, Kai 1 & <b>{#x}"}})
    path = "/v1/records/file"
    got = {}
    for form in ("json", "csv", "pdf"):
        answer = await company.owner.get(
            path, params={"kind": kind, "format": form, "language": language}
        )
        assert answer.status_code == 200, answer.text
        got[form] = answer.content
    assert record_sha256(json.loads(got["json"])) == (await read(company, kind))["sha256"]
    assert got["json"] == canonical(json.loads(got["json"]))
    rows = list(csv.reader(io.StringIO(got["csv"].decode())))
    assert ["'=1+1, Kai 1 & <b>{#x}"] in [row[2:] for row in rows]
    assert not any(text[:1] in "=+-@\t" for row in rows for text in row if text)
    assert b"pdfaid" in got["pdf"] or b"PDF/A" in got["pdf"]
    check_pdf(served.process.ground.signing.checker, got["pdf"])


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(csv_rows([[text]]).decode()))) == [f"'{text}"]


async def test_only_who_may_reads_it(company: Company) -> None:
    assert (await company.owner.get("/v1/records?kind=nothing")).status_code == 422
    assert (await company.owner.get("/v1/records?number=99")).status_code == 422
    made = await company.owner.post("/v1/tokens", json={"name": "x", "scopes": ["settings:read"]})
    token = {"authorization": f"Bearer {made.json()['token']}", "cookie": ""}
    refused = await company.served.client().get("/v1/records", headers=token)
    assert refused.status_code == 403


def test_the_published_schema_is_the_served_one() -> None:
    published = Path(__file__).parents[3] / "docs" / "api" / "record-1.json"
    assert published.read_bytes() == schema()


def test_it_says_the_periods_that_are_set() -> None:
    settings = AccountSettings()
    settings.privacy.retention = RetentionPeriods(
        visit_hours=7, conversation_months=11, security_days=13, audit_months=17
    )
    for language in LANGUAGES:
        said = {each: kept(settings, each, language) for each in Retention}
        for each, number in (("VISIT", 7), ("CONVERSATION", 11), ("SECURITY", 13), ("AUDIT", 17)):
            assert said[Retention[each]].startswith(f"{number} "), language
        assert not any("{" in text for text in said.values())
