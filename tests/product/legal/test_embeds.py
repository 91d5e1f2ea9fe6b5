"""Consent to content of others: one company at a time, with a receipt, withdrawn as easily."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.product.legal.embeds import NAMES, WORDS
from tests.conftest import Api
from tests.driving import VisitorClient

TEXTS = Path(__file__).parents[3] / "frontend" / "widget" / "panel" / "texts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_receipts_hold_the_words_that_the_widget_shows(language: str) -> None:
    found = re.search(r'embed_ask:\s*"(.*?)",\n', (TEXTS / f"{language}.ts").read_text())
    assert found is not None
    assert WORDS[language] == found[1]


def answer(visitor: VisitorClient, provider: str, says: str) -> list[dict[str, Any]]:
    body = {"provider": provider, "answer": says}
    told = visitor.http.post("/v1/widget/me/embeds", json=body)
    assert told.status_code == 201, told.text
    receipts: list[dict[str, Any]] = told.json()["receipts"]
    return receipts


def test_each_answer_is_a_receipt_about_one_company(api: Api) -> None:
    visitor = api.visitor(api.sign_up().site_key, language="de")
    [first] = answer(visitor, "youtube", "no")
    assert (first["subject"], first["answer"]) == ("embed:youtube", "refused")
    assert first["language"] == "de"
    assert first["text"] == WORDS["de"].replace("{company}", "YouTube")
    [given, _] = answer(visitor, "youtube", "yes")
    assert given["answer"] == "given"
    # The same again is not another answer.
    assert len(answer(visitor, "youtube", "yes")) == 2
    [other, *_] = answer(visitor, "vimeo", "yes")
    assert other["subject"] == "embed:vimeo"
    [withdrawn, *_] = answer(visitor, "youtube", "no")
    assert withdrawn["answer"] == "withdrawn"
    assert visitor.me["receipts"][0]["id"] == withdrawn["id"]


@pytest.mark.parametrize("provider", NAMES)
def test_every_provider_can_be_answered(api: Api, provider: str) -> None:
    visitor = api.visitor(api.sign_up().site_key)
    [receipt] = answer(visitor, provider, "yes")
    assert receipt["subject"] == f"embed:{provider}"


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "elsewhere", "answer": "yes"},
        {"provider": "youtube", "answer": "maybe"},
        {"provider": "youtube"},
        {"answer": "yes"},
    ],
)
def test_unknown_providers_stay_closed(api: Api, body: dict[str, str]) -> None:
    visitor = api.visitor(api.sign_up().site_key)
    assert visitor.http.post("/v1/widget/me/embeds", json=body).status_code == 422
    assert visitor.me["receipts"] == []
