"""The operators' app in Arabic: from the right, whole, and with nothing standing out at the side.

Each screen in one scheme: colours are the same in every language, and are tried in both elsewhere.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from chathaven.base.clock import now
from chathaven.base.languages import LANGUAGES
from tests.browser.people import DESKTOP, PHONE, People
from tests.browser.rights import furnish
from tests.browser.test_accessibility import judge
from tests.driving import Account, json_of, sign_up, visit
from tests.interface.team import letter_to

TEXTS = Path(__file__).parents[2] / "frontend" / "app" / "i18n"
SAY: dict[str, Any] = json.loads((TEXTS / "ar.json").read_text())
SIZES = {"desktop": DESKTOP, "phone": PHONE}
SNIPPET = "npm i @chathaven/x --save"
LAYLA = "ليلى الخطيب"
# What reaches over an edge of the window and does not scroll there by design.
STANDING_OUT = """() => {
  const meant = "svg *, .spoken, .views *, .settings-side *, .skip, pre *, option";
  const out = [...document.body.querySelectorAll("*")].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 1 && (left < -1 || right > innerWidth + 1) && !element.matches(meant);
  });
  const { scrollWidth } = document.documentElement;
  return [
    ...out.map((element) => element.outerHTML.slice(0, 120)),
    ...(scrollWidth > innerWidth ? [`all of it: ${scrollWidth}`] : []),
  ];
}"""
# By address: what stands there when what the page asks for has come.
SETTINGS = {
    "site": ".copyable",
    "general": ".switch",
    "chatbots": ".switch",
    "privacy": ".checklist li",
    "team": ".lines .avatar",
    "tokens": ".lines li",
    "records": ".lines li",
    "breaches": ".lines li",
    "audit": ".records-log li",
}


def picture(page: Page, name: str) -> None:
    """Takes a picture where a folder for pictures is named."""
    folder = os.environ.get("CHATHAVEN_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def fits(page: Page, where: str) -> None:
    """Waits until nothing is wider than the window: columns follow its size a moment later."""
    found: list[str] = []
    for _ in range(200):
        found = page.evaluate(STANDING_OUT)
        if not found:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{where}: {found}")


def stands(page: Page, name: str, scheme: str, *sizes: str) -> None:
    """Nothing is wider than the window, and axe finds nothing, on a desk and on a phone."""
    for size in sizes or SIZES:
        viewport = SIZES[size]
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        expect(page.locator(".bones, [aria-busy=true]")).to_have_count(0)
        fits(page, f"{name}, {size}")
        picture(page, f"{name}-{size}-{scheme}")
        # What is dark on a desk is as dark on a phone.
        if (size, scheme) != ("phone", "dark"):
            judge(page, f"{name}, {size}, {scheme}")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def company(people: People) -> Account:
    """An account with something of everything; its owner reads Arabic."""
    account = sign_up(people.server, company="متجر الشمال", name="آدا لوفليس")
    http = account.http
    assert json_of(http.patch("/v1/me", json={"language": "ar"}))["language"] == "ar"
    furnish(account)
    held = visit(people.server, account.site_key)
    held.say("Old matter")
    review = (now() + timedelta(days=30)).isoformat()
    hold = {"matter": "Case 12/2026", "review_at": review}
    json_of(http.post(f"/v1/visitors/{held.visitor_id}/holds", json=hold), 201)
    json_of(
        http.post("/v1/breaches", json={"title": "Lost laptop", "aware_at": now().isoformat()}), 201
    )
    json_of(http.post("/v1/tokens", json={"name": "CRM", "scopes": ["chats:read"]}), 201)
    json_of(
        http.post("/v1/invitations", json={"email": "grace@shop.example", "role": "operator"}), 201
    )
    page_url = "https://shop.example/ar/دراجات?sort=price"
    layla = visit(people.server, account.site_key, language="ar", page_url=page_url)
    json_of(layla.http.patch("/v1/widget/me", json={"name": LAYLA, "email": "layla@shop.example"}))
    layla.say("مرحبًا! هل تشحنون إلى Norway (Oslo)؟")
    account.say(layla.chat_id, "Yes, in three days:\nhttps://shop.example/shipping")
    layla.say(SNIPPET)
    return account


def sign_in(people: People, account: Account, **options: Any) -> Page:
    """Comes through the door, in Arabic from the first word on."""
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)")
    page = people.context(locale="ar", **options).new_page()
    page.goto(f"{people.server.url}/?form=sign-in")
    page.get_by_label(SAY["field.email"]).fill(account.email)
    page.get_by_label(SAY["field.password"], exact=True).fill(account.password)
    page.get_by_role("button", name=SAY["signin.do"]).click()
    expect(page.locator("a.row").first).to_be_visible()
    return page


def test_the_main_screens(people: People) -> None:
    scheme = "dark"
    account = company(people)
    page = sign_in(people, account, color_scheme=scheme)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "ar")
    expect(html).to_have_attribute("dir", "rtl")
    stands(page, "list", scheme)
    page.locator("a.row").filter(has_text=LAYLA).click()
    expect(page.locator(".bubble")).to_have_count(3)
    stands(page, "conversation", scheme)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name=SAY["person.toggle"]).click()
    expect(page.get_by_role("heading", name=SAY["privacy.title"])).to_be_visible()
    stands(page, "person", scheme, "phone")
    page.goto(f"{people.server.url}/app/visitors")
    expect(page.get_by_role("link", name=LAYLA)).to_be_visible()
    stands(page, "visitors", scheme)
    page.goto(f"{people.server.url}/app/requests")
    expect(page.get_by_role("list", name=SAY["requests.title"])).to_be_visible()
    stands(page, "requests", scheme)
    page.get_by_role("link", name=re.compile("Vera")).click()
    expect(page.get_by_text(SAY["requests.next_check"])).to_be_visible()
    stands(page, "request", scheme)
    page.get_by_role("button", name=SAY["requests.approve"]).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    stands(page, "letter", scheme)


def test_the_settings(people: People) -> None:
    scheme = "light"
    account = company(people)
    page = sign_in(people, account, color_scheme=scheme)
    for path, arrived in SETTINGS.items():
        page.goto(f"{people.server.url}/app/settings/{path}")
        title = page.get_by_role("heading", name=SAY[f"settings.{path}"], level=1)
        expect(title).to_be_visible()
        expect(page.locator(arrived).first).to_be_visible()
        stands(page, f"settings-{path}", scheme)
    page.goto(f"{people.server.url}/app/settings/breaches")
    page.get_by_role("link", name=re.compile(SAY["breach.look"])).click()
    expect(page.get_by_text(SAY["breach.facts"])).to_be_visible()
    stands(page, "breach", scheme)
    page.goto(f"{people.server.url}/app/profile")
    expect(page.get_by_label(SAY["profile.language"])).to_have_value("ar")
    stands(page, "profile", scheme)
    page.goto(f"{people.server.url}/app/settings/privacy")
    heading = page.get_by_role("heading", name=SAY["retention.title"])
    heading.evaluate("(element) => element.scrollIntoView()")
    expect(page.get_by_text(SAY["retention.none"])).to_be_visible()
    stands(page, "retention", scheme)


def test_the_door(people: People) -> None:
    scheme = "light"
    people.allow(r"401 \(Unauthorized\) .*/v1/me\)", r"404 \(Not Found\) .*/v1/invitations/look\)")
    page = people.context(locale="ar-EG", color_scheme=scheme).new_page()
    page.goto(people.server.url)
    page.get_by_role("button", name=SAY["signup.do"]).click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    stands(page, "sign-up", scheme)
    page.goto(f"{people.server.url}/?form=sign-in")
    expect(page.get_by_role("button", name=SAY["signin.do"])).to_be_visible()
    stands(page, "sign-in", scheme)
    page.goto(f"{people.server.url}/join#not-a-token")
    expect(page.get_by_text(SAY["join.gone"])).to_be_visible()
    stands(page, "join-gone", scheme)
    account = sign_up(people.server, company="متجر الشمال")
    address = f"grace.{account.account_id[-8:]}@shop.example"
    invited = {"email": address, "role": "administrator"}
    json_of(account.http.post("/v1/invitations", json=invited), 201)
    link = re.search(r"/join#\S+", letter_to(people.server, address))
    assert link is not None
    page.goto(f"{people.server.url}{link[0]}")
    page.reload()
    expect(page.get_by_role("button", name=SAY["join.do"])).to_be_visible()
    stands(page, "join", scheme)


def test_the_languages_are_the_nine_of_the_server(people: People) -> None:
    page = people.owner().page
    page.goto(f"{people.server.url}/app/profile")
    choice = page.get_by_label("Language of this app")
    expect(choice).to_have_value("en")
    offered = choice.locator("option").evaluate_all("all => all.map((each) => each.value)")
    assert sorted(offered) == sorted(LANGUAGES)
    choice.select_option(label="العربية")
    expect(page.get_by_role("heading", name=SAY["profile.title"], level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    # It is kept with the account, not in the browser.
    page.reload()
    expect(page.get_by_label(SAY["profile.language"])).to_have_value("ar")
    page.get_by_label(SAY["profile.language"]).select_option("en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_reading_from_the_right(people: People) -> None:
    account = company(people)
    page = sign_in(people, account)
    page.locator("a.row").filter(has_text=LAYLA).click()
    bubbles = page.locator(".bubble")
    expect(bubbles).to_have_count(3)
    boxes = [each.bounding_box() for each in bubbles.all()]
    theirs, ours, _ = (box["x"] if box else -1 for box in boxes)
    assert 0 < ours < theirs, "own answers stand where lines end: on the left"
    # English words begin on the left of their bubble; its corner is the page's affair.
    drawn = """(element) => {
      const range = document.createRange();
      range.setStart(element.firstChild, 0);
      range.setEnd(element.firstChild, 1);
      const [box, letter] = [element, range].map((each) => each.getBoundingClientRect());
      const { borderBottomRightRadius, borderBottomLeftRadius } = getComputedStyle(element);
      return [letter.x - box.x < box.right - letter.right,
        parseFloat(borderBottomRightRadius) < parseFloat(borderBottomLeftRadius)];
    }"""
    assert bubbles.nth(2).evaluate(drawn) == [True, True]
    assert bubbles.nth(0).evaluate(drawn) == [False, True]
    splitter = page.get_by_role("separator", name=SAY["columns.list"])
    width = int(splitter.get_attribute("aria-valuenow") or 0)
    splitter.press("ArrowLeft")
    assert int(splitter.get_attribute("aria-valuenow") or 0) > width, "the list stands on the right"
    column = page.locator(".column-list").bounding_box()
    assert column is not None
    assert column["x"] > DESKTOP["width"] / 2
    turned = page.locator(".icon-turns").first.evaluate("(icon) => getComputedStyle(icon).scale")
    assert turned == "-1 1"
    page.goto(f"{people.server.url}/app/settings/site")
    snippet = page.locator(".copyable pre").first
    assert snippet.evaluate("(pre) => getComputedStyle(pre).direction") == "ltr"
