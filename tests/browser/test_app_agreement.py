"""The agreement and the register of sub-processors, where the installation is run for others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.people import People
from tests.browser.privacy_steps import customer, saved
from tests.browser.test_accessibility import judge
from tests.browser.test_app_files import NOTES, choose, sent
from tests.driving import Server, sign_up
from tests.ground import private_folder
from tests.interface.rows import superuser

HOST = {
    "hosting": "others",
    "company": "Hafen Hosting GmbH",
    "address": "Kai 1, 20457 Hamburg, Germany",
    "email": "privacy@hafen.example",
    "data_protection_officer": {"name": "Grace Hopper", "email": "dpo@hafen.example"},
    "location": "Germany",
    "law": "Germany",
    "signatory": {"name": "Mary Somerville", "title": "Managing director"},
}
NORD = {
    "id": "nord",
    "effective_from": "2020-01-01",
    "name": "Rechenzentrum Nord GmbH",
    "address": "Deich 7, 25746 Heide, Germany",
    "contact": "privacy@rznord.example",
    "location": "Germany",
    "purpose": "Keeps the servers",
    "data_categories": ["everything that is stored, encrypted"],
}
SUED = NORD | {"id": "sued", "name": "Postversand Süd GmbH", "purpose": "Sends letters"}
WEST = NORD | {
    "id": "west",
    "name": "Dateien West AG",
    "purpose": "Keeps files",
    "feature": "files",
}


def describe(server: Server, *subprocessors: dict[str, Any]) -> None:
    """Writes who runs the installation, as its next start reads it."""
    server.data.mkdir(mode=0o700, exist_ok=True)
    path = server.data / "installation.json"
    path.write_text(json.dumps(HOST | {"subprocessors": subprocessors}))


@contextmanager
def hosted(people: People) -> Iterator[Server]:
    """An installation of the test's own, with one sub-processor."""
    with private_folder() as folder:
        server = Server(folder)
        describe(server, NORD)
        with server:
            people.server = server
            try:
                yield server
            finally:
                for context in people.contexts:
                    context.close()
                people.contexts.clear()


def test_the_agreement_is_signed_and_kept(people: People) -> None:
    with hosted(people) as own:
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


def test_terms_that_changed_are_asked_for_until_they_are_accepted(people: People) -> None:
    with hosted(people) as own:
        account = sign_up(own, company="Nordlicht", name="Ada Lovelace")
        own.stop()
        (own.data / "legal").mkdir()
        (own.data / "legal" / "terms.en.md").write_text("# Our own terms\n\nBe kind.\n")
        own.start()
        page = people.owner(account).page
        dialog = page.get_by_role("dialog", name="The terms have changed")
        dialog.get_by_role("button", name="Accept for the company").click()
        expect(dialog).to_have_count(0)
        assert account.me["terms_due"] is None
        page.reload()
        expect(page.get_by_role("link", name="Visitors")).to_be_visible()
        expect(dialog).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_company_is_announced_and_objected_to(people: People, scheme: str) -> None:
    with hosted(people) as own:
        account = sign_up(own, company="Nordlicht", name="Ada Lovelace")
        own.stop()
        describe(own, NORD, SUED)
        own.start()
        page = people.owner(account, color_scheme=scheme).page
        bar = page.get_by_role("complementary", name="Sub-processors")
        expect(bar).to_contain_text("Postversand Süd GmbH will take part in the processing")
        judge(page, "an announcement")
        bar.get_by_role("link", name="Look at it").click()
        expect(bar).to_have_count(0)
        line = page.get_by_role("listitem").filter(has_text="Postversand Süd GmbH")
        expect(line).to_contain_text("Announced, in force from")
        nord = page.get_by_role("listitem").filter(has_text="Rechenzentrum Nord")
        expect(nord.get_by_role("button", name="Object")).to_have_count(0)
        line.get_by_role("button", name="Object").click()
        dialog = page.get_by_role("dialog", name="Object to Postversand Süd GmbH?")
        dialog.get_by_label("Reason (optional)").fill("We send our own letters.")
        judge(page, "objecting")
        dialog.get_by_role("button", name="Object").click()
        expect(dialog).to_have_count(0)
        expect(line).to_contain_text("You have objected")
        expect(line.get_by_role("button", name=re.compile("^Object "))).to_have_count(0)
        expect(line.get_by_role("button", name="Take the objection back")).to_be_visible()
        [entry] = [
            each
            for each in account.http.get("/v1/legal/subprocessors").json()["items"]
            if each["id"] == "sued"
        ]
        assert (entry["state"], entry["objection"]["reason"]) == (
            "objected",
            "We send our own letters.",
        )
        page.reload()
        expect(line).to_contain_text("You have objected")
        expect(bar).to_have_count(0)


def switched_off(server: Server, id: str) -> None:
    """Lets the day come from which an announced company takes part."""
    with superuser(server) as database:
        database.execute(
            "UPDATE subprocessor_notices SET in_force_from = now() WHERE id = %s", (id,)
        )
        database.commit()


def test_an_objection_switches_files_off_until_it_is_taken_back(people: People) -> None:
    with hosted(people) as own:
        account = sign_up(own, company="Nordlicht", name="Ada Lovelace")
        own.stop()
        describe(own, NORD, WEST)
        own.start()
        customer(account, "Vera", None)
        operator = people.owner(account)
        page = operator.page
        page.goto(f"{own.url}/app/settings/privacy")
        line = page.get_by_role("listitem").filter(has_text="Dateien West AG")
        # What an objection does is said before there is one.
        expect(line).to_contain_text("With an objection, files in chats stay off here")
        line.get_by_role("button", name="Object").click()
        page.get_by_role("dialog").get_by_role("button", name="Object").click()
        expect(line).to_contain_text("You have objected")
        expect(line).to_contain_text("until you take it back")
        switched_off(own, "west")
        page.goto(f"{own.url}/app")
        operator.open_chat()
        people.allow(r"403 \(Forbidden\) .*/files")
        choose(page, NOTES)
        page.get_by_role("button", name="Send", exact=True).click()
        failed = page.get_by_role("alert").filter(has_text="Not sent.")
        expect(failed).to_contain_text("This is switched off for your account.")
        judge(page, "a file that is switched off")
        # Writing goes on.
        operator.write("I send it by post.")
        expect(page.locator(".bubble", has_text="I send it by post.")).to_be_visible()
        failed.get_by_role("button", name="Discard").click()
        expect(failed).to_have_count(0)
        page.goto(f"{own.url}/app/settings/privacy")
        line.get_by_role("button", name="Take the objection back").press("Enter")
        expect(line).not_to_contain_text("You have objected")
        page.goto(f"{own.url}/app")
        operator.open_chat()
        choose(page, NOTES)
        page.get_by_role("button", name="Send", exact=True).click()
        sent(page, 1)
