"""What only the server can refuse is said in the language of the page, at the field."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import People
from tests.browser.privacy_steps import customer


def _refused(page: Page, label: str, text: str) -> None:
    """Sees the words at a field, and that they are tied to it."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_have_accessible_description(text)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()


def test_signing_up_in_german(people: People) -> None:
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)", r"422 \(Unprocessable")
    page = people.context(locale="de-DE").new_page()
    page.goto(people.server.url)
    page.get_by_label("Firma").fill("Nordlicht")
    page.get_by_label("Ihr Name").fill("A" * 201)
    page.get_by_label("E-Mail").fill("ada@-example.com")
    page.get_by_label("Passwort", exact=True).fill("ein langer kurzer Satz")
    page.get_by_role("checkbox").check()
    create = page.get_by_role("button", name="Konto anlegen")
    create.click()
    _refused(page, "Ihr Name", "Höchstens 200 Zeichen.")
    page.get_by_label("Ihr Name").fill("Ada Lovelace")
    create.click()
    _refused(page, "E-Mail", "Schreiben Sie eine vollständige E-Mail-Adresse wie name@example.com.")


@pytest.mark.parametrize(
    ("language", "label", "words"),
    [
        ("fr", "Téléphone", "Un numéro de téléphone n’a que des chiffres"),
        ("ar", "الهاتف", "يحتوي رقم الهاتف على أرقام ومسافات"),
    ],
)
def test_a_phone_number_of_a_visitor(people: People, language: str, label: str, words: str) -> None:
    people.allow(r"422 \(Unprocessable")
    operator = people.owner()
    customer(operator.account, "Vera", None)
    operator.account.http.patch("/v1/me", json={"language": language}).raise_for_status()
    operator.page.reload()
    operator.rows.first.click()
    phone = operator.page.get_by_label(label)
    phone.fill("after five")
    phone.blur()
    expect(phone).to_have_accessible_description(re.compile(f"^{words}"))
    expect(operator.page.locator("html")).to_have_attribute("lang", language)
