"""A file is sent once, shown to those who may see the chat, and given out as it is kept."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import closing
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from chathaven.engines.files.kinds import ACCEPT, MAX_BYTES
from tests.conftest import Api
from tests.driving import Account, Server, VisitorClient, json_of
from tests.product.messages.sending import OWN, PDF, picture, send, sent


def test_a_picture_of_a_visitor_arrives(account: Account, visitor: VisitorClient) -> None:
    id = str(uuid4())
    said = sent(visitor.http, "Ferien.png", picture(size=(900, 600)), id=id)
    assert said["id"] == id
    file = said["file"]
    assert file | {"size": 0, "sha256": ""} == {
        "id": id,
        "name": "Ferien.png",
        "media_type": "image/png",
        "size": 0,
        "sha256": "",
        "kind": "image",
        "thumbnail": True,
        "width": 900,
        "height": 600,
    }
    for events in (visitor.events(), account.events(said["chat_id"])):
        [event] = events
        assert (event["id"], event["seq"], event["type"]) == (id, said["seq"], "visitor-message")
        assert event["params"] == {"text": "", "file": file}
    for http, path in (
        (visitor.http, f"{OWN}/{id}"),
        (account.http, f"/v1/chats/{said['chat_id']}/files/{id}"),
    ):
        whole = http.get(path)
        assert whole.status_code == 200
        assert hashlib.sha256(whole.content).hexdigest() == file["sha256"]
        assert len(whole.content) == file["size"] == int(whole.headers["content-length"])
        assert Image.open(io.BytesIO(whole.content)).size == (900, 600)
        small = http.get(f"{path}/thumbnail")
        assert small.headers["content-type"] == "image/webp"
        assert Image.open(io.BytesIO(small.content)).size == (480, 320)
    [chat] = account.http.get("/v1/chats").json()["items"]
    assert chat["last_event"]["params"]["file"]["name"] == "Ferien.png"
    assert chat["unread"] == 1
    for words, found in (("ferien", 1), ("urlaub", 0)):
        listed = account.http.get("/v1/chats", params={"q": words}).json()["items"]
        assert len(listed) == found


def test_a_document_of_an_operator_arrives(account: Account, visitor: VisitorClient) -> None:
    chat_id = visitor.say("Send me the list, please.")["chat_id"]
    data = PDF + os.urandom(700_000)
    said = sent(account.http, "Preise.pdf", data, path=f"/v1/chats/{chat_id}/files")
    assert said["file"]["kind"] == "document"
    assert not said["file"]["thumbnail"]
    event = visitor.events()[-1]
    assert (event["type"], event["author"]["kind"]) == ("operator-message", "operator")
    assert event["params"]["file"]["sha256"] == hashlib.sha256(data).hexdigest()
    path = f"{OWN}/{said['id']}"
    assert visitor.http.get(path).content == data
    assert visitor.http.get(f"{path}/thumbnail").status_code == 404
    assert visitor.me["chat"]["unread"] == 1


def test_both_streams_carry_it(account: Account, visitor: VisitorClient) -> None:
    visitor.say("Hello")
    said = sent(visitor.http, "a.txt", b"words")
    for reader in (account.reader(0), visitor.reader(0)):
        with closing(reader.read()) as events:
            lasting = (event.data for event in events if event.id is not None)
            found = next(event for event in lasting if event["id"] == said["id"])
        assert found["params"] == {"text": "", "file": said["file"]}
        assert found["chat_id"] == said["chat_id"]


def test_how_a_file_is_given_out(account: Account, visitor: VisitorClient) -> None:
    name = "Rechnung “ä”; x=y 世界.pdf"
    for given, data, media_type in (
        (name, PDF, "application/octet-stream"),
        ("a.txt", b"<b>not shown</b>"[1:], "application/octet-stream"),
        ("a.png", picture(), "image/png"),
        ("a.mp3", b"ID3\x04\0\0", "audio/mpeg"),
        ("a.mp4", b"\0\0\0\x20ftypisom\0\0\2\0", "video/mp4"),
    ):
        said = sent(visitor.http, given, data, media_type="text/html")
        answer = account.http.get(f"/v1/chats/{said['chat_id']}/files/{said['id']}")
        headers = answer.headers
        assert headers["content-type"] == media_type
        kind, _, shown = headers["content-disposition"].partition("; filename*=UTF-8''")
        assert (kind, unquote(shown)) == ("attachment", given)
        assert headers["x-content-type-options"] == "nosniff"
        # One policy, which says all: two would come as one text with a comma.
        assert headers["content-security-policy"] == (
            "default-src 'none'; sandbox; frame-ancestors 'none'"
        )
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


def test_the_same_again_is_the_same_answer(account: Account, visitor: VisitorClient) -> None:
    for name, data in (("a.png", picture()), ("a.txt", b"words\n" * 50_000)):
        id = str(uuid4())
        first = sent(visitor.http, name, data, id=id)
        assert sent(visitor.http, name, data, id=id) == first
        other = send(visitor.http, name, data + b" ", id=id)
        assert (other.status_code, other.json()["code"]) == (409, "id_taken")
    assert len(visitor.events()) == 2
    assert len(objects_of(account.server, account)) == 3


def objects_of(server: Server, account: Account) -> list[str]:
    folder = server.data / "files" / account.account_id
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_an_id_belongs_to_one_message(account: Account, visitor: VisitorClient, api: Api) -> None:
    said = visitor.say("Hello")
    taken = send(visitor.http, "a.txt", b"words", id=said["id"])
    assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")
    file = sent(visitor.http, "a.txt", b"words")
    body = {"id": file["id"], "text": "words"}
    answer = visitor.http.post("/v1/widget/me/messages", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
    by_operator = f"/v1/chats/{file['chat_id']}/files"
    taken = send(account.http, "a.txt", b"words", path=by_operator, id=file["id"])
    assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")
    # In another chat it is another message.
    assert sent(api.visitor(account.site_key).http, "a.txt", b"other", id=file["id"])["seq"] == 1


def test_a_file_reopens_a_closed_chat(account: Account, visitor: VisitorClient) -> None:
    chat_id = visitor.say("Hello")["chat_id"]
    json_of(account.http.patch(f"/v1/chats/{chat_id}", json={"stage": "closed"}))
    sent(visitor.http, "a.txt", b"words")
    assert [event["type"] for event in visitor.events()][-2:] == [
        "chat-reopened",
        "visitor-message",
    ]


def test_a_file_is_nobody_elses(account: Account, visitor: VisitorClient, api: Api) -> None:
    said = sent(visitor.http, "a.png", picture())
    path = f"/v1/chats/{said['chat_id']}/files/{said['id']}"
    foreign = api.sign_up()
    another = api.visitor(account.site_key)
    mine = another.say("Hello")["chat_id"]
    unknown = f"/v1/chats/{said['chat_id']}/files/{uuid4()}"
    for http, address in (
        (foreign.http, path),
        (foreign.http, f"{path}/thumbnail"),
        (another.http, f"{OWN}/{said['id']}"),
        (another.http, f"{OWN}/{said['id']}/thumbnail"),
        (account.http, f"/v1/chats/{mine}/files/{said['id']}"),
        (account.http, unknown),
    ):
        answer = http.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for path in (f"/v1/chats/{said['chat_id']}/files", f"/v1/chats/{uuid4()}/files"):
        assert send(foreign.http, "a.txt", b"words", path=path).status_code == 404
    assert foreign.server.http().get(path).status_code in (401, 405)


def test_nothing_of_it_stands_plainly_on_the_disk(account: Account, visitor: VisitorClient) -> None:
    mark = b"Quagga" * 40
    said = sent(visitor.http, "Okapi-Giraffa.txt", mark + b"\n" + b"words " * 40_000)
    found = []
    for path in (account.server.data / "files").rglob("*"):
        assert "Okapi" not in str(path)
        assert said["id"] not in str(path)
        if path.is_file():
            found.append(path)
            assert path.stat().st_mode & 0o077 == 0
            assert mark not in path.read_bytes()
    assert found


def test_what_was_altered_further_behind_never_arrives_whole(
    account: Account, visitor: VisitorClient
) -> None:
    data = b"words " * 200_000
    said = sent(visitor.http, "a.txt", data)
    folder = account.server.data / "files" / account.account_id
    [place] = [path for path in folder.rglob("*") if path.is_file()]
    whole = bytearray(place.read_bytes())
    whole[-1] ^= 1
    place.write_bytes(whole)
    with pytest.raises(httpx.RemoteProtocolError):
        visitor.http.get(f"{OWN}/{said['id']}")


def test_what_is_taken_is_told(account: Account, visitor: VisitorClient) -> None:
    told = {"max_bytes": MAX_BYTES, "accept": list(ACCEPT)}
    assert visitor.http.get(f"/v1/widget/{account.site_key}").json()["files"] == told
    assert account.http.get("/v1/installation").json()["files"] == told


def test_a_restricted_persons_file_is_out_of_sight(
    account: Account, visitor: VisitorClient
) -> None:
    said = sent(visitor.http, "a.png", picture())
    path = f"/v1/chats/{said['chat_id']}/files/{said['id']}"
    restriction = f"/v1/visitors/{visitor.visitor_id}/restriction"
    body = {"ground": "accuracy"}
    assert account.http.post(restriction, json=body).status_code in (200, 201)
    assert account.http.get(path).status_code == 404
    assert account.http.get(f"{path}/thumbnail").status_code == 404
    by_operator = f"/v1/chats/{said['chat_id']}/files"
    assert send(account.http, "a.txt", b"words", path=by_operator).status_code == 404
    refused = send(visitor.http, "b.png", picture())
    assert (refused.status_code, refused.json()["code"]) == (409, "processing_restricted")
    # They themselves still see it.
    assert visitor.http.get(f"{OWN}/{said['id']}").status_code == 200
    assert account.http.delete(restriction).status_code in (200, 204)
    assert account.http.get(path).status_code == 200


def test_a_notice_comes_before_a_file(account: Account, visitor: VisitorClient) -> None:
    text = {"enabled": True, "requires_agreement": True, "texts": {"en": "We read it."}}
    body = {"general": {"legal_text": text}}
    assert account.http.patch("/v1/settings", json=body).status_code == 200
    refused = send(visitor.http, "a.png", picture())
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_required")
    notice = refused.json()["notice"]
    answer: dict[str, object] = {"notice_id": notice["id"], "agreed": None}
    visitor.http.post("/v1/widget/me/notice", json=answer)
    refused = send(visitor.http, "a.png", picture())
    assert (refused.status_code, refused.json()["code"]) == (409, "agreement_required")
    answer["agreed"] = True
    json_of(visitor.http.post("/v1/widget/me/notice", json=answer), 201)
    assert send(visitor.http, "a.png", picture()).status_code == 201


def test_a_page_that_is_not_listed_sends_nothing(account: Account, visitor: VisitorClient) -> None:
    listed = {"allowed_origins": ["https://shop.example"]}
    json_of(account.http.patch(f"/v1/sites/{account.site_id}", json=listed))
    visitor.http.headers["origin"] = "https://other.example"
    refused = send(visitor.http, "a.txt", b"words")
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
    visitor.http.headers["origin"] = "https://shop.example"
    assert send(visitor.http, "a.txt", b"words").status_code == 201


def test_a_foreign_page_sends_no_form_with_an_operators_cookie(
    account: Account, visitor: VisitorClient
) -> None:
    path = f"/v1/chats/{visitor.say('Hello')['chat_id']}/files"
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        body, file = {"id": str(uuid4())}, {"file": ("a.txt", b"words")}
        refused = account.http.post(path, data=body, files=file, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "cross_site")
