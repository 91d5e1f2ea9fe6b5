"""A hold is stronger than the wish to be erased, for one person; the wish is carried out after."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Api
from tests.driving import Account, Server, VisitorClient, json_of
from tests.interface.rows import superuser


def hold(account: Account, visitor: VisitorClient) -> str:
    review = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"matter": "Vera v. Shop", "review_at": review}
    made = json_of(account.http.post(f"/v1/visitors/{visitor.visitor_id}/holds", json=body), 201)
    return str(made["id"])


def talk(api: Api, account: Account) -> VisitorClient:
    visitor = api.visitor(account.site_key)
    visitor.say("Evidence")
    return visitor


def its_day_comes(server: Server, *hold_ids: str) -> None:
    """Lets the jobs of holds be due now: their days as they were asked for have come."""
    with superuser(server) as rows:
        moved = rows.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE args->>'id' = ANY(%s)",
            (list(hold_ids),),
        )
        assert moved.rowcount >= len(hold_ids)


def until(account: Account, erasure_id: str, status: str) -> dict[str, Any]:
    erasure: dict[str, Any] = {}
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        erasure = json_of(account.http.get(f"/v1/erasures/{erasure_id}"))
        if erasure["status"] == status:
            return erasure
        time.sleep(0.05)
    raise AssertionError(f"the erasure is {erasure['status']} and not {status}")


def asked(answer: Any) -> str:
    return str(json_of(answer, 202)["erasure"]["id"])


@pytest.mark.parametrize("way", ["operator", "visitor"])
def test_an_erasure_waits_for_the_last_hold_and_then_runs(api: Api, way: str) -> None:
    account = api.sign_up()
    visitor, other = talk(api, account), talk(api, account)
    first, second = hold(account, visitor), hold(account, visitor)
    path = f"/v1/visitors/{visitor.visitor_id}"
    wished = account.http.delete(path) if way == "operator" else visitor.http.post(
        "/v1/widget/me/erasure"
    )  # fmt: skip
    erasure_id = asked(wished)
    until(account, erasure_id, "waiting")
    [*_, shown] = json_of(account.http.get("/v1/restrictions"))["items"]
    assert shown["erasure_waits"] is True
    # The hold is one person's: who stands beside them is erased at once.
    until(account, asked(account.http.delete(f"/v1/visitors/{other.visitor_id}")), "live")
    assert account.http.delete(f"/v1/holds/{first}").status_code == 204
    assert json_of(account.http.get(f"/v1/erasures/{erasure_id}"))["status"] == "waiting"
    assert account.http.delete(f"/v1/holds/{second}").status_code == 204
    until(account, erasure_id, "live")
    assert json_of(account.http.get("/v1/restrictions"))["items"] == []


def test_a_hold_ends_by_itself_on_its_day(api: Api, server: Server) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    hold_id = hold(account, visitor)
    erasure_id = asked(account.http.delete(f"/v1/visitors/{visitor.visitor_id}"))
    assert json_of(account.http.get(f"/v1/erasures/{erasure_id}"))["status"] == "waiting"
    reached(server, hold_id)
    its_day_comes(server, hold_id)
    until(account, erasure_id, "live")
    with superuser(server) as rows:
        actions = rows.execute(
            "SELECT action FROM audit_lines WHERE account_id = %s AND target_id = %s ORDER BY at",
            (account.account_id, visitor.visitor_id),
        ).fetchall()
    assert ("held",) in actions
    assert ("hold-released",) in actions


def reached(server: Server, hold_id: str) -> None:
    """Lets a hold be one that was to be looked at a moment ago."""
    with superuser(server) as rows:
        rows.execute("UPDATE restrictions SET review_at = now() WHERE id = %s", (hold_id,))


def test_a_renewed_hold_stays_on_its_old_day(api: Api, server: Server) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    hold_id = hold(account, visitor)
    later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    json_of(account.http.patch(f"/v1/holds/{hold_id}", json={"review_at": later}))
    short = hold(account, visitor)
    reached(server, short)
    its_day_comes(server, hold_id, short)
    deadline = time.monotonic() + 90
    while jobs_of(server, hold_id, short):
        assert time.monotonic() < deadline, "the jobs do not come to their end"
        time.sleep(0.05)
    items = json_of(account.http.get("/v1/restrictions"))["items"]
    assert [each["id"] for each in items] == [hold_id]


def jobs_of(server: Server, *hold_ids: str) -> int:
    """Returns how many jobs of holds wait or are under way."""
    with superuser(server) as rows:
        counted = rows.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE args->>'id' = ANY(%s)",
            (list(hold_ids),),
        ).fetchone()
    assert counted is not None
    return int(counted[0])


def test_what_the_matter_is_stands_sealed(api: Api, server: Server) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    hold_id = hold(account, visitor)
    with superuser(server) as rows:
        row = rows.execute(
            "SELECT r::text FROM restrictions r WHERE id = %s", (hold_id,)
        ).fetchone()
    assert row is not None
    assert "Vera" not in bytes.fromhex(row[0].split("\\\\x")[1].split('"')[0]).decode("latin-1")
