"""A run that is killed goes on where it was; what is overdue is counted, and then is nothing."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest

from chathaven.base.clock import now
from chathaven.product.retention import daily
from chathaven.product.retention.daily import OVERDUE, go_round
from chathaven.product.retention.model import RunStatus
from chathaven.product.retention.run import step_job
from tests.driving import Server, all_items, json_of, sign_up, visit
from tests.ground import private_folder
from tests.interface.rows import superuser
from tests.product.served import Company, Served

PEOPLE = 40
"""More than are asked for in one step."""


@pytest.mark.slow
def test_a_killed_run_goes_on_and_erases_everybody_once() -> None:
    with private_folder() as folder, Server(folder) as server:
        account = sign_up(server)
        for _ in range(PEOPLE):
            visit(server, account.site_key).http.close()
        kept = visit(server, account.site_key)
        kept.say("I wrote, so I stay")
        with superuser(server) as rows:
            rows.execute("UPDATE visitors SET last_seen_at = last_seen_at - interval '2 days'")
        run = json_of(account.http.post("/v1/retention/runs", json={}), 202)
        for _ in range(2):
            erased_some(server, account.account_id)
            server.restart()
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            view = json_of(account.http.get(f"/v1/retention/runs/{run['id']}"))
            if view["status"] == "done":
                break
            time.sleep(0.05)
        report = json_of(account.http.get(f"/v1/retention/runs/{run['id']}/report"))
        visits = report["classes"][0]
        assert visits["found"] == {"people": PEOPLE, "rows": 0}
        assert visits["people_erased"] == PEOPLE
        assert visits["left"] == {"people": 0, "rows": 0}
        assert report["erasures_under_way"] == 0
        [left] = all_items(account.http, "/v1/visitors")
        assert left["id"] == kept.visitor_id
        with superuser(server) as rows:
            [done] = rows.execute(
                "SELECT count(*), count(DISTINCT commitment) FROM erasures WHERE status <> 'queued'"
            ).fetchall()
        assert done == (PEOPLE, PEOPLE)


def erased_some(server: Server, account_id: str) -> None:
    """Waits until a run is in the middle of its work, or has come to its end."""
    with superuser(server) as rows:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            row = rows.execute(
                "SELECT count(*) FROM erasures WHERE account_id = %s AND live_at IS NOT NULL",
                (account_id,),
            ).fetchone()
            if row and row[0] > 3:
                return
            time.sleep(0.02)
    raise AssertionError("nobody was erased")


def counted() -> float:
    """Returns what the metric says."""
    [metric] = OVERDUE.collect()
    return metric.samples[0].value


async def test_what_is_overdue_is_counted_until_it_is_gone(
    served: Served, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, account_id = served.process.ground, UUID(company.id)

    async def only_this(_tx: Any) -> list[UUID]:
        return [account_id]

    monkeypatch.setattr(daily, "accounts_known", only_this)
    async with ground.database.transaction(account_id) as tx:
        await (await tx.driver()).execute(
            "INSERT INTO sessions SELECT (jsonb_populate_record(s, jsonb_build_object('id',"
            " gen_random_uuid(), 'digest', '\\x00', 'expires_at', now() - interval '182 days'))).*"
            " FROM sessions s WHERE account_id = %s",
            (account_id,),
        )
    assert await go_round(ground) == 0, "a new account has nothing that is old"
    async with ground.database.transaction(account_id) as tx:
        await (await tx.driver()).execute(
            "UPDATE accounts SET created_at = now() - interval '2 days' WHERE account_id = %s",
            (account_id,),
        )
    assert await go_round(ground) == 1
    assert counted() == 1
    assert await go_round(ground) == 0, "once a day"
    [run] = (await company.owner.get("/v1/retention/runs")).json()["items"]
    assert run["asked_by"] == "system"
    step = step_job(ground, served.process.anchors)
    for _ in range(5):
        await step(account_id=account_id, id=UUID(run["id"]))
    [run] = (await company.owner.get("/v1/retention/runs")).json()["items"]
    assert run["status"] == RunStatus.DONE
    assert (run["done"], run["total"]) == (1, 1)
    assert run["finished_at"] <= now().isoformat().replace("+00:00", "Z")
    await go_round(ground)
    assert counted() == 0
