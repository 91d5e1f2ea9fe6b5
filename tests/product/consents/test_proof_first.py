"""No receipt, no processing: where the proof cannot be written, nothing depends on it (A-07-1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
from psycopg import sql

from tests.conftest import Api
from tests.driving import Account, Server, json_of
from tests.interface.rows import state_of, superuser
from tests.product.consents.test_legal_text import EN, notice, show, start
from tests.product.consents.test_marketing import ask


@contextmanager
def no_receipts(server: Server, account: Account) -> Iterator[None]:
    """Makes every receipt of one account fail in the database, past all of our own code."""
    name = sql.Identifier(f"refuse_{account.account_id.replace('-', '')}")
    with superuser(server) as connection:
        connection.execute(
            sql.SQL(
                "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN RAISE EXCEPTION 'no room for receipts'; END$$"
            ).format(name)
        )
        connection.execute(
            sql.SQL(
                "CREATE TRIGGER {} BEFORE INSERT ON receipts FOR EACH ROW"
                " WHEN (NEW.account_id = {}) EXECUTE FUNCTION {}()"
            ).format(name, account.account_id, name)
        )
    try:
        yield
    finally:
        with superuser(server) as connection:
            connection.execute(sql.SQL("DROP TRIGGER {} ON receipts").format(name))
            connection.execute(sql.SQL("DROP FUNCTION {}()").format(name))


def jobs(server: Server, account: Account) -> int:
    with superuser(server) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE args->>'account_id' = %s",
            (account.account_id,),
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_without_a_receipt_nobody_begins(api: Api) -> None:
    account = api.sign_up()
    show(account, agreement=True, en=EN)
    shown = notice(account)
    before, queued = state_of(api.server, account.account_id), jobs(api.server, account)
    with no_receipts(api.server, account):
        for body in ({"agreed": True}, {"agreed": True, "language": "de"}):
            answer = start(account, notice_id=shown["id"], **body)
            assert answer.status_code == 500, answer.text
        signalled = {"sec-gpc": "1"}
        with httpx.Client(base_url=api.server.url, headers=signalled, timeout=30) as http:
            body = {"language": "en", "notice_id": shown["id"], "agreed": True}
            answer = http.post(f"/v1/widget/{account.site_key}/visitors", json=body)
            assert answer.status_code == 500
    assert state_of(api.server, account.account_id) == before
    assert jobs(api.server, account) == queued
    # With the receipt everything goes its way, so that it was the receipt that stopped it.
    assert start(account, notice_id=shown["id"], agreed=True).status_code == 201


def test_without_a_receipt_nothing_is_written_or_asked(api: Api) -> None:
    account = api.sign_up()
    ask(account)
    visitor = api.visitor(account.site_key)
    visitor.say("Hello")
    show(account, agreement=True, en=EN)
    shown = notice(account)
    before, queued = state_of(api.server, account.account_id), jobs(api.server, account)
    with no_receipts(api.server, account):
        http = visitor.http
        agreed = {"notice_id": shown["id"], "agreed": True}
        assert http.post("/v1/widget/me/notice", json=agreed).status_code == 500
        message = {"id": str(uuid4()), "text": "And then?"}
        refused = json_of(http.post("/v1/widget/me/messages", json=message), 409)
        assert refused["code"] == "notice_required"
        email = {"email": "vera@visitor.example", "name": "Vera", "marketing": "yes"}
        assert http.patch("/v1/widget/me", json=email).status_code == 500
        embed = {"provider": "youtube", "answer": "yes"}
        assert http.post("/v1/widget/me/embeds", json=embed).status_code == 500
        told = {"marketing": "yes", "reason": "By phone", "name": "Vera"}
        path = f"/v1/visitors/{visitor.visitor_id}"
        assert account.http.patch(path, json=told).status_code == 500
    assert state_of(api.server, account.account_id) == before
    assert jobs(api.server, account) == queued
    me = visitor.me
    assert (me["visitor"]["email"], me["visitor"]["name"], me["marketing"]) == (None, None, None)
    assert me["receipts"] == []
