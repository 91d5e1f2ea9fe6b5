"""Files in the widget: chosen, pasted or let go of, sent, looked at, and what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.files import PDF, answer_with, attach, give, named, picture, problem
from tests.browser.people import PHONE, People, Visitor
from tests.browser.rights import begun, button, card, chats, with_notice
from tests.browser.test_accessibility import SCHEMES, judge
from tests.driving import sign_up

BLOB = re.compile("^blob:")
# Every address that is made for bytes and not taken back, in whatever frame.
COUNTED = """{
  const live = globalThis.liveAddresses = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (bytes) => {
    const made = createObjectURL(bytes);
    live.add(made);
    return made;
  };
  URL.revokeObjectURL = (address) => {
    live.delete(address);
    revokeObjectURL(address);
  };
}"""


def test_pictures_are_looked_at_and_documents_kept(people: People, tmp_path: Path) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key)
    visitor.open()
    attach(visitor, named("garden.png", picture()), named("offer.pdf", PDF))
    expect(visitor.panel.locator(".attached li")).to_have_count(2)
    # Nothing goes before it is sent.
    assert not people.paths("/v1/widget/me/files")
    visitor.write("Here they are")
    shown = visitor.log.get_by_role("button", name="Show garden.png")
    expect(shown.locator("img")).to_have_attribute("src", BLOB)
    visitor.has_sent()
    expect(visitor.panel.locator(".attached li")).to_have_count(0)
    asked = [each for each in people.requests if each.url.endswith("/thumbnail")]
    assert asked
    assert all(each.headers["authorization"].startswith("Bearer ") for each in asked)
    # The operator's come the same way.
    chat_id = chats(account)[0]["id"]
    answer_with(account, chat_id, "reply.png", picture(40, 90))
    expect(visitor.log.get_by_role("button", name="Show reply.png")).to_be_visible()
    expect(visitor.panel.locator("[aria-live=polite]")).to_have_text(
        re.compile(r"^Owner \d+: reply\.png$")
    )
    with visitor.page.expect_download() as download:
        visitor.log.get_by_role("button", name="offer.pdf").click()
    assert download.value.suggested_filename == "offer.pdf"
    download.value.save_as(tmp_path / "kept.pdf")
    assert (tmp_path / "kept.pdf").read_bytes() == PDF


def test_a_picture_opens_large_and_no_address_outlives_its_picture(people: People) -> None:
    account = sign_up(people.server)
    context = people.context(viewport=PHONE, has_touch=True)
    context.add_init_script(COUNTED)
    visitor = Visitor(context.new_page())
    visitor.page.goto(f"{people.server.url}/try/{account.site_key}")
    visitor.open()
    attach(visitor, named("garden.png", picture(600, 900)))
    visitor.write("look")
    shown = visitor.log.get_by_role("button", name="Show garden.png")
    expect(shown.locator("img")).to_have_attribute("src", BLOB)
    shown.click()
    large = visitor.panel.get_by_role("dialog", name="garden.png")
    expect(large.get_by_role("img", name="garden.png")).to_have_attribute("src", BLOB)
    width, height = large.get_by_role("img").evaluate("(each) => [each.naturalWidth, each.height]")
    assert width == 600
    assert height <= PHONE["height"]
    visitor.page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(shown).to_be_focused()
    expect(visitor.composer).to_be_visible()
    assert visitor.frame.evaluate("liveAddresses.size") == 1
    button(visitor, "Privacy").click()
    expect(shown).to_have_count(0)
    visitor.frame.wait_for_function("liveAddresses.size === 0")


def test_pictures_are_fetched_when_they_come_into_view(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    chat_id = chats(account)[0]["id"]
    answer_with(account, chat_id, "above.png", picture())
    account.say(chat_id, "\n".join(str(line) for line in range(80)))
    expect(visitor.log.get_by_text("79")).to_be_visible()
    visitor.page.reload()
    people.requests.clear()
    visitor.open()
    expect(visitor.log.get_by_text("79")).to_be_in_viewport()
    assert not [each for each in people.requests if each.url.endswith("/thumbnail")]
    above = visitor.log.locator(".picture")
    above.scroll_into_view_if_needed()
    expect(above.locator("img")).to_have_attribute("src", BLOB)


def test_what_cannot_be_sent_is_named_with_what_can(people: People) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key)
    visitor.open()
    wrong = visitor.panel.locator(".composer [role=alert]")
    give(visitor, "drop", "drawing.svg")
    expect(wrong).to_contain_text("“drawing.svg” is of a kind that is not taken. Taken are png, ")
    give(visitor, "drop", "film.mp4", 20 * 1024 * 1024 + 1)
    expect(wrong).to_have_text("“film.mp4” is too large. A file may have 20 MB.")
    give(visitor, "paste", "note.txt")
    give(visitor, "drop", "list.csv")
    expect(wrong).to_have_text("")
    expect(visitor.panel.locator(".attached li")).to_have_count(2)
    button(visitor, "Cancel: note.txt").click()
    expect(visitor.panel.locator(".attached li")).to_have_count(1)
    expect(visitor.composer).to_be_focused()
    visitor.composer.press("Enter")
    expect(visitor.log.get_by_role("button", name="list.csv")).to_be_visible()
    # Its name says what it is not: only the server sees that.
    people.allow(r"415 \(Unsupported Media Type\)")
    attach(visitor, named("not-a-picture.png", b"just words"))
    visitor.composer.press("Enter")
    refused = visitor.log.get_by_role("alert")
    expect(refused).to_contain_text("“not-a-picture.png” is of a kind that is not taken.")
    button(refused, "Delete").click()
    expect(refused).to_have_count(0)
    visitor.write("then in words")
    visitor.has_sent()


def test_a_file_waits_for_the_network_as_long_as_the_page_lives(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    people.allow_losses()
    visitor.page.context.set_offline(True)
    attach(visitor, named("late.pdf", PDF))
    visitor.composer.press("Enter")
    waiting = visitor.log.locator(".bubble.unsent")
    expect(waiting).to_contain_text("Keep this page open: a reload loses the file.")
    visitor.page.context.set_offline(False)
    expect(visitor.log.get_by_role("button", name="late.pdf")).to_be_visible()
    expect(waiting).to_have_count(0)
    events = account.events(chats(account)[0]["id"])
    assert [each["params"]["file"]["name"] for each in events if "file" in each["params"]] == [
        "late.pdf"
    ]
    assert [
        each for each in visitor.frame.evaluate("Object.keys(localStorage)") if ".out." in each
    ] == []


def test_who_sends_too_much_is_told_when_it_goes_on(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    people.allow(r"429 \(Too Many Requests\)")
    limit = problem(429, "rate_limited") | {"headers": {"retry-after": "600"}}
    visitor.page.route("**/v1/widget/me/files", lambda route: route.fulfill(**limit))
    attach(visitor, named("many.pdf", PDF))
    visitor.composer.press("Enter")
    told = re.compile(r"Too much at once: sending goes on at \d+:\d\d")
    expect(visitor.log.locator(".time").last).to_have_text(told)
    expect(visitor.panel.locator("[aria-live=polite]")).to_have_text(told)
    # Words have a way of their own.
    visitor.write("in the meantime")
    expect(visitor.bubble("in the meantime")).not_to_have_class(re.compile("waiting"))
    visitor.page.unroute("**/v1/widget/me/files")
    people.allow_losses()
    visitor.page.context.set_offline(True)
    visitor.page.context.set_offline(False)
    expect(visitor.log.get_by_role("button", name="many.pdf")).to_be_visible()
    expect(visitor.log).not_to_contain_text("Too much at once")


def test_a_file_on_its_way_is_taken_back(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)

    def held(_: Route) -> None:
        """Lets nothing go on."""

    visitor.page.route("**/v1/widget/me/files", held)
    attach(visitor, named("secret.pdf", PDF))
    with visitor.page.expect_request("**/v1/widget/me/files"):
        visitor.composer.press("Enter")
    # Whoever holds it must have heard of its end, or it is let go on.
    with visitor.page.expect_event("requestfailed"):
        button(visitor, "Cancel: secret.pdf").click()
    expect(visitor.log.get_by_text("secret.pdf")).to_have_count(0)
    visitor.page.unroute("**/v1/widget/me/files")
    # What comes after it is not held up.
    attach(visitor, named("other.pdf", PDF))
    visitor.composer.press("Enter")
    visitor.has_sent()
    expect(visitor.log.get_by_role("button", name="other.pdf")).to_be_visible()
    names = [
        each["params"].get("file", {}).get("name")
        for each in account.events(chats(account)[0]["id"])
    ]
    assert "other.pdf" in names
    assert "secret.pdf" not in names


def test_files_wait_for_the_agreement_like_words(people: People) -> None:
    account = with_notice(people.server, agree=True)
    visitor = people.visitor(account.site_key)
    visitor.open()
    attach(visitor, named("offer.pdf", PDF))
    visitor.write("please read")
    expect(card(visitor).locator(".prose")).to_be_focused()
    expect(visitor.panel.locator(".attached")).to_contain_text("offer.pdf")
    assert chats(account) == []
    button(card(visitor), "I agree").click()
    expect(visitor.log.get_by_role("button", name="offer.pdf")).to_be_visible()
    expect(visitor.bubble("please read")).to_be_visible()
    expect(visitor.panel.locator(".attached li")).to_have_count(0)


def test_with_the_keyboard_alone(people: People) -> None:
    account = sign_up(people.server)
    visitor = people.visitor(account.site_key)
    visitor.open()
    keyboard = visitor.page.keyboard
    expect(visitor.composer).to_be_focused()
    keyboard.press("Tab")
    expect(button(visitor, "Attach files")).to_be_focused()
    with visitor.page.expect_file_chooser() as chooser:
        keyboard.press("Enter")
    chooser.value.set_files([named("garden.png", picture())])
    expect(visitor.composer).to_be_focused()
    keyboard.press("Enter")
    shown = visitor.log.get_by_role("button", name="Show garden.png")
    expect(shown).to_be_visible()
    expect(visitor.panel.locator("[aria-live=polite]")).to_have_text("garden.png: Sent")
    keyboard.press("Shift+Tab")
    expect(button(visitor, "Edit or delete")).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(shown).to_be_focused()
    keyboard.press("Enter")
    large = visitor.panel.get_by_role("dialog", name="garden.png")
    expect(large).to_be_visible()
    keyboard.press("Tab")
    expect(button(large, "Back")).to_be_focused()
    keyboard.press("Enter")
    expect(shown).to_be_focused()


@SCHEMES
@pytest.mark.parametrize(
    ("language", "kept"),
    [("de-DE", "Lassen Sie diese Seite offen"), ("ar", "أبقِ هذه الصفحة مفتوحة")],
)
def test_on_a_phone_in_any_state(people: People, scheme: str, language: str, kept: str) -> None:
    people.allow_losses()
    account = sign_up(people.server)
    options = {"viewport": PHONE, "has_touch": True, "locale": language, "color_scheme": scheme}
    visitor = people.visitor(account.site_key, **options)
    visitor.open()
    long = f"{'a-very-long-name-without-a-space' * 3}.pdf"
    attach(visitor, named("garden.png", picture()), named(long, PDF), named("x.svg", b"<svg/>"))
    judge(visitor.frame, "files beside the words, and one refused")
    visitor.composer.press("Enter")
    expect(visitor.log.locator(".picture img")).to_have_attribute("src", BLOB)
    expect(visitor.log.locator("button.file")).to_be_visible()
    judge(visitor.frame, "files in the chat")
    visitor.log.locator(".picture").click()
    expect(visitor.panel.locator("dialog img")).to_have_attribute("src", BLOB)
    judge(visitor.frame, "a picture at its full size")
    visitor.page.keyboard.press("Escape")
    visitor.page.context.set_offline(True)
    attach(visitor, named(long, PDF))
    visitor.composer.press("Enter")
    expect(visitor.log.locator(".unsent")).to_contain_text(kept)
    judge(visitor.frame, "a file that waits")
    too_wide = "(log) => log.scrollWidth > log.clientWidth"
    assert not visitor.log.evaluate(too_wide)
    visitor.page.context.set_offline(False)
    expect(visitor.log.locator("button.file")).to_have_count(2)
