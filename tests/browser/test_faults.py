"""The server is killed, the network is cut, the page is reloaded: nothing lost, nothing doubled."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import Operator, People, Visitor


def meet(people: People) -> tuple[Operator, Visitor]:
    """A visitor has written, and the owner has the chat open."""
    operator = people.owner()
    visitor = people.visitor(operator.account.site_key)
    visitor.open()
    visitor.write("before")
    operator.open_chat()
    operator.sees("before")
    return operator, visitor


def test_the_server_killed_in_the_middle(own_people: People) -> None:
    people = own_people
    people.allow_losses()
    operator, visitor = meet(people)
    people.server.kill()
    visitor.write("while it was away")
    operator.write("written meanwhile")
    expect(visitor.log.get_by_text("Sending…")).to_be_visible()
    expect(operator.page.get_by_text("Sending …")).to_be_visible()
    people.server.start()
    for side in (visitor, operator):
        texts = side.page.locator(".bubble") if isinstance(side, Operator) else None
        expect(texts or visitor.log.locator(".group:not(.greeting) .bubble")).to_have_count(
            3, timeout=40_000
        )
    visitor.write("after")
    operator.page.bring_to_front()
    expect(operator.page.locator(".bubble")).to_have_count(4)
    visitor.has_sent()
    said = visitor.texts()
    assert said[0] == "before"
    assert said[3] == "after"
    assert sorted(said[1:3]) == ["while it was away", "written meanwhile"]
    operator.sees(*said)
    visitor.sees(*said)
    chat = operator.account.http.get("/v1/chats").json()["items"][0]
    events = operator.account.events(chat["id"])
    assert [event["params"]["text"] for event in events] == said


def test_the_network_cut_and_restored(people: People) -> None:
    people.allow_losses()
    operator, visitor = meet(people)
    visitor.page.context.set_offline(True)
    expect(visitor.panel.get_by_text("You are offline.")).to_be_visible()
    visitor.write("one")
    visitor.write("two")
    operator.write("from the other side")
    visitor.page.wait_for_timeout(1_000)
    operator.sees("before", "from the other side")
    visitor.page.context.set_offline(False)
    operator.sees("before", "from the other side", "one", "two")
    visitor.sees("before", "from the other side", "one", "two")
    visitor.has_sent()
    operator.page.context.set_offline(True)
    expect(operator.page.get_by_text("You are offline.")).to_be_visible()
    operator.write("three")
    visitor.write("four")
    # Changes that are no messages, heard by nobody who is away.
    http = operator.account.http
    [chat] = http.get("/v1/chats").json()["items"]
    assert http.patch(f"/v1/visitors/{chat['visitor']['id']}", json={"name": "Grace"}).is_success
    operator.page.wait_for_timeout(1_000)
    visitor.sees("before", "from the other side", "one", "two", "four")
    operator.page.context.set_offline(False)
    for side in (operator, visitor):
        side.sees("before", "from the other side", "one", "two", "four", "three")
    expect(operator.rows.first).to_contain_text("Grace")


def test_an_unsent_message_outlives_a_reload(own_people: People) -> None:
    people = own_people
    people.allow_losses()
    operator, visitor = meet(people)
    # The page itself comes back, but no message gets through.
    people.allow("ERR_FAILED")
    visitor.page.route("**/v1/widget/me/messages", lambda route: route.abort())
    visitor.write("kept over a reload")
    expect(visitor.log.get_by_text("Sending…")).to_be_visible()
    visitor.page.reload()
    visitor.open()
    visitor.sees("before", "kept over a reload")
    expect(visitor.log.get_by_text("Sending…")).to_be_visible()
    operator.sees("before")
    visitor.page.unroute_all()
    operator.sees("before", "kept over a reload")
    visitor.sees("before", "kept over a reload")
    visitor.has_sent()
