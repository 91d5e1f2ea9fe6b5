"""A real server, killed while it exports, erases and closes: it goes on after the next start."""

from __future__ import annotations

import time

import pytest

from chathaven.base.ids import new_id
from tests.driving import Server, json_of, sign_up, visit
from tests.ground import private_folder
from tests.product.privacy.filed import photo, send_now
from tests.product.privacy.test_account_close import leave, left_of, until_closed
from tests.product.privacy.test_account_export import ask, fetch, tables, until_ready

pytestmark = pytest.mark.slow


def test_it_goes_on_after_every_kill() -> None:
    with private_folder() as folder, Server(folder) as server:
        account = sign_up(server)
        gone, stays = (visit(server, account.site_key) for _ in range(2))
        for number in range(60):
            gone.say(f"gone {number}")
            stays.say(f"stays {number}")
        for visitor in (gone, stays):
            send_now(visitor.http, "photo.png", photo())
        asked = ask(account.http, account.password)
        server.restart()
        until_ready(account.http, asked["id"])
        assert len(tables(fetch(account.http, asked["id"]))["events"]) == 122
        outbox = server.data / "outbox"
        outbox.mkdir(exist_ok=True)
        for about in (gone, stays):
            (outbox / f"20260101-000000-000000-{new_id()}.{about.visitor_id}.eml").write_text("…")
        erasure = json_of(account.http.delete(f"/v1/visitors/{gone.visitor_id}"), 202)["erasure"]
        server.restart()
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            erasure = json_of(account.http.get(f"/v1/erasures/{erasure['id']}"))
            if erasure["status"] == "live":
                break
            time.sleep(0.05)
        stores = {each["store"]: each for each in erasure["receipts"]}
        for store, found in (
            ("events", 61), ("letters", 1), ("files of exports", 1), ("objects of files", 2)
        ):  # fmt: skip
            assert (stores[store]["found"], stores[store]["removed"]) == (found, found), store
        [left] = outbox.glob("20260101*")
        assert stays.visitor_id in left.name
        until_ready(account.http, asked["id"])
        texts = str(tables(fetch(account.http, asked["id"]))["events"])
        assert "stays 59" in texts
        assert "gone" not in texts
        closed = json_of(leave(account), 202)
        server.restart()
        ended = until_closed(server, closed["erasure"]["id"])
        assert all(each["verified"] for each in ended["receipts"])
        assert left_of(server, account.account_id) == {}
        assert [path for path in (server.data / "files").rglob("*") if path.is_file()] == []
        for person in (account, gone, stays):
            person.http.close()
