"""Who opens an address in a browser and finds a problem reads a page; programs get the problem."""

from __future__ import annotations

import html

import httpx
import pytest

from chathaven.base.languages import LANGUAGES
from chathaven.entry.page_words import WORDS
from tests.driving import Server, sign_up

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OPENED = BROWSER | {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


def said(answer: httpx.Response, language: str, key: str, status: int) -> None:
    """Fails where an answer is not the page of that problem in that language."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert f'<html lang="{language}"' in answer.text
    title, text = WORDS[language]["problems"][key]
    assert f"<h1>{html.escape(title)}</h1>" in answer.text
    assert html.escape(text) in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_with_nothing_behind_it(server: Server, language: str) -> None:
    spoken = {"accept-language": language}
    for path in ("/nowhere", f"/try/{'0' * 24}", f"/rights/{'0' * 24}"):
        answer = httpx.get(server.url + path, headers=OPENED | spoken)
        said(answer, language, "nothing", 404)
        assert "accept" in answer.headers["vary"]
    # A page that was opened in a language of its own keeps it.
    answer = httpx.get(f"{server.url}/rights/none?language={language}", headers=OPENED)
    said(answer, language, "nothing", 404)


def test_a_download_without_a_session(server: Server) -> None:
    account = sign_up(server)
    path = f"{server.url}/v1/visitors/{account.operator_id}/export"
    said(httpx.get(path, headers=OPENED | {"accept-language": "de"}), "de", "signed_out", 401)
    answer = account.http.get(path, headers=OPENED | {"accept-language": "fr"})
    said(answer, "fr", "nothing", 404)


def test_a_browser_that_does_not_say_what_for(server: Server) -> None:
    said(httpx.get(f"{server.url}/nowhere", headers=BROWSER), "en", "nothing", 404)
    answer = httpx.delete(f"{server.url}/verify", headers=BROWSER)
    said(answer, "en", "refused", 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/nowhere", {}),
        ("/v1/nowhere", BROWSER),
        ("/frame/none", BROWSER),
        ("/nowhere", BROWSER | {"sec-fetch-dest": "empty"}),
        ("/frame/none", BROWSER | {"sec-fetch-dest": "iframe"}),
    ],
)
def test_what_no_person_reads_stays_a_problem(
    server: Server, path: str, headers: dict[str, str]
) -> None:
    answer = httpx.get(server.url + path, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
