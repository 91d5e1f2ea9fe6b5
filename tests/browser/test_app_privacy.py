"""Privacy in the app: what those in charge see, export, erase and set, as a person would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Download, Page, Route, expect

from tests.browser.people import People
from tests.browser.test_accessibility import judge
from tests.driving import Account, Server, VisitorClient, visit
from tests.ground import private_folder

QUESTION = "May we write to you about new bicycles?"


def ask_for_marketing(account: Account) -> None:
    """Switches the marketing question on."""
    change = {"enabled": True, "marketing": {"enabled": True, "texts": {"en": QUESTION}}}
    answer = account.http.patch("/v1/settings", json={"email_request": change})
    assert answer.status_code == 200, answer.text


def customer(account: Account, name: str, marketing: str | None = "yes") -> VisitorClient:
    """A visitor who wrote, and said who they are."""
    came = visit(account.server, account.site_key)
    came.say(f"Hello from {name}")
    given = {"name": name, "email": f"{name.lower()}@customer.example"}
    answer = came.http.patch(
        "/v1/widget/me", json=given | ({"marketing": marketing} if marketing else {})
    )
    assert answer.status_code == 200, answer.text
    return came


def saved(download: Download) -> Path:
    """Where a download was put."""
    assert download.failure() is None
    return Path(download.path())


def keeps(page: Page, words: str) -> None:
    """Waits until the browser has written something down."""
    for _ in range(100):
        if words in page.evaluate("JSON.stringify(localStorage)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser has not kept {words!r}")


def confirm_erasure(page: Page) -> None:
    """Does the deliberate act in the dialog."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem").first).to_be_visible()
    dialog.get_by_role("button", name="Delete this chat and the visitor's data").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_is_shown_exported_and_erased(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    ask_for_marketing(operator.account)
    visitor = customer(operator.account, "Ingrid")
    page = operator.page
    operator.open_chat()
    person = page.get_by_role("region", name="Person")
    expect(person.get_by_text("Yes", exact=True)).to_be_visible()
    person.get_by_text("The words that were answered").click()
    expect(person.get_by_text(QUESTION)).to_be_visible()
    judge(page, "a person's privacy")
    with page.expect_download() as kept:
        person.get_by_role("link", name="Export everything (ZIP)").click()
    assert "index.html" in ZipFile(saved(kept.value)).namelist()
    person.get_by_role("button", name="Erase").click()
    dialog = page.get_by_role("dialog", name="Erase everything about Ingrid?")
    expect(dialog.get_by_text("messages and other entries of the chat")).to_be_visible()
    expect(dialog).to_contain_text("It cannot come back")
    judge(page, "before erasing")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(person.get_by_role("button", name="Erase")).to_be_focused()
    person.get_by_role("button", name="Erase").click()
    confirm_erasure(page)
    done = page.get_by_role("dialog", name="Erased")
    expect(done.get_by_text("nothing is there any more")).to_be_visible()
    judge(page, "after erasing")
    with page.expect_download() as kept:
        done.get_by_role("button", name="Download certificate").click()
    certificate: dict[str, Any] = json.loads(saved(kept.value).read_text())
    assert "Ingrid" not in json.dumps(certificate)
    done.get_by_role("button", name="Close").click()
    expect(operator.rows).to_have_count(0)
    assert operator.account.http.get(f"/v1/visitors/{visitor.visitor_id}").status_code == 404


def test_every_screen_forgets_at_once(people: People) -> None:
    operator = people.owner()
    customer(operator.account, "Ingrid", marketing=None)
    operator.open_chat()
    page = operator.page
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator(".bubble")).to_have_count(1)
    second.get_by_label("Your answer").fill("a draft about Ingrid")
    keeps(second, "a draft about Ingrid")
    colleague = people.owner(operator.account).page
    colleague.goto(page.url)
    expect(colleague.locator(".bubble")).to_have_count(1)
    page.get_by_role("button", name="More about this chat").click()
    page.get_by_role("menuitem", name="Delete this chat and the visitor's data").click()
    confirm_erasure(page)
    for screen in (second, colleague):
        told = screen.locator(".toast", has_text="This chat was deleted with the visitor's data.")
        expect(told).to_be_visible()
        expect(screen.locator("a.row")).to_have_count(0)
        expect(screen.locator(".bubble")).to_have_count(0)
        assert "Ingrid" not in screen.evaluate("JSON.stringify(localStorage)")


