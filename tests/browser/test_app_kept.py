"""What stays after an erasure, seen and decided by a person in the app."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import People
from tests.browser.privacy_steps import ask_for_marketing, confirm_erasure, customer
from tests.browser.test_accessibility import judge


def test_an_address_is_kept_from_advertising_and_the_proof_is_found(people: People) -> None:
    operator = people.owner()
    page = operator.page
    ask_for_marketing(operator.account)
    visitor = customer(operator.account, "Ingrid")
    address = visitor.me["visitor"]["email"]
    operator.open_chat()
    person = page.get_by_role("region", name="Person")
    expect(person.get_by_label("E-mail")).to_have_value("ingrid@customer.example")
    person.get_by_role("button", name="Erase").click()
    dialog = page.get_by_role("dialog", name="Erase everything about Ingrid?")
    expect(dialog.get_by_text("This stays, as the law asks for or allows:")).to_be_visible()
    expect(dialog.get_by_text("Proofs of consents and withdrawals")).to_be_visible()
    dialog.get_by_label("Never send advertising to this address again").check()
    judge(page, "an erasure of which something stays")
    confirm_erasure(page)
    done = page.get_by_role("dialog", name="Erased")
    expect(done.get_by_text("nothing is there any more")).to_be_visible()
    done.get_by_role("button", name="Close").click()

    page.goto(f"{people.server.url}/app/settings/privacy")
    expect(page.get_by_text("Addresses that get no advertising: 1")).to_be_visible()
    page.get_by_label("E-mail address, or key of the certificate").fill(address.upper())
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("Agreed on")).to_be_visible()
    expect(page.get_by_text("This address gets no advertising.")).to_be_visible()
    judge(page, "what is kept after an erasure")
    page.get_by_role("button", name="Take it off the list").click()
    expect(page.get_by_text("Addresses that get no advertising: 0")).to_be_visible()
    expect(page.get_by_text("Backups of the installation")).to_be_visible()
