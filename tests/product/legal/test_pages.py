"""The legal pages, as a browser without scripts gets them."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

import pytest

from chathaven.base.dates import day
from chathaven.base.languages import LANGUAGES, direction
from chathaven.entry.page_words import WORDS
from tests.product.served import Served

PATHS = ("/terms", "/privacy", "/dpa", "/gdpr", "/verify", "/terms/changes")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_is_there_in_each_language(served: Served, language: str) -> None:
    for path in PATHS:
        answer = await served.client().get(path, params={"language": language})
        assert answer.status_code == 200
        assert f'<html lang="{language}" dir="{direction(language)}">' in answer.text
        assert answer.text.count("<h1") == 1
        policy = answer.headers["content-security-policy"]
        assert "script-src" not in policy
        assert "<script" not in answer.text
        assert len(re.findall(r'aria-current="page"', answer.text)) == 1


@pytest.mark.parametrize("language", ["en", "de", "fr", "ar"])
async def test_a_text_of_law_says_in_which_language_it_is(served: Served, language: str) -> None:
    page = (await served.client().get("/dpa", params={"language": language})).text
    written = language if language in {"en", "de"} else "en"
    there = 'dir="rtl"' if written == "ar" else 'dir="ltr"'
    assert f'<article class="document" lang="{written}" {there}>' in page
    assert (html.escape(WORDS[language]["written"]) in page) is (written != language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_questions_are_asked_in_each_language(served: Served, language: str) -> None:
    said = WORDS[language]["gdpr"]
    query = {"language": language, "offers": "yes"}
    page = html.unescape((await served.client().get("/gdpr", params=query)).text)
    for heading, hint in said["questions"].values():
        assert heading in page
        assert hint in page
    assert said["verdicts"]["offers"][0] in page
    for step in said["steps"].values():
        assert step in page


def texts(entry: Any, path: str = "") -> dict[str, str]:
    """Returns every text of a catalogue by its place."""
    if isinstance(entry, str):
        return {path: entry}
    places = entry.items() if isinstance(entry, dict) else enumerate(entry)
    found: dict[str, str] = {}
    for name, value in places:
        found |= texts(value, f"{path}.{name}")
    return found


SAME_IN = {
    ".version": {"de", "fr"},
    ".gdpr.no": {"es", "it"},
}
"""Words that two languages really share."""


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_each_catalogue_has_every_text_and_none_in_english(language: str) -> None:
    english, own = texts(WORDS["en"]), texts(WORDS[language])
    assert own.keys() == english.keys()
    assert all(text.strip() for text in own.values())
    same = {place for place in own if own[place] == english[place]}
    assert same <= {place for place, spoken in SAME_IN.items() if language in spoken}
    for place, text in english.items():
        assert own[place].count("{}") == text.count("{}"), place


async def test_the_browser_chooses_the_language(served: Served) -> None:
    answer = await served.client().get("/privacy", headers={"accept-language": "de-AT,en;q=0.5"})
    assert "Datenschutzerklärung" in answer.text
    other = await served.client().get("/privacy", headers={"accept-language": "pl"})
    assert "Privacy Policy" in other.text


async def test_a_version_that_never_was_is_not_found(served: Served) -> None:
    answer = await served.client().get("/terms", params={"version": "000000000000"})
    assert answer.status_code == 404


async def test_it_shows_the_version_that_sign_up_accepts(served: Served) -> None:
    page = (await served.client().get("/terms", params={"language": "en"})).text
    terms = (await served.client().get("/v1/legal/terms?language=en")).json()
    assert terms["version"] in page
    assert terms["sha256"] in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/terms", "/terms/changes"])
async def test_a_version_is_dated_as_the_language_does(
    served: Served, path: str, language: str
) -> None:
    page = (await served.client().get(path, params={"language": language})).text
    found = re.search(r'<time datetime="([^"]+)">([^<]+)</time>', page)
    assert found is not None
    exact, said = found.groups()
    assert said == day(datetime.fromisoformat(exact), language)
