"""The legal pages in a browser: read, asked, and answered, without a script of ours."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESKTOP, PHONE, People
from tests.driving import sign_up

PAGES = ("/terms", "/privacy", "/dpa", "/gdpr", "/verify", "/terms/changes")


def test_whether_the_gdpr_applies_is_answered_without_scripts(people: People) -> None:
    page = people.context(java_script_enabled=False).new_page()
    page.goto(f"{people.server.url}/gdpr?language=en")
    offices = page.get_by_role("group", name="Is your company established in the EU")
    offices.get_by_label("No").check()
    page.get_by_role("group", name="Do you offer goods").get_by_label("Yes").check()
    page.get_by_role("button", name="Show the answer").click()
    answer = page.get_by_role("status", name="The answer")
    expect(answer).to_contain_text("Yes, the GDPR applies to you.")
    expect(answer).to_contain_text("Art. 3(2)(a)")
    expect(offices.get_by_label("No")).to_be_checked()
    todo = page.get_by_role("link", name="Show your legal text before visitors write")
    expect(todo).to_have_attribute("href", "/app/settings/general")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("status")).to_contain_text("Ja, die DSGVO gilt für Sie.")
    assert page.context.cookies() == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_are_short_and_nothing_runs_out_of_the_page(
    people: People, viewport: dict[str, int], scheme: str
) -> None:
    page = people.context(viewport=viewport, color_scheme=scheme).new_page()
    for path in PAGES:
        page.goto(f"{people.server.url}{path}?language=en")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
        assert page.locator("h1").count() == 1
        # 68 of the letters that the unit is made of.
        assert page.evaluate(
            """() => {
              const probe = document.createElement("span");
              probe.textContent = "0".repeat(68);
              document.body.append(probe);
              const most = probe.getBoundingClientRect().width;
              probe.remove();
              return document.querySelector("main p").getBoundingClientRect().width <= most;
            }"""
        ), path


def test_long_words_break_on_a_narrow_screen(people: People) -> None:
    key = sign_up(people.server, company="Donaudampfschifffahrtsgesellschaft").site_key
    page = people.context(viewport={"width": 320, "height": 640}, locale="de-DE").new_page()
    for path in (*PAGES, f"/rights/{key}", "/rights/confirm", f"/try/{key}"):
        page.goto(f"{people.server.url}{path}")
        assert page.locator("html").get_attribute("lang") == "de", path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def test_a_pasted_certificate_is_checked(people: People) -> None:
    page = people.context().new_page()
    page.goto(f"{people.server.url}/verify?language=en")
    page.get_by_label("Paste a certificate").fill('{"kind": "made up"}')
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status", name="Result")).to_contain_text("NOT GENUINE")
