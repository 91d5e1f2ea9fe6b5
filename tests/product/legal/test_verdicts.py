"""What the check page finds is said in the reader's language, all of it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.engines.vault import signed_pdf, signed_zip, signing
from chathaven.entry.proof import places
from chathaven.product.legal import examine, examine_erasure
from chathaven.product.legal.verdicts import _TEXTS, in_language, is_known
from tests.product.consents.kept import ask, come, erased
from tests.product.served import Company, Served, fresh_email

RAISED = {"NotGenuine", "NotJudged"}
OTHERS = [language for language in LANGUAGES if language != "en"]


def refusals() -> list[str]:
    """Returns what the modules that check files raise, with X for what varies."""
    found = []
    for module in (signing, signed_zip, signed_pdf, examine_erasure, examine):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED:
                parts = node.args[0]
                found.append(
                    "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "X"
                        for part in (parts.values if isinstance(parts, ast.JoinedStr) else [parts])
                    )
                )
    return found


def test_every_refusal_is_known() -> None:
    said = refusals()
    assert len(said) > 15
    assert [each for each in said if not is_known(each)] == []


def not_searched() -> list[str]:
    """Returns everything that a proof of erasure may say it did not search."""
    for node in ast.walk(ast.parse(Path(places.__file__).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == "cannot_reach":
            texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            return [each for each in texts if isinstance(each, str)][1:]
    return []


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_proof_did_not_search_is_told_in_the_language(language: str) -> None:
    unsearched = not_searched()
    assert len(unsearched) == 6
    head = "2 canaries were searched for in 3 searches. Not searched: "
    [said] = in_language((f"{head}{'; '.join(unsearched)}.",), language)
    assert [each for each in unsearched if each in said] == []
    assert said.count("; ") == 5


def test_every_sentence_is_there_in_every_language_with_its_places() -> None:
    for form, texts in _TEXTS["lines"].items():
        assert sorted(texts) == sorted(OTHERS), form
        places = sorted(re.findall(r"{\w+}", form))
        for language, text in texts.items():
            assert sorted(re.findall(r"{\w+}", text)) == places, (form, language)
    for word, texts in _TEXTS["words"].items():
        assert sorted(texts) == sorted(OTHERS), word


@pytest.mark.parametrize("language", OTHERS)
async def test_a_certificate_is_told_in_the_language(
    served: Served, company: Company, language: str
) -> None:
    await ask(company)
    person = await come(served, company, fresh_email("vera"))
    await person.says(email=person.email, marketing="yes")
    certificate, nonce = await erased(served, company, person, do_not_contact=True)
    checker = served.process.ground.signing.checker
    verdict = examine.examine(json.dumps(certificate).encode(), checker, nonce)
    assert verdict.genuine
    assert verdict.yours is True
    for line, said in zip(verdict.lines, in_language(verdict.lines, language), strict=True):
        assert is_known(line), line
        assert said != line
    told = "\n".join(in_language(verdict.lines, language))
    # Of all three that can be kept nothing stays English.
    assert len(verdict.signed) == 8
    assert [each for each in verdict.signed if each in told] == []
    files = {"text": (None, json.dumps(certificate))}
    page = await served.client().post(f"/verify?language={language}", files=files)
    assert page.status_code == 200
    assert "GENUINE: signed by" not in page.text


def test_from_the_right_a_time_keeps_its_order() -> None:
    line = "Backups of before the erasure are kept no longer than 2029-11-24. Made by Chathaven 1."
    [said] = in_language((line,), "ar")
    assert "\N{LEFT-TO-RIGHT ISOLATE}2029-11-24\N{POP DIRECTIONAL ISOLATE}" in said
    assert in_language((line,), "de")[0].isprintable()


def test_what_is_not_known_stays_as_it_is() -> None:
    assert in_language(("Another sentence.",), "de") == ("Another sentence.",)
    assert in_language(("NOT GENUINE.",), "de") == ("NICHT ECHT.",)
    assert in_language(("NOT GENUINE.",), "en") == ("NOT GENUINE.",)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "24 December 2026 (2026-12-24)"),
        ("de", "24. Dezember 2026 (2026-12-24)"),
        ("ar", "24 ديسمبر 2026 (\N{LEFT-TO-RIGHT ISOLATE}2026-12-24\N{POP DIRECTIONAL ISOLATE})"),
    ],
)
def test_days_and_times_are_said_before_what_was_signed(language: str, told: str) -> None:
    line = "Backups of before the erasure are kept no longer than 2026-12-24. Made by Chathaven 1."
    assert told in in_language((line,), language)[0]
    begun = "It is the report of a proof of erasure, begun at 2026-03-09T09:05:00Z: PROVEN, 2 of 2"
    [said] = in_language((f"{begun} claims held.",), language)
    assert "09:05 UTC (" in said
    assert "2026-03-09T09:05:00Z" in said
