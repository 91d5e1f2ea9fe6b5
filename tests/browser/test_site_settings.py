"""What an owner sets arrives in the widget; each language speaks its own words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.hosts import hosting, snippet
from tests.browser.people import People, Visitor
from tests.driving import sign_up

WRITE = {
    "en": "Write a message…",
    "de": "Nachricht schreiben…",
    "fr": "Écrire un message…",
    "es": "Escriba un mensaje…",
    "it": "Scriva un messaggio…",
    "pt": "Escreva uma mensagem…",
    "nl": "Schrijf een bericht…",
    "pl": "Napisz wiadomość…",
    "ar": "اكتب رسالة…",
}


def test_looks_and_words_of_a_site(people: People) -> None:
    operator = people.owner()
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/site")
    page.get_by_label("Colour code").fill("#0b6e4f")
    page.get_by_role("radio", name="Left").check()
    page.get_by_label("Team name").fill("The bicycle people")
    page.get_by_label("When somebody is there").first.fill("Moin! What can we do?")
    page.get_by_label("When somebody is there").first.blur()
    expect(page.get_by_text("Saved", exact=True).first).to_be_visible()
    look: dict[str, Any] = {}
    for _ in range(300):
        look = operator.account.http.get("/v1/sites").json()["items"][0]["appearance"]
        if look["team_name"] and look["greeting_online"]:
            break
        page.wait_for_timeout(100)
    assert look["color"] == "#0b6e4f"
    assert look["position"]["side"] == "left"
    visitor = people.visitor(operator.account.site_key)
    visitor.open()
    box = visitor.launcher.bounding_box()
    assert box is not None
    assert box["x"] == 20
    expect(visitor.panel.get_by_role("heading", level=1)).to_have_text("The bicycle people")
    expect(visitor.log).to_contain_text("Moin! What can we do?")
    expect(visitor.launcher).to_have_css("background-color", "rgb(11, 110, 79)")


@pytest.mark.parametrize("language", WRITE)
def test_each_language_has_its_own_words(people: People, language: str) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key, locale=language)
    visitor.open()
    expect(visitor.composer).to_have_attribute("placeholder", WRITE[language])
    html = visitor.panel.locator("html")
    expect(html).to_have_attribute("lang", re.compile(f"^{language}"))
    expect(html).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    visitor.write("123")
    visitor.log.locator(".group.mine").wait_for()
    mine = visitor.log.locator(".group.mine .bubble").bounding_box()
    log = visitor.log.bounding_box()
    assert mine is not None
    assert log is not None
    left = mine["x"] + mine["width"] / 2 < log["x"] + log["width"] / 2
    assert left is (language == "ar"), "own messages stand at the end of the line"


def test_the_snippet_chooses_the_language(people: People) -> None:
    account = sign_up(people.server)
    with hosting(snippet(people.server.url, account.site_key, language='"de"')) as host:
        visitor = Visitor(people.context(locale="en-GB").new_page())
        visitor.page.goto(host.origin)
        visitor.open()
        expect(visitor.composer).to_have_attribute("placeholder", WRITE["de"])
