"""What a visitor is told and may do, in the widget, as a person does it."""

from __future__ import annotations

import re
import zipfile

from playwright.sync_api import expect

from tests.browser.people import People
from tests.browser.rights import begun, button, card, chats, equal, show, the_visitor, with_notice
from tests.driving import sign_up


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
    expect(visitor.page.get_by_role("complementary", name="Legal text")).to_be_visible()


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


def test_taking_the_data_along(people: People) -> None:
    account = sign_up(people.server)
    visitor = begun(people, account)
    button(visitor, "Privacy").click()
    with visitor.page.expect_download() as download:
        button(visitor, "Download my data").click()
    assert download.value.suggested_filename == "my-data.zip"
    with zipfile.ZipFile(download.value.path()) as copy:
        held = b"".join(copy.read(name) for name in copy.namelist())
    assert b"Do you ship to Norway?" in held
    expect(visitor.panel.get_by_text("Your data has been downloaded.")).to_be_visible()


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


def test_what_is_being_written_outlives_the_page(people: People) -> None:
    visitor = people.visitor(sign_up(people.server).site_key)
    visitor.open()
    visitor.composer.fill("nothing is kept before the first message")
    assert visitor.frame.evaluate("localStorage.length") == 0
    visitor.composer.press("Enter")
    visitor.has_sent()
    visitor.composer.fill("half a sen")
    visitor.page.reload()
    visitor.open()
    expect(visitor.composer).to_have_value("half a sen")
    visitor.composer.press("Enter")
    visitor.has_sent()
    visitor.page.reload()
    visitor.open()
    expect(visitor.bubble("half a sen")).to_be_visible()
    expect(visitor.composer).to_have_value("")


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


def test_the_panel_shows_what_is_known_while_the_network_is_away(people: People) -> None:
    people.allow_losses()
    account = sign_up(people.server)
    visitor = begun(people, account)
    button(visitor, "Privacy").click()
    expect(button(visitor, "Change: Name")).to_be_visible()
    button(visitor, "Back").click()
    visitor.page.context.set_offline(True)
    button(visitor, "Privacy").click()
    expect(visitor.panel.get_by_text("You see what was known last.")).to_be_visible()
    expect(visitor.panel.get_by_text("1 message")).to_be_visible()
    button(visitor, "Erase everything").click()
    button(visitor, "Continue").click()
    button(visitor, "Erase for good").click()
    expect(visitor.panel.get_by_text("That did not work, and nothing was changed.")).to_be_visible()
    visitor.page.context.set_offline(False)
    assert len(chats(account)) == 1


def test_large_text_on_a_narrow_screen_loses_nothing(people: People) -> None:
    account = with_notice(people.server, agree=True)
    # 320 pixels at 200 % are 640.
    visitor = people.visitor(account.site_key, viewport={"width": 320, "height": 568})
    visitor.open()
    visitor.frame.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(button(card(visitor), "I agree")).to_be_in_viewport()
    button(card(visitor), "I agree").click()
    visitor.write("hello")
    visitor.has_sent()
    button(visitor, "Privacy").click()
    expect(button(visitor, "Withdraw")).to_be_visible()
    wide = visitor.frame.evaluate(
        "[...document.querySelectorAll('.privacy, .privacy *')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0"
        " && getComputedStyle(each).display !== 'inline').map((each) => each.outerHTML)"
    )
    assert wide == []
