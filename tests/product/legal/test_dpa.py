"""The data processing agreement: complete, signed, kept, and asked for anew when it changes."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chathaven.engines.database.urls import DatabaseUrls
from chathaven.engines.vault.keyring import Keyring
from chathaven.engines.vault.signed_pdf import check_pdf
from chathaven.engines.vault.signing import NotGenuine
from chathaven.entry.cli.main import main
from chathaven.product.legal.dpa import SEND_COPY, SEND_HOST_COPY
from chathaven.product.legal.jobs import send_copy, send_host_copy
from tests.product.legal.conftest import hoster, write
from tests.product.served import Company, Served, serve

SIGNER = {
    "name": "Ada Lovelace",
    "title": "Owner",
    "company": "Lovelace & Co",
    "address": "Engine Street 1\nLondon",
    "country": "United Kingdom",
}


async def sign(who: Company, **changes: Any) -> dict[str, Any]:
    answer = await who.owner.post("/v1/legal/dpa/signatures", json=SIGNER | changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def file_of(company: Company, id: str) -> bytes:
    answer = await company.owner.get(f"/v1/legal/dpa/signatures/{id}/file")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


async def test_who_is_their_own_host_needs_none(company: Company) -> None:
    dpa = (await company.owner.get("/v1/legal/dpa")).json()
    assert (dpa["needed"], dpa["due"]) == (False, False)
    assert "no agreement" in dpa["why"]
    refused = await company.owner.post("/v1/legal/dpa/signatures", json=SIGNER)
    assert (refused.status_code, refused.json()["code"]) == (409, "dpa_not_needed")


@pytest.mark.parametrize(
    ("language", "duties"),
    [
        (
            "en",
            [
                "only on documented instructions",
                "infringes",
                "confidentiality",
                "Art. 32",
                "general authorisation",
                "thirty days",
                "object",
                "same duties",
                "Chapter V",
                "Chapter III GDPR",
                "Art. 33",
                "Art. 34",
                "Art. 35",
                "Art. 36",
                "undue delay",
                "audits, inspections",
                "deletes all personal data",
                "returns",
                "Art. 82",
            ],
        ),
        (
            "de",
            [
                "nur auf dokumentierte Weisung",
                "verstößt",
                "Vertraulichkeit",
                "Art. 32",
                "genehmigt allgemein",
                "dreißig Tage",
                "widersprechen",
                "dieselben",
                "Kapitels V",
                "Kapitel III DSGVO",
                "Art. 33",
                "Art. 34",
                "Art. 35",
                "Art. 36",
                "24 Stunden",
                "Inspektionen",
                "löscht",
                "Rückgabe",
                "Art. 82",
            ],
        ),
    ],
)
async def test_it_says_all_that_article_28_asks_for(
    customer: Company, language: str, duties: list[str]
) -> None:
    dpa = (await customer.owner.get("/v1/legal/dpa", params={"language": language})).json()
    assert dpa["language"] == language
    text = " ".join(dpa["text"].split())
    assert [duty for duty in duties if duty not in text] == []
    assert "Nordlicht GmbH" in text
    assert len(dpa["annexes"]) == 4
    whole = " ".join(annex["text"] for annex in dpa["annexes"])
    for fact in ("AES-256-GCM", "Germany", "dpo@nordlicht.example", "privacy@nordlicht.example"):
        assert fact in whole
    [key] = customer.served.process.ground.signing.public.keys
    assert key.value in whole
    assert "{{" not in text + whole


async def test_signing_gives_a_pdf_that_anybody_can_check(
    customer: Company, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = (await customer.owner.get("/v1/legal/dpa", params={"language": "en"})).json()
    assert (before["needed"], before["due"], before["signature"]) == (True, True, None)
    made = await sign(customer)
    assert (made["version"], made["sha256"]) == (before["version"], before["sha256"])
    after = (await customer.owner.get("/v1/legal/dpa")).json()
    assert after["due"] is False
    assert after["signature"]["id"] == made["id"]
    assert after["signature"]["address"] == "Engine Street 1, London"
    [listed] = (await customer.owner.get("/v1/legal/dpa/signatures")).json()["items"]
    assert listed == after["signature"]

    pdf = await file_of(customer, made["id"])
    assert b"pdfaid:part>2" in pdf
    signing = customer.served.process.ground.signing
    assert check_pdf(signing.checker, pdf) == signing.key_id
    with pytest.raises(NotGenuine):
        check_pdf(signing.checker, pdf.replace(b"startxref", b"startxreF"))

    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf)
    [key] = signing.public.keys
    assert main(["verify", str(path), "--key", key.value]) == 0
    assert "GENUINE" in capsys.readouterr().out
    assert main(["verify", str(path), "--data", str(customer.served.data)]) == 0
    path.write_bytes(pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:])
    assert main(["verify", str(path), "--key", key.value]) == 1
    assert "NOT GENUINE" in capsys.readouterr().out
    assert main(["verify", str(path), "--data", str(tmp_path / "none")]) == 1
    assert main(["verify", str(path), "--key", "nonsense"]) == 1


@pytest.mark.parametrize("language", ["en", "de"])
async def test_letters_of_any_script_can_sign(customer: Company, language: str) -> None:
    made = await sign(customer, name="李 Ærøskøbing Ωmega Жук", company="شركة", language=language)
    assert made["name"] == "李 Ærøskøbing Ωmega Жук"
    signing = customer.served.process.ground.signing
    assert check_pdf(signing.checker, await file_of(customer, made["id"]))


async def test_the_signer_gets_a_copy_once(customer: Company) -> None:
    made = await sign(customer)
    ground = customer.served.process.ground
    for _ in range(2):
        await send_copy(ground, UUID(customer.id), UUID(made["id"]))
    [path] = (customer.served.data / "outbox").glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert letter["to"] == customer.email
    [attached] = letter.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == await file_of(customer, made["id"])


async def test_the_other_side_gets_its_own(customer: Company) -> None:
    made = await sign(customer)
    ground = customer.served.process.ground
    async with ground.database.transaction(UUID(customer.id)) as tx:
        driver = await tx.driver()
        jobs = await driver.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE args->>'id' = %s", (made["id"],)
        )
        assert {name for (name,) in await jobs.fetchall()} == {SEND_COPY, SEND_HOST_COPY}
    await send_host_copy(ground, UUID(customer.id), UUID(made["id"]))
    [path] = (customer.served.data / "outbox").glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert letter["to"] == "privacy@nordlicht.example"
    [attached] = letter.iter_attachments()
    assert attached.get_content() == await file_of(customer, made["id"])


async def test_nothing_readable_of_it_is_stored(customer: Company) -> None:
    made = await sign(customer, name="Zanzibar Person")
    async with customer.served.process.ground.database.transaction(UUID(customer.id)) as tx:
        driver = await tx.driver()
        for table in ("dpa_signatures", "dpa_files"):
            rows = await driver.execute(f"SELECT t::text FROM {table} t")
            found = str(await rows.fetchall())
            assert made["id"] in found
            assert "Zanzibar" not in found
            assert b"Zanzibar".hex() not in found


async def test_others_have_neither_list_nor_file(customer: Company, hosted: Served) -> None:
    made = await sign(customer)
    other = await hosted.sign_up()
    answer = await other.owner.get(f"/v1/legal/dpa/signatures/{made['id']}/file")
    assert answer.status_code == 404
    assert (await other.owner.get("/v1/legal/dpa/signatures")).json()["items"] == []


async def test_a_changed_agreement_is_signed_anew_and_the_old_one_stays(
    customer: Company, urls: DatabaseUrls, keyring: Keyring
) -> None:
    made = await sign(customer)
    pdf = await file_of(customer, made["id"])
    data = customer.served.data
    write(data, subprocessors=[hoster("another")])
    async with serve(urls, data, keyring.path) as again:
        owner = await again.sign_in(customer.email)
        dpa = (await owner.get("/v1/legal/dpa")).json()
        assert dpa["version"] != made["version"]
        assert (dpa["due"], dpa["signature"]) == (True, None)
        [old] = (await owner.get("/v1/legal/dpa/signatures")).json()["items"]
        assert (old["id"], old["current"]) == (made["id"], False)
        kept = await owner.get(f"/v1/legal/dpa/signatures/{made['id']}/file")
        assert kept.content == pdf
        new = await owner.post("/v1/legal/dpa/signatures", json=SIGNER)
        assert new.status_code == 201
        assert (await owner.get("/v1/legal/dpa")).json()["due"] is False
        page = (await again.client().get("/dpa/changes", params={"language": "en"})).text
        assert re.search(r"<ins>[^<]*Another AG", page)


@pytest.mark.parametrize("field", ["name", "title", "company", "address", "country"])
@pytest.mark.parametrize("value", ["", " ", "\u0007", "x" * 500])
async def test_what_is_no_name_signs_nothing(customer: Company, field: str, value: str) -> None:
    body = SIGNER | {field: value}
    answer = await customer.owner.post("/v1/legal/dpa/signatures", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert (await customer.owner.get("/v1/legal/dpa/signatures")).json()["items"] == []
