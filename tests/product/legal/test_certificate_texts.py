"""What a certificate says is read in every language, and is what was signed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.engines.vault.signed_pdf import sign_pdf
from chathaven.engines.vault.signing import NotGenuine, Signing
from chathaven.product.legal.certificate_texts import HEADINGS, TEXTS, certificate_texts, in_words
from chathaven.product.legal.examine import Verdict, examine
from chathaven.product.legal.examine_erasure import examine_erasure
from chathaven.product.legal.verdicts import in_language, is_known
from chathaven.product.privacy.certificate import CLAIMS, NOT_COVERED
from chathaven.product.privacy.retained import WHY
from tests.product.legal.certified import CHECKER, NONCE, PAIR, signed_anew
from tests.product.served import Served

OTHERS = [language for language in LANGUAGES if language != "en"]
SCHEMA = Path(__file__).parents[3] / "docs" / "api" / "erasure-certificate-1.json"


def said_in(certificates: list[dict[str, Any]]) -> list[str]:
    """Returns every sentence that certificates sign, once."""
    found: list[str] = []
    for each in certificates:
        found += [each["claim"], each["not_covered"]]
        found += [kept[name] for kept in each["retained"] for name in ("what", "ground")]
    return list(dict.fromkeys(found))


def judged() -> Verdict:
    return examine(json.dumps(PAIR).encode(), CHECKER, NONCE)


def test_every_sentence_that_is_signed_is_there_in_every_language() -> None:
    signed = {
        *CLAIMS.values(),
        *NOT_COVERED.values(),
        *(text for why in WHY.values() for text in why),
    }
    assert signed <= TEXTS.keys()
    for text, translations in TEXTS.items():
        assert sorted(translations) == sorted(OTHERS), text
        assert len({*translations.values(), text}) == len(LANGUAGES), text


def test_every_heading_is_there_in_every_language_with_its_place() -> None:
    for name, said in HEADINGS.items():
        assert sorted(said) == sorted(LANGUAGES), name
        for text in said.values():
            assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", said["en"]), text


def test_an_old_pair_is_still_genuine() -> None:
    verdict = judged()
    assert (verdict.genuine, verdict.judged, verdict.yours) == (True, True, True)
    assert list(verdict.signed) == said_in(PAIR)
    for number in range(2):
        changed = [dict(each) for each in PAIR]
        changed[number]["claim"] += " for ever"
        with pytest.raises(NotGenuine):
            examine_erasure(changed, CHECKER)


@pytest.mark.parametrize("language", OTHERS)
def test_an_old_pair_is_told_in_the_language(language: str) -> None:
    lines = judged().lines
    told = in_language(lines, language)
    for line, said in zip(lines, told, strict=True):
        assert is_known(line), line
        assert said != line
    whole = "\n".join(told)
    for sentence in said_in(PAIR):
        assert sentence not in whole
        assert in_words(sentence, language) in whole


def test_a_sentence_that_is_not_known_is_shown_as_it_was_signed(tmp_path: Path) -> None:
    signing = Signing.open(tmp_path / "signing.json")
    forged = signed_anew(signing, claim="deleted everywhere in the world")
    verdict = examine(json.dumps(forged).encode(), signing.checker)
    assert verdict.genuine
    told = in_language(verdict.lines, "de")
    assert "Was er behauptet: deleted everywhere in the world." in told


async def test_the_texts_are_served_in_the_language(served: Served) -> None:
    anybody = served.client()
    answer = await anybody.get("/v1/legal/certificate-texts?language=fr-CA")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    found = answer.json()
    assert (found["language"], found["dir"]) == ("fr", "ltr")
    assert found["texts"][PAIR[0]["claim"]].startswith("effacé des systèmes")
    asked = await anybody.get("/v1/legal/certificate-texts", headers={"accept-language": "ar"})
    assert asked.json()["dir"] == "rtl"
    english = (await anybody.get("/v1/legal/certificate-texts?language=en")).json()["texts"]
    assert all(signed == said for signed, said in english.items())


async def test_the_page_tells_a_certificate_and_offers_the_signed_words(served: Served) -> None:
    signing = served.process.ground.signing
    form = {"text": (None, json.dumps(signed_anew(signing)))}
    page = (await served.client().post("/verify?language=fr", files=form)).text
    for sentence in said_in(PAIR[:1]):
        plain = sentence.replace("'", "&#39;")
        assert page.count(plain) == 1, "only among the signed words"
        assert in_words(sentence, "fr").replace("'", "&#39;") in page
    headings = certificate_texts("fr").headings
    said, _, words = page.partition(f"<summary>{headings['signed_words']}</summary>")
    assert headings["signed"] in said
    assert words.lstrip().startswith('<div lang="en" dir="ltr">')
    english = (await served.client().post("/verify?language=en", files=form)).text
    assert HEADINGS["signed"]["en"] not in english


@pytest.mark.parametrize("language", OTHERS)
async def test_nothing_of_an_agreement_is_told_in_english(served: Served, language: str) -> None:
    pdf = sign_pdf(served.process.ground.signing, b"%PDF-1.7\nstartxref\n0\n%%EOF")
    form = {"file": ("agreement.pdf", pdf, "application/pdf")}
    page = (await served.client().post(f"/verify?language={language}", files=form)).text
    result = page.partition('role="status"')[2].partition("</section>")[0]
    assert result
    assert 'lang="en"' not in result
    for line in examine(pdf, served.process.ground.signing.checker).lines:
        assert in_language((line,), language)[0] in result
        assert line not in result


async def test_certificates_are_as_the_published_schema_says(served: Served) -> None:
    schema = json.loads(SCHEMA.read_text())
    path = "/v1/schemas/erasure-certificate-1.json"
    assert (await served.client().get(path)).json() == schema
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for certificate in PAIR:
        assert [error.message for error in validator.iter_errors(certificate)] == []
        for name in schema["required"]:
            assert not validator.is_valid(
                {key: certificate[key] for key in certificate.keys() - {name}}
            )
    left = {**PAIR[0], "stores": [{**PAIR[0]["stores"][0], "left": 1}]}
    assert not validator.is_valid(left)