def test_a_chat_is_exported(people: People) -> None:
    operator = people.owner()
    customer(operator.account, "Ingrid", marketing=None)
    operator.open_chat()
    page = operator.page
    page.get_by_role("button", name="More about this chat").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="Export chat (JSON)").click()
    assert "Hello from Ingrid" in saved(kept.value).read_text()


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
def test_visitors_are_found_listed_and_erased(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    account = operator.account
    customer(account, "Tomasz", marketing=None)
    ask_for_marketing(account)
    for name, answer in (("=Ingrid", "yes"), ("Jonas", "no"), ("Claire", "yes")):
        customer(account, name, answer)
    page = operator.page
    page.get_by_role("link", name="Visitors").click()
    lines = page.get_by_role("list", name="Visitors").get_by_role("listitem")
    expect(lines).to_have_count(4)
    judge(page, "visitors")
    page.get_by_role("radio", name="Said yes").check()
    expect(lines).to_have_count(2)
    page.get_by_role("radio", name="Not asked").check()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("Tomasz")
    page.get_by_role("radio", name="All").check()
    page.get_by_role("searchbox").fill("jonas")
    expect(lines).to_have_count(1)
    page.get_by_role("searchbox").fill("nobody at all")
    expect(page.get_by_text("Nobody matches this.")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    expect(lines).to_have_count(4)
    with page.expect_download() as kept:
        page.get_by_role("button", name="List of addresses for mailing").click()
    assert kept.value.suggested_filename.startswith("mailing-20")
    head, *rows = saved(kept.value).read_text(encoding="utf-8-sig").splitlines()
    assert "permission as of 20" in head
    assert sorted(row.split(",")[:2] for row in rows) == [
        ["'=ingrid@customer.example", "'=Ingrid"],
        ["claire@customer.example", "Claire"],
    ]
    page.get_by_role("checkbox", name="Choose Jonas").check()
    page.get_by_role("checkbox", name="Choose Claire").check()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_role("button", name="Erase").click()
    dialog = page.get_by_role("dialog", name="Erase 2 visitors?")
    expect(dialog.get_by_text("messages and other entries of the chat")).to_be_visible()
    act = dialog.get_by_role("button", name="Delete the data of 2 visitors")
    act.click()
    expect(dialog.get_by_text("Type 2, the number of visitors.")).to_be_visible()
    dialog.get_by_label("Type 2 to confirm").fill("2")
    judge(page, "before erasing two")
    act.click()
    done = page.get_by_role("dialog", name="2 visitors erased")
    expect(done.get_by_role("button", name="Download certificates")).to_be_visible()
    done.get_by_role("button", name="Close").click()
    expect(lines).to_have_count(2)
    assert len(account.http.get("/v1/visitors").json()["items"]) == 2


def test_an_account_is_taken_along_and_closed(people: People) -> None:
    operator = people.owner()
    account = operator.account
    customer(account, "Ingrid", marketing=None)
    page = operator.page
    page.goto(f"{people.server.url}/app/profile")
    page.get_by_role("button", name="Make an export").click()
    dialog = page.get_by_role("dialog", name="Take the account along")
    people.allow(r"422 \(Unprocessable .*/v1/account")
    dialog.get_by_label("Current password", exact=True).fill("not the password")
    dialog.get_by_role("button", name="Make an export").click()
    expect(dialog.get_by_text("This is not your current password.")).to_be_visible()
    judge(page, "asking for an export")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    dialog.get_by_role("button", name="Make an export").click()
    expect(dialog).to_have_count(0)
    fetch = page.get_by_role("link", name="Download")
    expect(fetch).to_be_visible()
    with page.expect_download() as kept:
        fetch.click()
    assert ZipFile(saved(kept.value)).namelist()
    judge(page, "the profile of an owner")
    page.get_by_role("button", name="Delete account").click()
    dialog = page.get_by_role("dialog", name="Delete the account of Nordlicht?")
    expect(dialog.get_by_text("message", exact=True)).to_be_visible()
    judge(page, "before closing the account")
    dialog.get_by_role("button", name="Delete the account for good").click()
    expect(dialog.get_by_text("Type DELETE, in capital letters.")).to_be_visible()
    dialog.get_by_label("Type DELETE to confirm").fill("DELETE")
    dialog.get_by_label("Current password", exact=True).fill(account.password)
    # From then on the server knows nobody of this account.
    people.allow(r"401 \(Unauthorized\)")
    dialog.get_by_role("button", name="Delete the account for good").click()
    expect(page.get_by_role("heading", name="The account is deleted")).to_be_visible()
    expect(page.get_by_text("nothing is there any more")).to_be_visible()
    judge(page, "after closing the account")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download certificate").click()
    assert "Nordlicht" not in saved(kept.value).read_text()
    page.reload()
    expect(page.get_by_role("button", name="Download certificate")).to_be_visible()
    page.get_by_role("link", name="To the start page").click()
    expect(page.get_by_role("button", name="Create account")).to_be_visible()


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


def test_the_agreement_is_signed_and_kept(people: People) -> None:
    host = {
        "hosting": "others",
        "company": "Hafen Hosting GmbH",
        "address": "Kai 1, 20457 Hamburg, Germany",
        "email": "privacy@hafen.example",
        "data_protection_officer": {"name": "Grace Hopper", "email": "dpo@hafen.example"},
        "location": "Germany",
        "law": "Germany",
        "signatory": {"name": "Mary Somerville", "title": "Managing director"},
        "subprocessors": [
            {
                "id": "nord",
                "effective_from": "2020-01-01",
                "name": "Rechenzentrum Nord GmbH",
                "address": "Deich 7, 25746 Heide, Germany",
                "contact": "privacy@rznord.example",
                "location": "Germany",
                "purpose": "Keeps the servers",
                "data_categories": ["everything that is stored, encrypted"],
            }
        ],
    }
    with private_folder() as folder:
        (folder / "data").mkdir(mode=0o700)
        (folder / "data" / "installation.json").write_text(json.dumps(host))
        with Server(folder) as own:
            people.server = own
            page = people.owner().page
            page.goto(f"{own.url}/app/settings/legal")
            expect(page.get_by_text("Rechenzentrum Nord GmbH", exact=True)).to_be_visible()
            expect(page.get_by_text("needed here and not signed yet")).to_be_visible()
            page.get_by_role("button", name="Sign the agreement").click()
            dialog = page.get_by_role("dialog", name="Sign the agreement")
            act = dialog.get_by_role("button", name="Sign for the company")
            act.click()
            expect(dialog.get_by_text("This is needed.").first).to_be_visible()
            judge(page, "signing")
            dialog.get_by_label("Your position").fill("Managing director")
            dialog.get_by_label("Address").fill("Am Kai 3, Bergen")
            dialog.get_by_label("Country").fill("Norway")
            act.click()
            expect(dialog).to_have_count(0)
            expect(page.get_by_text("by Ada Lovelace")).to_be_visible()
            expect(page.get_by_text("needed here and not signed yet")).to_have_count(0)
            with page.expect_download() as kept:
                page.get_by_role("link", name="Download PDF").click()
            assert saved(kept.value).read_bytes().startswith(b"%PDF")
            done = page.get_by_role("listitem").filter(has_text="Sign the data processing")
            expect(done).to_contain_text("Done:")
            judge(page, "a signed agreement")
            for context in people.contexts:
                context.close()
            people.contexts.clear()


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
