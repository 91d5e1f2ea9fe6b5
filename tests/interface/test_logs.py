"""Nothing personal leaves a trace where it does not belong: planted, worked with, searched for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import Api
from tests.driving import PASSWORD, Server, json_of
from tests.ground import private_folder
from tests.interface.rows import superuser
from tests.interface.team import letter_to

WORD = "Kwyjibo7q"
"""Stands in everything personal of this test, and nowhere else in the world."""
SECRET = "xylophone-zebra-quartz-41"


def spellings(text: str) -> set[bytes]:
    """Returns how a text may look in a file."""
    shapes = {text, text.lower(), text.upper(), quote(text)}
    plain = {shape.encode() for shape in shapes} | {text.encode("utf-16-le")}
    return plain | {base64.b64encode(text.encode())[:-4], text.encode().hex().encode()}


def found_in(folder: Path, texts: set[str], *, besides: tuple[str, ...] = ()) -> list[str]:
    """Returns the files of a folder that hold one of the texts in any spelling."""
    wanted = {each for text in texts for each in spellings(text)}
    hits = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if path.is_file() and not inside.startswith(besides):
            content = path.read_bytes()
            hits += [f"{inside}: {each!r}" for each in wanted if each in content]
    return hits


@pytest.fixture(scope="module")
def worked() -> Iterator[tuple[Server, set[str]]]:
    """A server that has worked at its most talkative and was ended in order; and its secrets."""
    with private_folder() as folder:
        server = Server(folder, CHATHAVEN_LOG="debug")
        server.start()
        secrets = work(server)
        assert server.stop() == 0
        yield server, secrets


def work(server: Server) -> set[str]:
    """Does what people do, right and wrong; returns the secrets that were handed out."""
    api = Api(server)
    account = api.sign_up(
        # A site's name is on the company's own pages, so it is open, and this is its first one's.
        company="Public House",
        name=f"Ada {WORD}",
        email=f"{WORD}@example.com",
        password=SECRET,
    )
    visitor = api.visitor(account.site_key, page_url=f"https://shop.example/{WORD}")
    profile = {"name": f"Vera {WORD}", "email": f"vera@{WORD}.example", "phone": "+49 30 1234"}
    json_of(visitor.http.patch("/v1/widget/me", json=profile))
    chat_id = visitor.say(f"My name is {WORD}")["chat_id"]
    account.say(chat_id, f"Hello {WORD}")
    account.http.get("/v1/chats", params={"q": WORD, "view": "all"})
    account.http.get("/v1/visitors", params={"email": f"vera@{WORD}.example"})
    account.http.patch("/v1/me", json={"display_name": WORD})
    token = json_of(account.http.post("/v1/tokens", json={"name": WORD, "scopes": ["*"]}), 201)
    invited = f"{WORD}.eve@example.com"
    json_of(account.http.post("/v1/invitations", json={"email": invited, "role": "operator"}), 201)
    assert letter_to(server, invited)
    with server.http() as nobody:
        for body in (
            {"email": f"{WORD}@example.com", "password": f"{SECRET} wrong"},
            {"email": f"{WORD}@example.com", "password": SECRET, WORD: WORD},
        ):
            assert nobody.post("/v1/sessions", json=body).status_code in (401, 422)
        bad = f'{{"email": "{WORD}'.encode()
        nobody.post("/v1/sessions", content=bad, headers={"content-type": "application/json"})
        nobody.get(f"/v1/{WORD}?{WORD}={WORD}", headers={"user-agent": WORD, "x-a": WORD})
        again = nobody.post("/v1/accounts", json={
            "company": WORD, "name": WORD, "email": f"{WORD}@example.com", "password": SECRET,
            "accepted_terms": nobody.get("/v1/legal/terms").json()["version"],
        })  # fmt: skip
        assert again.status_code == 409
    cookie = account.http.cookies["chathaven"]
    change = {"current_password": SECRET, "new_password": PASSWORD}
    assert account.http.post("/v1/me/password", json=change).status_code == 204
    account.http.delete("/v1/sessions/current")
    api.close()
    return {WORD, SECRET, cookie, token["token"], visitor.token}


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    assert found_in(tmp_path, {WORD}) == []
    for number, spelling in enumerate(sorted(spellings(WORD))):
        path = tmp_path / "deep" / str(number)
        path.write_bytes(b"\x00\xff" * 5_000 + spelling + b"\x00")
        assert found_in(tmp_path, {WORD})[0].startswith(f"deep/{number}: "), spelling
        path.unlink()


def test_the_work_was_done_and_told_about(worked: tuple[Server, set[str]]) -> None:
    server, _ = worked
    assert "Chathaven is ready" in server.log.read_text()
    letters = server.data / "outbox"
    assert found_in(letters, {WORD}), "letters are the one place where it stands"


def test_no_log_tells_what_is_personal(worked: tuple[Server, set[str]]) -> None:
    server, secrets = worked
    logs = [server.log, *(server.data / "postgres").rglob("*.log")]
    assert len(logs) >= 2
    for log in logs:
        assert found_in(log.parent, secrets, besides=("data/", "cluster/")) == []
    assert "Traceback" not in server.log.read_text()


def test_no_byte_of_the_data_folder_tells_it(worked: tuple[Server, set[str]]) -> None:
    """The database's files with its journal (WAL), as they lie on the disk once it has ended."""
    server, secrets = worked
    wal = list((server.data / "postgres" / "cluster" / "pg_wal").glob("0*"))
    assert wal, "the database is not where it is searched for"
    assert found_in(server.data, secrets, besides=("outbox/",)) == []


def test_what_is_open_is_found_by_the_same_search(worked: tuple[Server, set[str]]) -> None:
    """A word that the schema keeps in the open is found in the database's files."""
    server, _ = worked
    assert found_in(server.data / "postgres" / "cluster" / "base", {"visitor-message"})


def test_a_crash_tells_neither_the_caller_nor_the_log(
    worked: tuple[Server, set[str]],
) -> None:
    """The table of chats is taken away under a running server."""
    server, _ = worked
    server.start()
    try:
        api = Api(server)
        account = api.sign_up()
        visitor = api.visitor(account.site_key)
        visitor.say("Before")
        break_it(server)
        body = {"name": f"Vera {WORD}", "email": f"{WORD}.crash@example.com"}
        answer = visitor.http.patch("/v1/widget/me", json=body)
        assert (answer.status_code, answer.json()["code"]) == (500, "fault")
        assert set(answer.json()) == {"type", "title", "status", "detail", "code"}
        for word in (WORD, "Traceback", "chathaven/", "psycopg", "SELECT", "relation"):
            assert word not in answer.text
        api.close()
    finally:
        server.stop()
    said = server.log.read_text()
    assert "request failed" in said
    assert found_in(server.log.parent, {WORD}, besides=("data/",)) == []
    assert found_in(server.data / "postgres", {WORD}) == []


def break_it(server: Server) -> None:
    """Takes away what a visitor's own page is made of."""
    with superuser(server) as connection:
        connection.execute("ALTER TABLE chats RENAME TO chats_away")
