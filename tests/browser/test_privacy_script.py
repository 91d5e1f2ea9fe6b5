"""`/privacy.js` on a company's own page: nothing of others before a yes to that company."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.hosts import Host, hosting
from tests.browser.people import People

PAGE = """
<main>
<template data-chathaven-embed>
  <iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film"></iframe>
</template>
<iframe data-src="https://player.vimeo.com/video/76979871" title="Another film"></iframe>
<iframe data-src="https://elsewhere.example/player" title="Unknown"></iframe>
<p><a href="#privacy" data-chathaven-privacy>Privacy settings</a></p>
</main>
"""
OTHERS = {"www.youtube.com", "player.vimeo.com", "elsewhere.example"}
KEPT = "JSON.parse(localStorage.getItem('chathaven.embeds'))"
SIGNAL = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"


@pytest.fixture
def shop(people: People) -> Iterator[Host]:
    """A page of a company, with a policy that lets our script run and the players show."""
    policy = f"script-src {people.server.url}; style-src 'none'; frame-src https:"
    body = f'{PAGE}<script async src="{people.server.url}/privacy.js"></script>'
    with hosting(body, policy) as host:
        yield host


def browser_of(people: People) -> BrowserContext:
    """A browser in which the providers are played by us."""
    context = people.context()

    def play(route: Route) -> None:
        route.fulfill(content_type="text/html", body="<!doctype html><title>A player</title>")

    for host in OTHERS:
        context.route(f"https://{host}/**", play)
    return context


def asked(people: People) -> set[str]:
    return {str(urlsplit(each.url).hostname) for each in people.requests} & OTHERS


def test_each_company_is_asked_for_by_itself(people: People, shop: Host) -> None:
    page = browser_of(people).new_page()
    page.goto(shop.origin)
    youtube = page.get_by_role("region", name="YouTube")
    expect(youtube).to_be_visible()
    expect(page.get_by_role("region", name="Vimeo")).to_be_visible()
    said = page.locator("chathaven-embed").first
    assert (said.get_attribute("lang"), said.get_attribute("dir")) == ("en", "ltr")
    expect(
        page.get_by_role("region", name="elsewhere.example").get_by_role("button")
    ).to_have_count(0)
    assert asked(people) == set()
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.context.cookies() == []

    boxes = [each.bounding_box() for each in youtube.get_by_role("button").all()]
    assert len(boxes) == 2
    assert boxes[0] is not None
    assert boxes[1] is not None
    # The same size: refusing is as easy as accepting.
    assert boxes[0]["height"] == boxes[1]["height"]
    assert abs(boxes[0]["width"] - boxes[1]["width"]) <= 0.05 * boxes[0]["width"]

    youtube.get_by_role("button", name="Yes, load it").click()
    expect(page.locator("chathaven-embed iframe")).to_have_attribute("title", "A film")
    expect(page.frame_locator("iframe[title='A film']").locator("html")).to_be_attached()
    assert asked(people) == {"www.youtube.com"}
    assert page.evaluate(KEPT) == {"youtube": "yes"}

    page.reload()
    expect(page.locator("iframe[title='A film']")).to_be_visible()
    expect(page.get_by_role("region", name="Vimeo")).to_be_visible()
    assert asked(people) == {"www.youtube.com"}


def test_a_choice_is_changed_with_the_keyboard_alone(people: People, shop: Host) -> None:
    page = browser_of(people).new_page()
    page.goto(shop.origin)
    vimeo = page.get_by_role("region", name="Vimeo")
    vimeo.get_by_role("button", name="No, keep it closed").press("Enter")
    expect(vimeo).to_contain_text("You refused content from Vimeo.")
    # The focus stays in the card, at the way to another choice.
    expect(vimeo.get_by_role("button", name="Privacy settings")).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Privacy settings")
    expect(panel).to_be_visible()
    company = panel.get_by_role("group", name="Vimeo")
    expect(company.get_by_role("button", name="Refuse")).to_have_attribute("aria-pressed", "true")
    company.get_by_role("button", name="Allow").press("Enter")
    expect(page.locator("iframe[title='Another film']")).to_be_attached()
    company.get_by_role("button", name="Refuse").press("Enter")
    expect(page.locator("iframe[title='Another film']")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.get_by_role("link", name="Privacy settings").press("Enter")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Refuse all").click()
    assert set(page.evaluate(KEPT).values()) == {"no"}
    assert asked(people) == {"player.vimeo.com"}
    assert page.url == f"{shop.origin}/"


def test_the_browsers_signal_refuses_all_until_somebody_says_otherwise(
    people: People, shop: Host
) -> None:
    context = browser_of(people)
    context.add_init_script(SIGNAL)
    page = context.new_page()
    page.goto(shop.origin)
    youtube = page.get_by_role("region", name="YouTube")
    expect(youtube).to_contain_text("Your browser asks for privacy")
    assert page.evaluate("Object.keys(localStorage)") == []
    youtube.get_by_role("button", name="Privacy settings").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("group", name="YouTube").get_by_role("button", name="Allow").click()
    panel.get_by_role("button", name="Close").click()
    expect(page.locator("iframe[title='A film']")).to_be_visible()
    assert asked(people) == {"www.youtube.com"}


def test_what_a_page_adds_later_is_closed_too(people: People, shop: Host) -> None:
    page = browser_of(people).new_page()
    page.goto(shop.origin)
    expect(page.get_by_role("region", name="Vimeo")).to_be_visible()
    page.evaluate(
        """() => {
          const late = document.createElement("div");
          late.dataset.chathavenEmbed = "https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl";
          document.querySelector("main").append(late);
        }"""
    )
    expect(page.get_by_role("region", name="Spotify")).to_be_visible()
    assert asked(people) == set()
