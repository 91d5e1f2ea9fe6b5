"""What a company sets and signs for privacy, in the app."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import People
from tests.browser.test_accessibility import judge

QUESTION = "May we write to you about new bicycles?"


def test_a_legal_text_is_written_and_published(people: People) -> None:
    operator = people.owner()
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/general")
    page.get_by_role("switch", name="Show a legal text before the chat").check()
    expect(page.get_by_text("Write a text in at least one language first.")).to_be_visible()
    page.get_by_role("button", name="Start with our text").click()
    expect(page.get_by_text("Write the address like this")).to_be_visible()
    page.get_by_label("Address of your privacy policy").fill("nordlicht.example/privacy")
    page.get_by_role("button", name="Start with our text").click()
    cards = page.locator(".card-preview-card")
    expect(cards).to_have_count(2)
    for card in cards.all():
        expect(card.get_by_role("link", name="privacy policy")).to_have_attribute(
            "href", "https://nordlicht.example/privacy"
        )
        expect(card.get_by_text("Nordlicht", exact=True)).to_be_visible()
    page.get_by_role("radio", name="Visitors must agree").check()
    expect(cards.first).to_contain_text("I agree")
    expect(page.get_by_text("This makes a new version (English).")).to_be_visible()
    judge(page, "a legal text before it is published")
    # Nothing is published by writing, and nothing is lost by looking elsewhere.
    legal = operator.account.http.get("/v1/settings").json()["general"]["legal_text"]
    assert legal == {"enabled": False, "requires_agreement": False, "texts": {}}
    page.get_by_role("link", name="Team").click()
    page.get_by_role("link", name="General").click()
    page.get_by_role("button", name="Publish new version").click()
    expect(page.locator(".toast", has_text="New version published")).to_be_visible()
    visitor = people.visitor(operator.account.site_key)
    visitor.launcher.click()
    expect(visitor.panel.get_by_role("link", name="privacy policy")).to_be_visible()
    expect(visitor.panel.get_by_role("button", name="I agree")).to_be_visible()
    page.get_by_role("switch", name="Show a legal text before the chat").uncheck()
    expect(page.get_by_text("Visitors are no longer shown a text.")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Visitors are no longer shown a text.")).to_have_count(0)
    legal = operator.account.http.get("/v1/settings").json()["general"]["legal_text"]
    assert not legal["enabled"]
    assert "Nordlicht" in legal["texts"]["en"]


def test_the_contact_is_checked_and_saved(people: People) -> None:
    operator = people.owner()
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/general")
    field = page.get_by_label("Notification e-mail")
    field.fill("nobody")
    field.blur()
    expect(page.get_by_text("Write a full e-mail address")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("chat@nordlicht.example")
    field.blur()
    expect(page.locator(".toast", has_text="Saved")).to_be_visible()
    general = operator.account.http.get("/v1/settings").json()["general"]
    assert general["notification_email"] == "chat@nordlicht.example"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_email_request_is_set(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/chatbots")
    page.get_by_role("switch", name="Ask for the e-mail address").check()
    card = page.locator(".card-preview-card").first
    expect(card).to_contain_text("So that we can reach you when you have left this page.")
    page.get_by_role("radio", name="Only when nobody is online").check()
    page.get_by_label("What it says").fill("Where may we reach you?")
    expect(card).to_contain_text("Where may we reach you?")
    page.get_by_label("What it says").blur()
    page.get_by_role("switch", name="Ask for permission to advertise").check()
    page.get_by_label("Question").fill(QUESTION)
    expect(card).to_contain_text(QUESTION)
    yes, no = (card.get_by_text(word, exact=True).bounding_box() for word in ("Yes", "No"))
    assert yes is not None
    assert no is not None
    assert (yes["width"], yes["height"]) == (no["width"], no["height"])
    judge(page, "the e-mail request")
    page.get_by_role("button", name="Publish new version").click()
    expect(page.locator(".toast", has_text="New version published")).to_be_visible()
    request = operator.account.http.get("/v1/settings").json()["email_request"]
    assert request == {
        "enabled": True,
        "when": "offline",
        "texts": {"en": "Where may we reach you?"},
        "marketing": {"enabled": True, "texts": {"en": QUESTION}},
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_checklist_ticks_itself(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    page = operator.page
    page.goto(f"{people.server.url}/app/settings/privacy")
    contact = page.get_by_role("listitem").filter(has_text="Name a contact")
    expect(contact).to_contain_text("Open:")
    expect(contact).to_contain_text("Art. 12")
    expect(page.get_by_text("Not needed here: this installation is run by")).to_be_visible()
    expect(page.get_by_role("button", name="Sign the agreement")).to_have_count(0)
    policy = page.get_by_role("region", name="For your own privacy policy")
    expect(policy).to_contain_text("Nordlicht")
    english = policy.inner_text()
    page.get_by_label("In which language").select_option("de")
    expect(policy).not_to_have_text(english)
    judge(page, "the account's privacy")
    contact.get_by_role("link").click()
    expect(page.get_by_role("heading", name="General")).to_be_visible()
    page.get_by_label("Notification e-mail").fill("chat@nordlicht.example")
    page.get_by_label("Notification e-mail").blur()
    expect(page.locator(".toast", has_text="Saved")).to_be_visible()
    page.get_by_role("link", name="Privacy").click()
    expect(contact).to_contain_text("Done:")


def test_changed_terms_are_accepted(people: People) -> None:
    operator = people.owner()
    page = operator.page
    version = operator.account.http.get("/v1/legal/terms").json()["version"]

    def changed(route: Route) -> None:
        """As the server answers after the terms have changed, until they are accepted."""
        me = operator.account.me
        if not people.paths("/v1/legal/terms/acceptances"):
            me["terms_due"] = {"version": version, "accepted_version": "2020-01-01"}
        route.fulfill(json=me)

    page.route("**/v1/me", changed)
    page.reload()
    dialog = page.get_by_role("dialog", name="The terms have changed")
    expect(dialog.get_by_role("link", name="Read the terms")).to_be_visible()
    judge(page, "changed terms")
    dialog.get_by_role("button", name="Accept for the company").click()
    expect(dialog).to_have_count(0)
    (asked,) = people.paths("/v1/legal/terms/acceptances")
    assert asked.post_data_json == {"version": version}
