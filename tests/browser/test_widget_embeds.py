"""Content of other companies: nothing is asked of them before a yes to each."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, expect

from tests.browser.people import People, Visitor
from tests.browser.rights import TEXT, asking, begun, button, card, chats, equal, show
from tests.browser.test_accessibility import SCHEMES, judge
from tests.driving import sign_up

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"


def outside(people: People) -> list[str]:
    """Every address that was asked and is not ours."""
    own = urlsplit(people.server.url).netloc
    named = [each.url for each in people.requests if not each.url.startswith(("data:", "blob:"))]
    return [url for url in named if urlsplit(url).netloc != own]


def with_player(context: BrowserContext) -> None:
    """In the place of the provider, which tests do not ask."""
    page = "<!doctype html><title>a player</title><p>playing</p>"
    context.route(
        re.compile(r"https://www\.youtube-nocookie\.com/.*"),
        lambda route: route.fulfill(content_type="text/html", body=page),
    )


def told_of_a_video(people: People, text: str = f"See {VIDEO}", **options: Any) -> Visitor:
    account = sign_up(people.server)
    visitor = begun(people, account, **options)
    with_player(visitor.page.context)
    account.say(chats(account)[0]["id"], text)
    visitor.bubble(text).wait_for()
    return visitor


def test_nothing_is_asked_of_a_provider_before_a_yes_to_it(people: People) -> None:
    maps = "https://www.google.com/maps/place/Oslo/"
    text = f"{VIDEO} and {maps} and https://tube.example/watch?v=dQw4w9WgXcQ"
    visitor = told_of_a_video(people, text)
    video = visitor.panel.get_by_role("region", name="YouTube")
    expect(video).to_contain_text("Nothing is loaded from YouTube until you say so.")
    expect(visitor.panel.get_by_role("region")).to_have_count(2)
    button(video, "Show YouTube").click()
    expect(video).to_be_focused()
    equal(button(video, "Yes"), button(video, "No"))
    assert outside(people) == []
    button(video, "No").click()
    expect(video).to_contain_text("You said no to content from YouTube.")
    expect(visitor.panel.locator("iframe")).to_have_count(0)
    assert outside(people) == []
    button(video, "Show YouTube").click()
    button(video, "Yes").click()
    frame = visitor.panel.locator("iframe")
    expect(frame).to_have_attribute("src", PLAYER)
    expect(frame).to_have_attribute("referrerpolicy", "no-referrer")
    expect(frame).to_have_attribute(
        "sandbox",
        "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    )
    expect(visitor.panel.frame_locator("iframe").get_by_text("playing")).to_be_visible()
    asked = [each for each in people.requests if each.url == PLAYER]
    assert outside(people) == [PLAYER]
    assert "referer" not in asked[0].headers
    # A yes to one is no yes to another.
    expect(visitor.panel.get_by_role("region", name="Google Maps")).to_be_visible()
    button(visitor, "Privacy").click()
    content = visitor.panel.get_by_role("group", name="YouTube")
    expect(button(content, "Yes")).to_have_attribute("aria-pressed", "true")
    button(content, "No").click()
    visitor.panel.get_by_text("Record of your answers").click()
    expect(visitor.panel.locator("li")).to_contain_text(
        ["YouTube: You withdrew", "YouTube: You agreed", "YouTube: You did not agree"]
    )
    button(visitor, "Back").click()
    expect(visitor.panel.locator("iframe")).to_have_count(0)
    expect(video).to_contain_text("You said no to content from YouTube.")
    # It is known in the next visit, too.
    visitor.page.reload()
    visitor.open()
    expect(video).to_contain_text("You said no to content from YouTube.")


def test_the_browsers_signal_is_a_no_until_the_visitor_says_otherwise(people: People) -> None:
    account = sign_up(people.server)
    context = people.context()
    context.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
    )
    with_player(context)
    visitor = Visitor(context.new_page())
    visitor.page.goto(f"{people.server.url}/try/{account.site_key}")
    # Not even what the page has been told outranks it.
    visitor.page.evaluate("window.chathaven.setConsent({ youtube: true })")
    visitor.open()
    visitor.write(VIDEO)
    visitor.has_sent()
    video = visitor.panel.get_by_role("region", name="YouTube")
    expect(video).to_contain_text("Your browser asks for privacy")
    assert outside(people) == []
    button(video, "Show YouTube").click()
    button(video, "Yes").click()
    expect(visitor.panel.locator("iframe")).to_have_attribute("src", PLAYER)


def test_the_pages_own_consents_count_where_they_name_a_provider(people: People) -> None:
    account = sign_up(people.server)
    context = people.context()
    with_player(context)
    visitor = Visitor(context.new_page())
    visitor.page.goto(f"{people.server.url}/try/{account.site_key}")
    visitor.page.evaluate(
        "window.chathaven.setConsent({ youtube: true, functionality_storage: 'denied' })"
    )
    visitor.open()
    visitor.write(f"{VIDEO} https://vimeo.com/76979871")
    visitor.has_sent()
    expect(visitor.panel.locator("iframe")).to_have_attribute("src", PLAYER)
    expect(visitor.panel.get_by_role("region", name="Vimeo")).to_be_visible()
    assert visitor.page.frames[1].evaluate("Object.keys(localStorage)") == []
    assert outside(people) == [PLAYER]


@SCHEMES
def test_axe_finds_nothing_in_any_state(people: People, scheme: str) -> None:
    account = asking(people.server)
    show(account, TEXT, agree=True)
    visitor = people.visitor(account.site_key, color_scheme=scheme)
    with_player(visitor.page.context)
    visitor.open()
    expect(card(visitor)).to_be_visible()
    judge(visitor.frame, "the legal text")
    button(card(visitor), "Not now").click()
    judge(visitor.frame, "the legal text, declined")
    button(card(visitor), "Show the text").click()
    button(card(visitor), "I agree").click()
    visitor.write(VIDEO)
    visitor.has_sent()
    button(visitor, "Save").click()
    judge(visitor.frame, "the e-mail card with mistakes")
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari@shop.example")
    button(visitor, "Yes").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Your e-mail address: kari@shop.example")).to_be_visible()
    button(visitor, "Show YouTube").click()
    judge(visitor.frame, "an embed that asks, and the e-mail given")
    button(visitor, "No").click()
    button(visitor, "Privacy").click()
    visitor.panel.get_by_text("Record of your answers").click()
    button(visitor, "Change: Phone").click()
    judge(visitor.frame, "the panel, open as far as it goes")
    button(visitor, "Erase everything").click()
    judge(visitor.frame, "before erasing")
    button(visitor, "Continue").click()
    button(visitor, "Erase for good").click()
    expect(visitor.panel.get_by_text("being erased")).to_be_visible()
    judge(visitor.frame, "erased")
