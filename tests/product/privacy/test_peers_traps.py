"""Mistakes that other chat products made, each as a test that fails when it is made here.

Those in what a product says are in test_peers_texts.py.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any
from uuid import uuid4

from psycopg import sql

from tests.conftest import Api
from tests.driving import Account, Server, VisitorClient, json_of
from tests.interface.described import Route, read_document, routes
from tests.interface.rows import superuser
from tests.product.consents.test_legal_text import EN, notice, show, start
from tests.product.consents.test_marketing import ask
from tests.product.privacy.filed import send_now
from tests.product.privacy.test_erase import until_live
from tests.product.privacy.test_export_visitor import unzip

CANARIES = ("Vera Vogel", "vera.vogel@visitor.example", "+49 30 7654321", "the wren is back")


def talk(api: Api, account: Account) -> VisitorClient:
    """A visitor of whom everything is known that can be."""
    visitor = api.visitor(account.site_key, page_url="https://shop.example/wrens")
    name, email, phone, words = CANARIES
    visitor.say(words)
    account.say(visitor.chat_id, "Good morning")
    body = {"name": name, "email": email, "phone": phone}
    json_of(visitor.http.patch("/v1/widget/me", json=body))
    return visitor


def erase(account: Account, visitor: VisitorClient) -> dict[str, Any]:
    asked = json_of(account.http.delete(f"/v1/visitors/{visitor.visitor_id}"), 202)
    return until_live(account, asked["erasure"]["id"])


def rows_with(server: Server, word: str) -> dict[str, int]:
    """Returns the tables in which a row says a word, whatever the data map knows of them."""
    found = {}
    with superuser(server) as connection:
        tables = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text LIKE %s")
            row = connection.execute(query.format(sql.Identifier(table)), (f"%{word}%",)).fetchone()
            if row and row[0]:
                found[table] = int(row[0])
    return found


# 1 and 2: the consent form

WITHOUT_A_TEXT = {
    "DELETE /v1/widget/me/messages/{message_id}": "takes back what was said",
    "DELETE /v1/widget/me/restriction": "is a right (Art. 18)",
    "DELETE /v1/widget/me/session": "forgets",
    "PATCH /v1/widget/me": "corrects what is held (Art. 16), which needs nobody's agreement",
    "POST /v1/widget/me/embeds": "is a consent of its own, with its own words",
    "POST /v1/widget/me/erasure": "erases",
    "POST /v1/widget/me/notice": "is the answer to the text",
    "POST /v1/widget/me/read": "says that an answer was read, of a chat that is there",
    "POST /v1/widget/me/typing": "is kept nowhere",
}
"""What a visitor may do before the text, and why it starts and adds to no conversation."""


def ways_in(server: Server) -> list[Route]:
    return [
        route
        for route in routes(read_document(server.url))
        if route.changes and route.path.startswith("/v1/widget/")
    ]


def test_1_no_way_into_a_chat_skips_the_text(api: Api) -> None:
    """Every call of the widget that changes something, also those that are added later."""
    account = api.sign_up()
    before = api.visitor(account.site_key)
    said = before.say("Hello")
    show(account, agreement=True, en=EN)
    shown = notice(account)
    asked = 0
    for route in ways_in(api.server):
        if str(route) in WITHOUT_A_TEXT or "/requests" in route.path:
            # Requests about one's data are rights, and free of conditions (Art. 12).
            continue
        path = route.path.format(site_key=account.site_key, message_id=said["id"])
        body: dict[str, Any] = {"json": {"id": str(uuid4()), "text": "And now?"}}
        if path.endswith("/visitors"):
            body = {"json": {"language": "en"}}
        if path.endswith("/files"):
            body = {"data": {"id": str(uuid4())}, "files": {"file": ("a.txt", b"And now?")}}
        if route.method == "PATCH":
            body = {"json": {"text": "And now?"}}
        answer = before.http.request(route.method, path, **body)
        assert answer.status_code == 409, f"{route}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] == "notice_required", route
        assert answer.json()["notice"] == shown
        asked += 1
    assert asked >= 4
    assert [event["params"].get("text") for event in before.events()] == ["Hello"]


def test_2_agreement_is_not_a_matter_of_the_browser(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=True, en=EN)
    shown = notice(account)["id"]
    for agreed in (None, False):
        refused = start(account, notice_id=shown, agreed=agreed)
        assert (refused.status_code, refused.json()["code"]) == (409, "agreement_required")
    assert json_of(account.http.get("/v1/visitors"))["items"] == []
    visitor = api.visitor(account.site_key, notice_id=shown, agreed=True)
    withdrawn = {"notice_id": shown, "agreed": False}
    json_of(visitor.http.post("/v1/widget/me/notice", json=withdrawn), 201)
    message = {"id": str(uuid4()), "text": "The box is not ticked any more"}
    refused = visitor.http.post("/v1/widget/me/messages", json=message)
    assert (refused.status_code, refused.json()["code"]) == (409, "agreement_required")
    assert visitor.events() == []


# 3 to 6: erasing


def test_3_an_open_chat_and_an_online_visitor_stop_no_erasure(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    with closing(visitor.reader().read()) as own:
        assert next(own).name == "hello"
        chat = json_of(account.http.get(f"/v1/chats/{visitor.chat_id}"))
        assert (chat["stage"], chat["visitor"]["online"]) == ("open", True)
        assert erase(account, visitor)["status"] == "live"
        assert next(frame for frame in own if frame.name != "presence").name == "ended"


def test_4_to_6_nothing_is_missed_masked_or_only_marked(api: Api) -> None:
    """Looked for in every table there is, and not only in those that the data map names.

    A table that was added and forgotten, a field that was left when others were cleaned, and a
    row that is only marked as deleted all leave the id or the words behind.
    """
    account = api.sign_up()
    ask(account)
    visitor, other = talk_asked(api, account), talk_asked(api, account)
    chat_id = visitor.chat_id
    assert len(rows_with(api.server, visitor.visitor_id)) > 5
    erasure = erase(account, visitor)
    assert all(each["verified"] for each in erasure["receipts"])
    assert rows_with(api.server, visitor.visitor_id) == {}
    assert rows_with(api.server, chat_id) == {}
    for word in CANARIES:
        assert rows_with(api.server, word) == {}
    # The other one, of whom the same is known, is there whole.
    me = other.me
    assert me["visitor"]["name"] == CANARIES[0]
    assert me["marketing"]["answer"] == "no"
    assert next(event["params"].get("text") for event in other.events()) == CANARIES[3]


def talk_asked(api: Api, account: Account) -> VisitorClient:
    visitor = api.visitor(account.site_key, page_url="https://shop.example/wrens")
    name, email, phone, words = CANARIES
    visitor.say(words)
    body = {"name": name, "email": email, "phone": phone, "marketing": "no"}
    json_of(visitor.http.patch("/v1/widget/me", json=body))
    return visitor


# 8: telling others


def test_8_what_was_erased_is_named_by_its_own_ids(api: Api) -> None:
    account = api.sign_up()
    first, second = talk(api, account), talk(api, account)
    ids = {"visitor_id": first.visitor_id, "chat_id": first.chat_id}
    with closing(account.reader().read()) as operators:
        assert next(operators).name == "hello"
        erasure = erase(account, first)
        last = second.say("and I am still here")
        heard = []
        for frame in operators:
            heard.append(frame)
            if frame.id is not None and frame.data["id"] == last["id"]:
                break
        # One sign, and no second one about somebody else.
        [told] = [frame.data for frame in heard if frame.name == "erased"]
    assert {name: told[name] for name in ids} == ids
    assert second.visitor_id not in json.dumps(told)
    assert second.chat_id not in json.dumps([told, erasure])
    assert second.me["visitor"]["id"] == second.visitor_id


# 9: where consent is kept


def test_9_consent_is_not_in_the_browser_alone(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    show(account, agreement=True, en=EN)
    shown = notice(account)
    visitor = api.visitor(account.site_key, notice_id=shown["id"], agreed=True)
    json_of(visitor.http.patch("/v1/widget/me", json={"marketing": "yes"}))
    embed = {"provider": "vimeo", "answer": "yes"}
    json_of(visitor.http.post("/v1/widget/me/embeds", json=embed), 201)
    # The browser is gone, with all that it kept.
    assert visitor.http.delete("/v1/widget/me/session").status_code == 204
    visitor.http.close()
    path = f"/v1/visitors/{visitor.visitor_id}/receipts"
    kept = json_of(account.http.get(path))["items"]
    said = {(each["subject"], each["answer"], each["text"]) for each in kept}
    assert ("legal-text", "given", EN) in said
    assert {(subject, answer) for subject, answer, _ in said} == {
        ("legal-text", "given"),
        ("marketing", "given"),
        ("embed:vimeo", "given"),
    }
    assert all(len(each["hash"]) == len(each["sha256"]) == 64 for each in kept)


# 12: exports


def secret(visitor: VisitorClient) -> str:
    return f"secret of {visitor.visitor_id}"


def test_12_no_export_reaches_what_belongs_to_others(api: Api) -> None:
    account, foreign = api.sign_up(), api.sign_up()
    ask(account)
    ask(foreign)
    # Each has a receipt of their own.
    own, other = talk_asked(api, account), talk_asked(api, account)
    abroad = talk_asked(api, foreign)
    for each in (own, other, abroad):
        each.say(secret(each))
        send_now(each.http, "wrens.txt", secret(each).encode())
    visitor_path = "/v1/visitors/{}/export".format
    copies = [
        own.http.get("/v1/widget/me/export").content,
        account.http.get(visitor_path(own.visitor_id)).content,
    ]
    chat = account.http.get(f"/v1/chats/{own.chat_id}/export").content
    zipped = account.http.get(f"/v1/chats/{own.chat_id}/export", params={"files": "true"}).content
    for copy, folder in (*((each, "attachments/") for each in copies), (zipped, "files/")):
        attached = {n: body for n, body in unzip(copy).items() if n.startswith(folder)}
        assert list(attached.values()) == [secret(own).encode()]
    theirs = {each["id"] for client in (other, abroad) for each in client.me["receipts"]}
    assert len(theirs) == 2
    for whole in [b"".join(unzip(each).values()) for each in (*copies, zipped)] + [chat]:
        assert secret(own).encode() in whole
        assert own.me["receipts"][0]["id"].encode() in whole
        assert not [id for id in theirs if id.encode() in whole]
        for stranger in (other, abroad):
            assert secret(stranger).encode() not in whole
            assert stranger.visitor_id.encode() not in whole
            assert stranger.chat_id.encode() not in whole
    for path in (visitor_path(abroad.visitor_id), f"/v1/chats/{abroad.chat_id}/export"):
        assert account.http.get(path).status_code == 404
