"""The impact assessment is a template that says what is on here, and that it is to be checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.signed_pdf import check_pdf
from chathaven.product.records.dpia import _WORDS
from chathaven.product.records.words import LANGUAGES
from tests.product.rights.desk import made
from tests.product.served import Company, Served


async def dpia(company: Company) -> dict[str, Any]:
    found: dict[str, Any] = made(await company.owner.get("/v1/records/dpia"))["dpia"]
    return found


def states(found: dict[str, Any], language: str = "en") -> dict[str, str]:
    return {
        measure["id"]: measure["state"]
        for risk in found["languages"][language]["risks"]
        for measure in risk["measures"]
    }


async def test_it_follows_the_settings(company: Company) -> None:
    before = await dpia(company)
    assert before["template"] is True
    assert states(before)["text"] == "off"
    assert states(before)["sealed"] == "built-in"
    assert states(before)["copy"] == "you"
    [unaware] = [each for each in before["languages"]["en"]["risks"] if each["id"] == "unaware"]
    assert unaware["likelihood_after"] == unaware["likelihood"]
    patch = {
        "general": {
            "legal_text": {
                "enabled": True,
                "requires_agreement": True,
                "texts": {"en": "We keep it."},
            }
        },
        "privacy": {"retention": {"conversation_months": 7}},
    }
    made(await company.owner.patch("/v1/settings", json=patch))
    after = await dpia(company)
    assert (states(after)["text"], states(after)["agreement"]) == ("on", "on")
    [unaware] = [each for each in after["languages"]["en"]["risks"] if each["id"] == "unaware"]
    assert unaware["likelihood_after"] == "low"
    assert any("7 months" in line for line in after["languages"]["en"]["necessity"])
    assert any("7 Monate" in line for line in after["languages"]["de"]["necessity"])


async def test_it_describes_what_the_record_describes(company: Company) -> None:
    found = await dpia(company)
    record = made(await company.owner.get("/v1/records"))["record"]
    for language in LANGUAGES:
        said, recorded = found["languages"][language], record["languages"][language]
        for part in ("activities", "recipients", "transfers"):
            assert said[part] == recorded[part]
        assert "Art. 35" in said["template"]


def test_both_languages_say_the_same_things() -> None:
    shapes = []
    for words in _WORDS.values():
        risks = [
            (name, likelihood, severity, [(m[0], *m[2:]) for m in measures])
            for name, _, _, likelihood, severity, measures in words["risks"]
        ]
        criteria = [each[:2] for each in words["criteria"]]
        counts = (len(words["necessity"]), len(words["open"]))
        keys = (sorted(words["words"]), sorted(words["sections"]), sorted(words["criteria_titles"]))
        shapes.append((risks, criteria, counts, keys))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_can_be_taken_on_paper(served: Served, company: Company, language: str) -> None:
    query = {"format": "pdf", "language": language}
    answer = await company.owner.get("/v1/records/dpia/file", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert "attachment" in answer.headers["content-disposition"]
    check_pdf(served.process.ground.signing.checker, answer.content)


async def test_the_file_in_json_is_canonical(company: Company) -> None:
    answer = await company.owner.get("/v1/records/dpia/file", params={"format": "json"})
    found = json.loads(answer.content)
    assert answer.content == canonical(found)
    assert found == await dpia(company)
