"""The whole way, over HTTP: a visitor asks, an operator answers, both see it at once."""

from __future__ import annotations

import re

from tests.conftest import Api
from tests.driving import Server, StreamEvent, sign_up, visit
from tests.ground import private_folder


def texts(events: list[StreamEvent]) -> list[str]:
    return [each.data["params"]["text"] for each in events if "text" in each.data.get("params", {})]


def test_a_question_and_an_answer(api: Api) -> None:
    account = api.sign_up()
    visitor = api.visitor(account.site_key)
    asked = visitor.say("Do you ship to Norway?")
    heard = account.reader(last_id=0).until(lambda event: event.id == 1)
    assert heard[0].name == "hello"
    assert texts(heard) == ["Do you ship to Norway?"]
    account.say(asked["chat_id"], "Yes, in three days.")
    assert [each["seq"] for each in visitor.events()] == [1, 2]
    both = visitor.reader(last_id=0).until(lambda event: event.id == 2)
    assert texts(both) == ["Do you ship to Norway?", "Yes, in three days."]


def test_a_killed_server_keeps_what_it_acknowledged() -> None:
    with private_folder() as folder, Server(folder) as server:
        account = sign_up(server)
        visitor = visit(server, account.site_key)
        first = visitor.say("before")
        reader = account.reader(last_id=0)
        reader.until(lambda event: event.id is not None)
        server.restart()
        again = visitor.say("before", id=first["id"])
        assert again == first
        visitor.say("after")
        assert texts(reader.until(lambda event: event.id == 2)) == ["after"]
        assert [each["seq"] for each in account.events(first["chat_id"])] == [1, 2]
        assert server.stop() == 0
        assert not re.search(r"before|after|Traceback", server.log.read_text())
