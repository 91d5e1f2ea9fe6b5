"""What a visitor is told, asked and may do, in the widget, as a person does it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from tests.browser.people import PHONE, People, Visitor
from tests.browser.test_accessibility import SCHEMES, judge
from tests.driving import Account, json_of, sign_up

TEXT = "We answer **here** and keep this chat for *one year*.\n\nSee our [policy](https://shop.example/p)."
QUESTION = "May we send you our newsletter? You can say no at any time."
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
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
    return visitor.panel.get_by_role("complementary", name="Before we start")


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


def test_the_text_stands_there_before_one_can_write(people: People) -> None:
    account = with_notice(people.server)
    visitor = people.visitor(account.site_key)
    visitor.open()
    expect(card(visitor)).to_contain_text("We answer here and keep this chat for one year.")
    expect(card(visitor).locator("strong")).to_have_text("here")
    expect(card(visitor).locator("em")).to_have_text("one year")
    link = card(visitor).get_by_role("link", name="policy")
    expect(link).to_have_attribute("href", "https://shop.example/p")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    visitor.write("I have read it")
    visitor.has_sent()
    expect(card(visitor)).to_have_count(0)
    button(visitor, "Privacy").click()
    expect(visitor.panel.get_by_text(re.compile("^Shown to you on"))).to_be_visible()
    visitor.panel.get_by_text("Show the text").click()
    expect(visitor.panel.get_by_text("keep this chat for one year")).to_be_visible()


def test_a_text_never_becomes_markup(people: People) -> None:
    bad = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) **<b>b</b>**"
    account = with_notice(people.server, bad)
    visitor = people.visitor(account.site_key)
    visitor.open()
    expect(card(visitor)).to_contain_text("<img src=x onerror=alert(1)> [a](javascript:alert(1))")
    assert card(visitor).locator("img, b, a").count() == 0


def test_on_every_way_into_the_chat(people: People) -> None:
    account = with_notice(people.server, agree=True)
    visitor = people.visitor(account.site_key)
    visitor.page.evaluate("window.chathaven.open()")
    expect(card(visitor)).to_be_visible()
    # Opened by itself, the browser looks for an icon that the chat does not have.
    people.allow(r"404 \(Not Found\) .*/favicon\.ico")
    visitor.page.goto(f"{people.server.url}/frame/{account.site_key}")
    expect(visitor.page.get_by_role("complementary", name="Before we start")).to_be_visible()


def test_with_agreement_nothing_goes_before_it(people: People) -> None:
    account = with_notice(people.server, agree=True)
    visitor = people.visitor(account.site_key)
    visitor.open()
    equal(button(card(visitor), "Not now"), button(card(visitor), "I agree"))
    visitor.write("Hello?")
    # The text asks for attention and what was written waits.
    expect(card(visitor).locator(".prose")).to_be_focused()
    expect(visitor.composer).to_have_value("Hello?")
    button(card(visitor), "Not now").click()
    expect(card(visitor)).to_contain_text("Nothing is sent without your agreement.")
    expect(button(card(visitor), "Show the text")).to_be_focused()
    assert chats(account) == []
    assert not people.paths(f"/v1/widget/{account.site_key}/visitors")
    button(card(visitor), "Show the text").click()
    button(card(visitor), "I agree").click()
    visitor.sees("Hello?")
    visitor.has_sent()
    expect(visitor.composer).to_be_focused()


def test_a_changed_text_keeps_the_draft(people: People) -> None:
    account = with_notice(people.server, "The first text.")
    visitor = people.visitor(account.site_key)
    visitor.open()
    expect(card(visitor)).to_contain_text("The first text.")
    show(account, "The second text.")
    people.allow(r"409 \(Conflict\)")
    visitor.write("my question")
    expect(card(visitor)).to_contain_text("The second text.")
    expect(card(visitor).get_by_role("status")).to_contain_text("has changed")
    expect(visitor.composer).to_have_value("my question")
    expect(card(visitor).locator(".prose")).to_be_focused()
    assert chats(account) == []
    visitor.write("my question")
    visitor.sees("my question")
    visitor.has_sent()
    # Once more, in the middle of the chat, now with agreement.
    show(account, "The third text.", agree=True)
    visitor.write("one more")
    expect(card(visitor)).to_contain_text("The third text.")
    expect(visitor.composer).to_have_value("one more")
    button(card(visitor), "I agree").click()
    visitor.sees("my question", "one more")
    visitor.has_sent()
    expect(card(visitor)).to_have_count(0)


def test_agreement_is_withdrawn_in_two_clicks(people: People) -> None:
    account = with_notice(people.server, agree=True)
    visitor = people.visitor(account.site_key)
    visitor.open()
    button(card(visitor), "I agree").click()
    visitor.write("hello")
    visitor.has_sent()
    button(visitor, "Privacy").click()
    button(visitor, "Withdraw").click()
    expect(visitor.panel.get_by_text(re.compile("^You withdrew your agreement on"))).to_be_visible()
    button(visitor, "Back").click()
    expect(card(visitor)).to_be_visible()
    visitor.write("not yet")
    expect(visitor.composer).to_have_value("not yet")
    button(card(visitor), "I agree").click()
    visitor.sees("hello", "not yet")


def test_yes_and_no_are_equal_and_neither_is_chosen(people: People) -> None:
    account = asking(people.server)
    for options in ({}, {"viewport": PHONE}, {"viewport": {"width": 320, "height": 640}}):
        visitor = begun(people, account, **options)
        question = visitor.panel.get_by_role("group", name="Advertising by e-mail")
        equal(button(question, "Yes"), button(question, "No"))
        equal(button(visitor, "Not now"), button(visitor, "Save"))


def test_no_email_without_an_answer(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account)
    field = visitor.panel.get_by_label("E-mail", exact=True)
    field.fill("not an address")
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_role("alert").filter(has_text="whole address")).to_be_visible()
    expect(field).to_be_focused()
    field.fill("kari@shop.example")
    field.press("Enter")
    expect(visitor.panel.get_by_role("alert").filter(has_text="Yes or No")).to_be_visible()
    expect(button(visitor, "Yes")).to_be_focused()
    assert the_visitor(account)["email"] is None
    button(visitor, "No").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Your e-mail address: kari@shop.example.")).to_be_visible()
    told = the_visitor(account)
    assert (told["email"], told["marketing"]["answer"]) == ("kari@shop.example", "no")
    # "No" stops nothing.
    visitor.write("and to Sweden?")
    visitor.sees("Do you ship to Norway?", "and to Sweden?")
    visitor.has_sent()
    visitor.page.reload()
    visitor.open()
    visitor.sees("Do you ship to Norway?", "and to Sweden?")
    expect(visitor.panel.get_by_label("E-mail", exact=True)).to_have_count(0)


def test_a_question_that_came_later_is_asked_too(people: People) -> None:
    account = asking(people.server, question=False)
    visitor = begun(people, account)
    marketing = {"enabled": True, "texts": {"en": QUESTION}}
    json_of(account.http.patch("/v1/settings", json={"email_request": {"marketing": marketing}}))
    people.allow(r"422 \(Unprocessable")
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari@shop.example")
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text(QUESTION)).to_be_visible(timeout=20_000)
    assert the_visitor(account)["email"] is None
    button(visitor, "Yes").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Your e-mail address: kari@shop.example.")).to_be_visible()
    assert the_visitor(account)["marketing"]["answer"] == "yes"


def test_asked_once_and_only_while_nobody_is_there(people: People) -> None:
    account = asking(people.server, "offline", question=False)
    visitor = begun(people, account)
    email = visitor.panel.get_by_label("E-mail", exact=True)
    expect(email).to_be_visible()
    people.owner(account)
    expect(email).to_have_count(0)
    account = asking(people.server, "always", question=False)
    visitor = begun(people, account)
    button(visitor, "Not now").click()
    expect(visitor.composer).to_be_focused()
    visitor.page.reload()
    visitor.open()
    visitor.sees("Do you ship to Norway?")
    expect(visitor.panel.get_by_label("E-mail", exact=True)).to_have_count(0)


def test_marketing_is_withdrawn_in_two_clicks(people: People) -> None:
    account = asking(people.server)
    visitor = begun(people, account)
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari@shop.example")
    button(visitor, "Yes").click()
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_text("Advertising by e-mail: Yes.")).to_be_visible()
    visitor.close()
    visitor.open()
    button(visitor, "Privacy").click()
    button(visitor, "No").click()
    expect(visitor.panel.get_by_text(re.compile("^Your answer: No"))).to_be_visible()
    assert the_visitor(account)["marketing"]["answer"] == "no"
    visitor.panel.get_by_text("Record of your answers").click()
    expect(
        visitor.panel.get_by_text(re.compile("^Advertising by e-mail: withdrawn"))
    ).to_be_visible()


def test_correcting_what_is_held(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    button(visitor, "Privacy").click()
    expect(visitor.panel.get_by_text(f"/try/{account.site_key}")).to_be_visible()
    expect(visitor.panel.get_by_text("1 message")).to_be_visible()
    button(visitor, "Change: Name").click()
    field = visitor.panel.get_by_label("Name", exact=True)
    expect(field).to_be_focused()
    field.fill("Kari Nordmann")
    field.press("Enter")
    expect(button(visitor, "Change: Name")).to_be_focused()
    expect(visitor.panel.get_by_text("Kari Nordmann")).to_be_visible()
    button(visitor, "Change: E-mail").click()
    visitor.panel.get_by_label("E-mail", exact=True).fill("kari")
    button(visitor, "Save").click()
    expect(visitor.panel.get_by_role("alert").filter(has_text="whole address")).to_be_visible()
    visitor.panel.get_by_label("E-mail", exact=True).press("Escape")
    expect(visitor.panel.get_by_role("heading", name="What is stored about you")).to_be_visible()
    assert (the_visitor(account)["name"], the_visitor(account)["email"]) == ("Kari Nordmann", None)


@pytest.mark.parametrize("status", [200, 404])
def test_taking_the_data_along(people: People, status: int) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    tokens: list[str | None] = []

    def answer(route: Route) -> None:
        tokens.append(route.request.headers.get("authorization"))
        headers = {"content-disposition": 'attachment; filename="my-data.zip"'}
        route.fulfill(status=status, body=b"PK", headers=headers, content_type="application/zip")

    visitor.page.context.route("**/v1/widget/me/export", answer)
    people.allow(r"404 \(Not Found\)")
    button(visitor, "Privacy").click()
    if status == 404:
        button(visitor, "Download my data").click()
        expect(visitor.panel.get_by_text("Ask for it in the chat")).to_be_visible()
    else:
        with visitor.page.expect_download() as download:
            button(visitor, "Download my data").click()
        assert download.value.suggested_filename == "my-data.zip"
        expect(visitor.panel.get_by_text("Your data has been downloaded.")).to_be_visible()
    assert tokens[0] is not None
    assert tokens[0].startswith("Bearer ")


def test_the_visitor_erases_everything(people: People) -> None:
    account = with_notice(people.server)
    visitor = begun(people, account)
    button(visitor, "Privacy").click()
    button(visitor, "Erase everything").click()
    equal(button(visitor, "Keep everything"), button(visitor, "Continue"))
    button(visitor, "Keep everything").click()
    expect(button(visitor, "Erase everything")).to_be_focused()
    assert len(chats(account)) == 1
    button(visitor, "Erase everything").click()
    button(visitor, "Continue").click()
    equal(button(visitor, "Erase for good"), button(visitor, "Keep everything"))
    with visitor.page.expect_response("**/v1/widget/me/erasure") as asked:
        button(visitor, "Erase for good").click()
    proof = asked.value.json()
    expect(visitor.panel.get_by_text(proof["erasure"]["id"])).to_be_visible()
    expect(visitor.panel.get_by_text(proof["nonce"])).to_be_visible()
    assert visitor.page.frames[-1].evaluate("Object.keys(localStorage)") == []
    button(visitor, "Back").click()
    expect(card(visitor)).to_be_visible()
    visitor.sees()
    expect(visitor.panel.get_by_text("no longer open")).to_have_count(0)
    visitor.write("somebody new")
    visitor.has_sent()
    visitor.sees("somebody new")
    assert [each["last_event"]["params"]["text"] for each in chats(account)] == ["somebody new"]


def test_erased_by_the_team_the_widget_forgets_at_once(people: People) -> None:
    account = with_notice(people.server)
    visitor = begun(people, account)
    before = chats(account)[0]["visitor"]["id"]
    people.allow(r"401 \(Unauthorized\)")
    visitor.composer.fill("still writing")
    assert account.http.delete(f"/v1/visitors/{before}").status_code == 202
    visitor.sees()
    expect(card(visitor)).to_be_visible()
    assert visitor.page.frames[-1].evaluate("Object.keys(localStorage)") == []
    expect(visitor.composer).to_have_value("still writing")
    visitor.write("somebody new")
    visitor.has_sent()
    visitor.sees("somebody new")
    assert before not in [each["visitor"]["id"] for each in chats(account)]


def test_forgotten_on_this_device(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    button(visitor, "Privacy").click()
    button(visitor, "Forget me on this device").click()
    equal(button(visitor, "Keep the chat"), button(visitor, "Forget me"))
    button(visitor, "Forget me").click()
    visitor.sees()
    assert visitor.page.frames[-1].evaluate("Object.keys(localStorage)") == []
    assert len(chats(account)) == 1


def outside(people: People) -> list[str]:
    """Every address that was asked and is not ours."""
    own = urlsplit(people.server.url).netloc
    named = [each.url for each in people.requests if not each.url.startswith(("data:", "blob:"))]
    return [url for url in named if urlsplit(url).netloc != own]


def with_player(people: People, context: BrowserContext) -> None:
    """In the place of the provider, which tests do not ask."""
    # A server without a record of these answers: they hold in the tab.
    people.allow(r"404 \(Not Found\) .*/v1/widget/me/embeds")
    page = "<!doctype html><title>a player</title><p>playing</p>"
    context.route(
        re.compile(r"https://www\.youtube-nocookie\.com/.*"),
        lambda route: route.fulfill(content_type="text/html", body=page),
    )


def told_of_a_video(people: People, text: str = f"See {VIDEO}", **options: Any) -> Visitor:
    account = sign_up(people.server)
    visitor = begun(people, account, **options)
    with_player(people, visitor.page.context)
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
    button(visitor, "Back").click()
    expect(visitor.panel.locator("iframe")).to_have_count(0)
    expect(video).to_contain_text("You said no to content from YouTube.")


def test_the_browsers_signal_is_a_no_until_the_visitor_says_otherwise(people: People) -> None:
    account = sign_up(people.server)
    context = people.context()
    context.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
    )
    with_player(people, context)
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
    with_player(people, context)
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
    with_player(people, visitor.page.context)
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
