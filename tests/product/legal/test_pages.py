"""The legal pages, as a browser without scripts gets them."""

from __future__ import annotations

import re

import pytest

from tests.product.served import Served


@pytest.mark.parametrize("path", ["/terms", "/privacy", "/dpa", "/verify", "/terms/changes"])
@pytest.mark.parametrize("language", ["en", "de"])
async def test_each_page_is_there_in_each_language(
    served: Served, path: str, language: str
) -> None:
    answer = await served.client().get(path, params={"language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert len(re.findall(r'aria-current="page"', answer.text)) == 1


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
