"""Erasing while something else happens (B-T7): always the same end.

`CHATHAVEN_ERASURES=10000` erases more people in one batch than the suite does, and
`CHATHAVEN_ERASURE_KILLS=50` kills the server more often.
"""

from __future__ import annotations

import io
import os
import random
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from chathaven.engines.scan.folders import Search
from chathaven.entry.proof.asking import proofs
from tests.driving import Account, Server, VisitorClient, all_items, json_of, sign_up, visit
from tests.entry.test_backup import rows_about
from tests.erasure.stage import GOES, STAYS, Stage, of
from tests.interface.rows import superuser
from tests.product.privacy.filed import photo, send_now

pytestmark = pytest.mark.slow
BATCH = int(os.environ.get("CHATHAVEN_ERASURES", "50"))
KILLS = int(os.environ.get("CHATHAVEN_ERASURE_KILLS", "3"))
OUTLIVES = {"audit_lines", "rights_requests", "procrastinate_jobs", "procrastinate_events"}
"""Tables in which the id of who was erased may stand: no row there says anything of them."""


def until_done(ask: Callable[[], httpx.Response]) -> dict[str, Any]:
    """Waits for the end of an erasure."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            answer = ask()
            if answer.status_code == 200 and answer.json()["status"] in {"live", "final"}:
                found: dict[str, Any] = answer.json()
                return found
        time.sleep(0.05)
    raise AssertionError("the erasure did not come to its end")


def erase(account: Account, visitor: VisitorClient) -> dict[str, Any]:
    asked = json_of(account.http.delete(f"/v1/visitors/{visitor.visitor_id}"), 202)
    return until_done(lambda: account.http.get(f"/v1/erasures/{asked['erasure']['id']}"))


def names_nobody(server: Server, visitor_id: str) -> bool:
    """Whether no row says anything of who was erased, as the superuser sees."""
    return set(rows_about(server.data, visitor_id)) <= OUTLIVES


@contextmanager
def busy(*work: Callable[[], object]) -> Iterator[None]:
    """Repeats each piece of work in a thread of its own, until the block ends."""
    over = threading.Event()

    def repeat(one: Callable[[], object]) -> None:
        while not over.is_set():
            with suppress(httpx.TransportError, AssertionError):
                one()

    threads = [threading.Thread(target=repeat, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def files_in(folder: Path) -> int:
    """Returns how many files lie in a folder and below it."""
    return sum(path.is_file() for path in folder.rglob("*"))


def test_in_the_middle_of_a_chat(running: Server) -> None:
    account = sign_up(running)
    goes, stays = visit(running, account.site_key), visit(running, account.site_key)
    chat_id = goes.say("hello")["chat_id"]
    stays.say("I stay")
    sent: list[int] = []

    def write() -> None:
        body = {"id": str(uuid4()), "text": "still here"}
        sent.append(goes.http.post("/v1/widget/me/messages", json=body).status_code)

    def answer() -> None:
        body = {"id": str(uuid4()), "text": "so am I"}
        account.http.post(f"/v1/chats/{chat_id}/messages", json=body)

    def sign() -> None:
        goes.http.post("/v1/widget/me/typing", json={})

    picture = photo()
    kept = send_now(stays.http, "photo.png", picture)

    def send() -> None:
        send_now(goes.http, "photo.png", picture)

    with busy(write, answer, sign, send, lambda: stays.say("and on")):
        time.sleep(0.3)
        while 201 not in sent:
            time.sleep(0.01)
        done = erase(account, goes)
        before = len(sent)
        while len(sent) < before + 3:
            time.sleep(0.01)
    assert all(store["verified"] for store in done["receipts"])
    assert 201 in sent, "they were writing"
    assert sent[-1] == 401
    assert names_nobody(running, goes.visitor_id)
    # Also of what was on its way when everything went: its sender has its answer by now.
    folders = running.data / "files" / account.account_id
    assert files_in(folders / goes.visitor_id) == 0
    assert files_in(folders / stays.visitor_id) == 2
    assert account.http.get(f"/v1/chats/{stays.chat_id}/files/{kept['id']}").status_code == 200
    assert account.http.get(f"/v1/chats/{chat_id}").status_code == 404
    assert stays.events()[0]["params"]["text"] == "I stay"
    close(account, goes, stays)


def close(*people: Account | VisitorClient) -> None:
    for one in people:
        one.http.close()


def test_in_the_middle_of_an_export(running: Server) -> None:
    account = sign_up(running)
    goes, stays = visit(running, account.site_key), visit(running, account.site_key)
    for number in range(30):
        goes.say(f"who goes says {number}")
        stays.say(f"who stays says {number}")
    password = {"password": account.password}
    export = json_of(account.http.post("/v1/account/exports", json=password), 202)["id"]
    erase(account, goes)
    path = f"/v1/account/exports/{export}"
    while json_of(account.http.get(path))["status"] != "ready":
        time.sleep(0.05)
    json_of(account.http.post(f"{path}/grants", json=password), 201)
    body = account.http.get(f"{path}/file").content
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        text = b"".join(file.read(name) for name in file.namelist()).decode("utf-8", "replace")
    assert "who stays says 29" in text
    assert "who goes" not in text
    assert goes.visitor_id not in text
    close(account, goes, stays)


def test_many_ask_at_once(running: Server) -> None:
    account = sign_up(running)
    goes = visit(running, account.site_key)
    goes.say("hello")

    def ask(number: int) -> httpx.Response:
        deadline = time.monotonic() + 60
        with running.http() as http:
            http.cookies = account.http.cookies
            if number % 2:
                http.headers["authorization"] = f"Bearer {goes.token}"
            while True:
                if number % 2:
                    answer = http.post("/v1/widget/me/erasure")
                else:
                    answer = http.delete(f"/v1/visitors/{goes.visitor_id}")
                # So many wait for one lock that a slow machine may ask some to come back.
                if answer.status_code != 503 or time.monotonic() > deadline:
                    return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert {answer.status_code for answer in answers} <= {202, 401, 404}
    erasures = {a.json()["erasure"]["id"] for a in answers if a.status_code == 202}
    assert len(erasures) == 1
    [erasure] = erasures
    until_done(lambda: account.http.get(f"/v1/erasures/{erasure}"))
    assert names_nobody(running, goes.visitor_id)
    close(account, goes)


def test_the_same_address_is_somebody_new(running: Server) -> None:
    account = sign_up(running)
    email = f"back-{uuid4().hex}@visitor.example"
    first = visit(running, account.site_key)
    first.say("the first time")
    json_of(first.http.patch("/v1/widget/me", json={"email": email}))
    erase(account, first)
    again = visit(running, account.site_key)
    again.say("the second time")
    json_of(again.http.patch("/v1/widget/me", json={"email": email}))
    assert again.visitor_id != first.visitor_id
    [found] = json_of(account.http.get("/v1/visitors", params={"email": email}))["items"]
    assert found["id"] == again.visitor_id
    texts = [e["params"].get("text") for e in account.events(again.chat_id)]
    assert [text for text in texts if text] == ["the second time"]
    assert names_nobody(running, first.visitor_id)
    close(account, first, again)


def test_killed_again_and_again(own: Server) -> None:
    """Whenever the server is killed, the erasure ends after the next start, and only it."""
    account = sign_up(own)
    stays = visit(own, account.site_key)
    stays.say("I stay")
    for _ in range(KILLS):
        goes = visit(own, account.site_key)
        for number in range(10):
            goes.say(f"message {number}")
        send_now(goes.http, "photo.png", photo())
        asked = json_of(account.http.delete(f"/v1/visitors/{goes.visitor_id}"), 202)["erasure"]
        time.sleep(random.random() * 0.15)
        own.restart()
        path = f"/v1/erasures/{asked['id']}"
        done = until_done(lambda path=path: account.http.get(path))  # type: ignore[misc]  # a lambda's default has no type
        assert all(store["verified"] for store in done["receipts"])
        assert names_nobody(own, goes.visitor_id)
        assert files_in(own.data / "files") == 0
        goes.http.close()
    assert [e["params"]["text"] for e in stays.events()] == ["I stay"]
    close(account, stays)


def test_many_in_one_batch(running: Server) -> None:
    account = sign_up(running)
    stays = visit(running, account.site_key)
    stays.say("I stay")
    came = []
    for number in range(BATCH):
        person = visit(running, account.site_key)
        person.say(f"I am number {number}")
        came.append(f"/v1/visitors/{person.visitor_id}")
        close(person)  # Ten thousand open browsers are more than a machine likes.
    asked = [json_of(account.http.delete(path), 202)["erasure"]["id"] for path in came]
    for id in asked:
        done = until_done(lambda id=id: account.http.get(f"/v1/erasures/{id}"))  # type: ignore[misc]  # a lambda's default has no type
        assert all(store["verified"] for store in done["receipts"])
    left = [each["visitor"]["id"] for each in all_items(account.http, "/v1/chats", view="all")]
    assert left == [stays.visitor_id]
    with superuser(running) as connection:
        count = connection.execute(
            "SELECT count(*) FROM person_keys WHERE account_id = %s AND kind = 'visitor'",
            (account.account_id,),
        ).fetchone()
    assert count == (1,)
    close(account, stays)


def age(connection: psycopg.Connection[Any], visitor_id: str) -> None:
    """Lets somebody and all that they said lie four years in the past."""
    who = {"id": visitor_id, "by": timedelta(days=4 * 365)}
    connection.execute(
        "UPDATE visitors SET created_at = created_at - %(by)s, last_seen_at = last_seen_at - %(by)s"
        " WHERE id = %(id)s",
        who,
    )
    for table in ("events", "chats"):
        column = "updated_at" if table == "chats" else "created_at"
        connection.execute(
            f"UPDATE {table} SET {column} = {column} - %(by)s WHERE visitor_id = %(id)s".encode(),
            who,
        )


def test_time_is_over_instead_of_a_request(running: Server) -> None:
    stage = Stage(running)
    with superuser(running) as connection:
        age(connection, stage.goes.id)
    door = stage.company.door
    # Nobody goes for silence who waits for an answer about their data.
    given_up = {"to": "withdrawn", "reason": "Called"}
    door.json("POST", f"/v1/requests/{stage.goes.request}/steps", given_up, expected=201)
    asked = door.json("POST", "/v1/retention/runs", {"dry_run": False}, expected=202)
    door.until(f"/v1/retention/runs/{asked['id']}", "done")
    deadline = time.monotonic() + 60
    while door.status("GET", f"/v1/visitors/{stage.goes.id}") != 404:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert of(stage.everywhere(), GOES) == []
    there = {
        canary.whose
        for name, body in {**stage.stays.shown(), **proofs(door)}.items()
        for canary in Search(stage.patterns).canaries_in(name, body)
    }
    assert STAYS in there
    assert GOES not in there
    stage.close()
