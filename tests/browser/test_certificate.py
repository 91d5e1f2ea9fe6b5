"""Certificates of erasure as people read them: in their language, with the signed words beside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Locator, expect

from chathaven.product.legal.certificate_texts import HEADINGS, in_words
from chathaven.product.privacy.certificate import CLAIMS, LIVE, NOT_COVERED
from chathaven.product.privacy.retained import WHY
from tests.browser.people import DESKTOP, PHONE, People
from tests.browser.test_accessibility import judge
from tests.browser.test_erasures import picture
from tests.driving import Account, json_of, sign_up, visit
from tests.product.privacy.test_erase import until_live

CLAIM, LIMIT = CLAIMS[LIVE], NOT_COVERED[LIVE]
KEPT = WHY["audit_lines"]
LOOKS = pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["desktop-light", "desktop-dark", "phone-light", "phone-dark"],
)


def sentences() -> Iterator[str]:
    """What the first certificate of somebody says who only wrote a message."""
    yield from (CLAIM, LIMIT, *KEPT)


def reads_in(shown: Locator, language: str) -> None:
    """Looks that all of it is there in the language, and the English only where it is offered."""
    for sentence in sentences():
        expect(shown).to_contain_text(in_words(sentence, language))
    expect(shown).to_contain_text(HEADINGS["signed"][language])
    signed = shown.locator("[lang=en]")
    expect(signed).to_be_hidden()
    shown.get_by_text(HEADINGS["signed_words"][language]).click()
    for sentence in sentences():
        expect(signed.get_by_text(sentence, exact=True)).to_be_visible()


def erased(people: People, account: Account) -> tuple[str, str]:
    """Lets a visitor erase themselves; returns the number and the key of the erasure."""
    visitor = visit(people.server, account.site_key)
    with closing(visitor.http):
        visitor.say("Hello")
        asked = json_of(visitor.http.post("/v1/widget/me/erasure"), 202)
    until_live(account, asked["erasure"]["id"])
    return asked["erasure"]["id"], asked["nonce"]


@LOOKS
def test_a_german_visitor_reads_her_certificate(
    people: People, viewport: dict[str, int], scheme: str
) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(
        account.site_key, locale="de-DE", viewport=viewport, color_scheme=scheme
    )
    visitor.open()
    visitor.write("Guten Tag")
    expect(visitor.log.locator(".group.mine .time").last).to_contain_text("Gesendet")
    panel = visitor.panel
    panel.get_by_role("button", name="Datenschutz").click()
    for step in ("Alles löschen", "Weiter", "Endgültig löschen"):
        panel.get_by_role("button", name=step).click()
    heading = panel.get_by_role("heading", name=HEADINGS["title"]["de"])
    expect(heading).to_be_visible(timeout=60_000)
    shown = panel.locator(".certificate")
    picture(visitor.page, f"widget-certificate-{scheme}-{viewport['width']}")
    shown.scroll_into_view_if_needed()
    picture(visitor.page, f"widget-certificate-text-{scheme}-{viewport['width']}")
    reads_in(shown, "de")
    judge(visitor.frame, f"a certificate in the widget, {scheme}")
    assert visitor.frame.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    picture(visitor.page, f"widget-certificate-signed-{scheme}-{viewport['width']}")


@LOOKS
def test_verify_tells_it_in_french(people: People, viewport: dict[str, int], scheme: str) -> None:
    account = sign_up(people.server)
    number, key = erased(people, account)
    context = people.context(java_script_enabled=False, viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{people.server.url}/verify?language=fr")
    page.get_by_label("Numéro de l’effacement").fill(number)
    page.get_by_label("Clé", exact=True).fill(key)
    page.get_by_role("button", name="Obtenir").click()
    result = page.get_by_role("status", name="Résultat")
    expect(result).to_contain_text("C’EST LE VÔTRE")
    picture(page, f"verify-fr-{scheme}-{viewport['width']}")
    reads_in(result, "fr")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    # As a file that somebody was given, it reads the same.
    certificate = json.loads(page.get_by_label("Le fichier").input_value())[0]
    page.get_by_label("Collez un certificat").fill(json.dumps(certificate))
    page.get_by_role("button", name="Vérifier").click()
    reads_in(page.get_by_role("status", name="Résultat"), "fr")


@LOOKS
def test_a_team_reads_it_in_the_app(people: People, viewport: dict[str, int], scheme: str) -> None:
    account = sign_up(people.server)
    json_of(account.http.patch("/v1/me", json={"language": "de"}))
    operator = people.owner(account, viewport=viewport, color_scheme=scheme)
    erased(people, operator.account)
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/privacy")
    line = page.locator(".erasures > li").first
    line.get_by_text(HEADINGS["title"]["de"]).click()
    expect(line.get_by_text(HEADINGS["live"]["de"])).to_be_visible()
    line.locator(".certificate").scroll_into_view_if_needed()
    picture(page, f"app-certificate-{scheme}-{viewport['width']}")
    reads_in(line.locator(".certificate"), "de")
    judge(page, f"a certificate in the app, {scheme}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@LOOKS
def test_who_closed_an_account_reads_it(
    people: People, viewport: dict[str, int], scheme: str
) -> None:
    account = sign_up(people.server)
    leaving = {"confirm": "DELETE", "password": account.password}
    closed = json_of(account.http.request("DELETE", "/v1/account", json=leaving), 202)["erasure"]
    # Nobody is signed in any more.
    people.allow(r"401 \(Unauthorized\)")
    page = people.context(locale="de-DE", viewport=viewport, color_scheme=scheme).new_page()
    page.goto(f"{people.server.url}/app/closed/{closed['id']}")
    title = page.get_by_text(HEADINGS["title"]["de"])
    expect(title).to_be_visible(timeout=60_000)
    title.click()
    shown = page.locator(".certificate")
    for sentence in (CLAIM, LIMIT):
        expect(shown).to_contain_text(in_words(sentence, "de"))
    judge(page, f"the certificate of an account, {scheme}")
    picture(page, f"closed-certificate-{scheme}-{viewport['width']}")
