"""Accounts that ask something of their visitors, and how tests look at what is asked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import People, Visitor
from tests.driving import Account, json_of, sign_up, visit

VERA = "vera@visitor.example"
TEXT = "We answer **here** and keep this chat for *one year*.\n\nSee our [policy](https://shop.example/p)."
QUESTION = "May we send you our newsletter? You can say no at any time."
# Of two equal buttons, in whatever state: how they are drawn.
DRAWN = """(element) => {
  const style = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  const channels = (color) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (color) => channels(color)
    .map((each) => each / 255)
    .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
  const [dark, light] = [luminance(style.color), luminance(style.backgroundColor)]
    .sort((a, b) => a - b);
  return {
    width, height, tag: element.tagName, size: parseFloat(style.fontSize),
    weight: parseFloat(style.fontWeight), contrast: (light + 0.05) / (dark + 0.05),
    pressed: element.getAttribute("aria-pressed"), border: style.borderColor,
    ground: style.backgroundColor, shadow: style.boxShadow,
  };
}"""


def with_notice(server: Any, text: str = TEXT, *, agree: bool = False) -> Account:
    account = sign_up(server, company="Nordlicht")
    show(account, text, agree=agree)
    return account


def show(account: Account, text: str, *, agree: bool = False) -> None:
    legal = {"enabled": True, "requires_agreement": agree, "texts": {"en": text}}
    json_of(account.http.patch("/v1/settings", json={"general": {"legal_text": legal}}))


def asking(server: Any, when: str = "always", *, question: bool = True) -> Account:
    account = sign_up(server, company="Nordlicht")
    marketing = {"enabled": question, "texts": {"en": QUESTION}}
    request = {"enabled": True, "when": when, "texts": {}, "marketing": marketing}
    json_of(account.http.patch("/v1/settings", json={"email_request": request}))
    return account


def card(visitor: Visitor) -> Locator:
    return visitor.panel.get_by_role("complementary", name="Legal text")


def button(where: Visitor | Locator, name: str) -> Locator:
    root = where.panel if isinstance(where, Visitor) else where
    return root.get_by_role("button", name=name, exact=True)


def chats(account: Account) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json_of(account.http.get("/v1/chats?view=all"))["items"]
    return found


def the_visitor(account: Account) -> dict[str, Any]:
    return json_of(account.http.get(f"/v1/visitors/{chats(account)[0]['visitor']['id']}"))


def begun(people: People, account: Account, **options: Any) -> Visitor:
    """A visitor who has written."""
    visitor = people.visitor(account.site_key, **options)
    visitor.open()
    # It is known what has to be shown first.
    expect(visitor.panel.locator("header p")).to_be_visible()
    visitor.write("Do you ship to Norway?")
    visitor.has_sent()
    return visitor


def equal(*buttons: Locator) -> None:
    """Same element, size, weight and contrast; nothing is chosen (A-07-2)."""
    # Not as it looks below the pointer, which is where the last click was.
    buttons[0].page.mouse.move(0, 0)
    first, second = (each.evaluate(DRAWN) for each in buttons)
    for measure in ("width", "height", "size", "weight", "contrast"):
        assert first[measure] == pytest.approx(second[measure], rel=0.05), measure
    for same in ("tag", "border", "ground", "shadow"):
        assert first[same] == second[same], same
    assert "true" not in (first["pressed"], second["pressed"])
    # One step of the Tab key from one to the other.
    buttons[0].focus()
    buttons[0].press("Tab")
    expect(buttons[1]).to_be_focused()


def furnish(account: Account) -> dict[str, str]:
    """One request of each look: overdue, soon, in time, closed; returns their ids."""
    vera = visit(account.server, account.site_key)
    json_of(vera.http.patch("/v1/widget/me", json={"name": "Vera Vogel", "email": VERA}))
    own = json_of(
        vera.http.post("/v1/widget/me/requests", json={"kind": "access", "text": "All of it"}), 201
    )
    late = {
        "kind": "erasure",
        "via": "letter",
        "name": "Wim " + "van der " * 12,
        "received_at": "2026-02-01T12:00:00Z",
    }
    made = json_of(account.http.post("/v1/requests", json=late), 201)
    gone = {"kind": "objection", "via": "phone", "name": "Zoë"}
    closed = json_of(account.http.post("/v1/requests", json=gone), 201)["request"]["id"]
    step = {"to": "withdrawn", "reason": "Called"}
    json_of(account.http.post(f"/v1/requests/{closed}/steps", json=step), 201)
    return {"own": own["id"], "late": made["request"]["id"], "closed": closed}
