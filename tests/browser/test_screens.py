"""Small screens, zoom, dark, without motion, and without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import PHONE, People
from tests.driving import sign_up

NARROW = {"width": 320, "height": 640}
# A window of 1280 px at 200 % has 640 px of its own to lay out.
ZOOMED = {"width": 640, "height": 400}


def fits(page: Page) -> None:
    """Nothing makes the page, or a frame in it, scroll sideways."""
    for frame in page.frames:
        wide = frame.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{frame.url} is {wide} px too wide"


@pytest.mark.parametrize("viewport", [PHONE, NARROW, ZOOMED], ids=["phone", "320", "zoomed"])
def test_a_conversation_on_a_small_screen(people: People, viewport: dict[str, int]) -> None:
    phone = viewport["width"] <= 480
    operator = people.owner(viewport=viewport)
    visitor = people.visitor(operator.account.site_key, viewport=viewport)
    visitor.open()
    visitor.write("averyveryverylongwordwithoutanyspaceatall" * 8)
    visitor.write("hello")
    visitor.has_sent()
    fits(visitor.page)
    frame = visitor.page.locator("chathaven-widget iframe").bounding_box()
    assert frame is not None
    if phone:
        assert (frame["width"], frame["height"]) == (viewport["width"], viewport["height"])
        expect(visitor.launcher).to_be_hidden()
    box = visitor.composer.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= viewport["height"]
    expect(operator.rows).to_have_count(1)
    fits(operator.page)
    operator.open_chat()
    fits(operator.page)
    operator.write("seen on a small screen")
    expect(visitor.bubble("seen on a small screen")).to_be_visible()
    if phone:
        operator.page.get_by_role("link", name="Back to the list").or_(
            operator.page.get_by_role("button", name="Back to the list")
        ).first.click()
        expect(operator.rows.first).to_be_visible()
        visitor.panel.get_by_role("button", name="Close chat").click()
        expect(visitor.launcher).to_be_visible()
        expect(visitor.launcher).to_be_focused()


def lightness(page: Page | Frame, selector: str) -> float:
    """How light an element's ground is, 0 to 255."""
    color = page.evaluate(
        """(selector) => {
          for (let at = document.querySelector(selector); at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (!/, 0\\)$|transparent/.test(color)) return color;
          }
          return "rgb(255, 255, 255)";
        }""",
        selector,
    )
    with_canvas = page.evaluate(
        """(color) => {
          const draw = document.createElement("canvas").getContext("2d");
          draw.fillStyle = color;
          draw.fillRect(0, 0, 1, 1);
          return [...draw.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        color,
    )
    return float(sum(with_canvas) / 3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system(people: People, scheme: str) -> None:
    operator = people.owner(color_scheme=scheme)
    visitor = people.visitor(operator.account.site_key, color_scheme=scheme)
    visitor.open()
    expect(operator.page.locator("h1, h2").first).to_be_visible()
    for light in (lightness(operator.page, "main"), lightness(visitor.frame, "main")):
        assert light > 200 if scheme == "light" else light < 70


def running(page: Page) -> list[str]:
    """Names what moves in a page and its frames."""
    found: list[str] = []
    for frame in page.frames:
        found += frame.evaluate(
            """() => document.getAnimations({ subtree: true }).filter((each) => {
              const time = each.effect.getComputedTiming();
              return each.playState === "running" && time.activeDuration > 1;
            }).map((each) => each.animationName || each.transitionProperty)"""
        )
    return found


def test_nothing_moves_for_those_who_asked_for_it(people: People) -> None:
    operator = people.owner(reduced_motion="reduce")
    visitor = people.visitor(operator.account.site_key, reduced_motion="reduce")
    visitor.open()
    assert running(visitor.page) == []
    visitor.write("quietly")
    operator.open_chat()
    operator.composer.press_sequentially("typing", delay=20)
    expect(visitor.panel.get_by_text("is writing")).to_be_visible()
    assert running(visitor.page) == []
    assert running(operator.page) == []


def test_a_conversation_by_keyboard_alone(people: People) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key)
    keyboard = visitor.page.keyboard
    for _ in range(10):
        if visitor.launcher.evaluate("(button) => button.matches(':focus')"):
            break
        keyboard.press("Tab")
    expect(visitor.launcher).to_be_focused()
    keyboard.press("Enter")
    expect(visitor.composer).to_be_focused()
    keyboard.type("by keyboard")
    keyboard.press("Shift+Enter")
    keyboard.type("alone")
    keyboard.press("Enter")
    visitor.sees("by keyboard\nalone")
    visitor.has_sent()
    expect(visitor.composer).to_be_focused()
    keyboard.press("Tab")
    expect(visitor.panel.get_by_role("button", name="Attach files", exact=True)).to_be_focused()
    keyboard.press("Tab")
    expect(visitor.panel.get_by_role("button", name="Emoji", exact=True)).to_be_focused()
    keyboard.press("Enter")
    expect(visitor.panel.get_by_role("dialog", name="Emoji")).to_be_visible()
    keyboard.press("Escape")
    expect(visitor.panel.get_by_role("dialog", name="Emoji")).to_have_count(0)
    expect(visitor.composer).to_be_focused()
    keyboard.press("Escape")
    expect(visitor.composer).to_be_hidden()
    expect(visitor.launcher).to_be_focused()
    # The answer comes while it is closed, and is read with one key.
    chat = account.http.get("/v1/chats").json()["items"][0]
    account.say(chat["id"], "answered")
    expect(visitor.launcher).to_have_accessible_name("Chat (1)")
    keyboard.press("Space")
    visitor.sees("by keyboard\nalone", "answered")
    keyboard.press("Shift+Tab")
    focused = visitor.panel.locator(":focus")
    expect(focused).to_have_count(1)


def test_the_inbox_by_keyboard_alone(people: People) -> None:
    operator = people.owner()
    visitor = people.visitor(operator.account.site_key)
    visitor.open()
    visitor.write("for the keyboard")
    expect(operator.rows).to_have_count(1)
    keyboard = operator.page.keyboard
    for _ in range(30):
        if operator.page.locator("a.row:focus").count():
            break
        keyboard.press("Tab")
    expect(operator.rows.first).to_be_focused()
    keyboard.press("Enter")
    expect(operator.composer).to_be_focused()
    keyboard.type("answered without a mouse")
    keyboard.press("Enter")
    visitor.sees("for the keyboard", "answered without a mouse")
