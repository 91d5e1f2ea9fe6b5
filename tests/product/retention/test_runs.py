"""What has had its time goes, by class, and nothing else; the report is signed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from chathaven.product.retention.classes import CLASSES
from tests.conftest import Api
from tests.driving import Account, Server, VisitorClient, all_items, json_of
from tests.interface.rows import superuser
from tests.product.privacy.filed import paper, send_now


@pytest.fixture
def rows(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with superuser(server) as connection:
        connection.autocommit = True
        yield connection


def talked(api: Api, account: Account) -> VisitorClient:
    visitor = api.visitor(account.site_key)
    visitor.say("Hello")
    return visitor


def age(rows: psycopg.Connection[Any], visitor: VisitorClient, days: float) -> None:
    """Lets a visitor and all that they said lie in the past."""
    by = timedelta(days=days)
    who = {"id": visitor.visitor_id, "by": by}
    rows.execute(
        "UPDATE visitors SET created_at = created_at - %(by)s, last_seen_at = last_seen_at - %(by)s"
        " WHERE id = %(id)s",
        who,
    )
    rows.execute(
        "UPDATE events SET created_at = created_at - %(by)s WHERE visitor_id = %(id)s", who
    )


def run(account: Account, *, dry_run: bool = False) -> dict[str, Any]:
    """Runs, waits for the end, and returns the report."""
    asked = json_of(account.http.post("/v1/retention/runs", json={"dry_run": dry_run}), 202)
    view: dict[str, Any] = {}
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        view = json_of(account.http.get(f"/v1/retention/runs/{asked['id']}"))
        if view["status"] == "done":
            assert view["dry_run"] or view["done"] == view["total"]
            return json_of(account.http.get(f"/v1/retention/runs/{asked['id']}/report"))
        time.sleep(0.02)
    raise AssertionError(f"the run did not come to its end: {view}")


def due(account: Account) -> dict[str, dict[str, Any]]:
    return {
        each["name"]: each for each in json_of(account.http.get("/v1/retention/preview"))["classes"]
    }


def of_class(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in report["classes"] if each["name"] == name)


def is_there(account: Account, visitor: VisitorClient) -> bool:
    return account.http.get(f"/v1/visitors/{visitor.visitor_id}").status_code == 200


def test_people_go_when_their_time_is_over(
    api: Api, rows: psycopg.Connection[Any], server: Server, tmp_path: Any
) -> None:
    account = api.sign_up()
    old, young = talked(api, account), talked(api, account)
    gone, new = api.visitor(account.site_key), api.visitor(account.site_key)
    old_bytes = sum(send_now(old.http, f"{n}.pdf", paper(n, 900))["size"] for n in range(2))
    send_now(young.http, "young.pdf", paper(2))
    age(rows, old, 367)
    age(rows, young, 360)
    age(rows, gone, 1.1)
    before = due(account)
    assert (before["conversation"]["people"], before["visit"]["people"]) == (1, 1)
    assert (before["conversation"]["files"], before["conversation"]["bytes"]) == (2, old_bytes)
    assert (before["visit"]["files"], before["visit"]["bytes"]) == (0, 0)
    oldest = datetime.fromisoformat(before["conversation"]["oldest"])
    assert timedelta(days=366) < datetime.now(UTC) - oldest < timedelta(days=368)

    dry = run(account, dry_run=True)
    assert of_class(dry, "conversation")["found"] == {"people": 1, "rows": 0}
    assert of_class(dry, "conversation")["people_erased"] == 0
    assert is_there(account, old)

    report = run(account)
    assert of_class(report, "conversation")["people_erased"] == 1
    assert of_class(report, "visit")["people_erased"] == 1
    assert [each["left"] for each in report["classes"]] == [{"people": 0, "rows": 0}] * len(CLASSES)
    assert report["erasures_under_way"] == 0
    assert [is_there(account, each) for each in (old, gone, young, new)] == [
        False, False, True, True
    ]  # fmt: skip
    assert not list((server.data / "files").rglob(f"{old.visitor_id}*"))
    [kept] = (server.data / "files").rglob(f"{young.visitor_id}")
    assert len(list(kept.iterdir())) == 1
    # By the same erasure as a request, with the key and a certificate that says why.
    grounds = [
        row[0]
        for row in rows.execute(
            "SELECT certificate->>'ground' FROM erasures WHERE account_id = %s",
            (account.account_id,),
        )
    ]
    assert grounds == ["retention", "retention"]
    keys = rows.execute(
        "SELECT count(*) FROM person_keys WHERE person_id = ANY(%s::uuid[])",
        ([old.visitor_id, gone.visitor_id],),
    ).fetchone()
    assert keys == (0,)
    assert "Hello" not in json.dumps(report)
    assert old.visitor_id not in json.dumps(report)
    verified(server, tmp_path, report)
    assert run(account)["classes"][1]["found"] == {"people": 0, "rows": 0}
    assert len(all_items(account.http, "/v1/retention/runs")) == 3


def verified(server: Server, folder: Any, report: dict[str, Any]) -> None:
    """Checks a report as somebody does who was given the file, and one that was changed."""
    changed = json.loads(json.dumps(report))
    changed["classes"][0]["people_erased"] += 1
    for document, status in ((report, 0), (changed, 1)):
        path = folder / "report.json"
        path.write_text(json.dumps(document))
        command = [sys.executable, "-m", "chathaven.entry.cli.main", "verify", str(path)]
        done = subprocess.run(
            [*command, "--data", str(server.data)], capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr


def test_rows_of_other_classes_go_by_their_own_time(
    api: Api, rows: psycopg.Connection[Any]
) -> None:
    account = api.sign_up()
    rows.execute(
        "INSERT INTO sessions SELECT (jsonb_populate_record(s, jsonb_build_object("
        " 'id', gen_random_uuid(), 'digest', '\\x00', 'expires_at', now() - interval '181 days'))"
        ").* FROM sessions s WHERE account_id = %s",
        (account.account_id,),
    )
    assert due(account)["security"]["stores"] == [{"store": "sessions", "rows": 1}]
    report = run(account)
    assert of_class(report, "security")["rows_removed"] == {"sessions": 1}
    assert account.http.get("/v1/me").status_code == 200, "the session of today stays"


@pytest.mark.parametrize("kind", ["restriction", "hold"])
def test_restricted_and_held_people_are_passed_over(
    api: Api, rows: psycopg.Connection[Any], kind: str
) -> None:
    account = api.sign_up()
    kept, other = talked(api, account), talked(api, account)
    age(rows, kept, 400)
    age(rows, other, 400)
    path = f"/v1/visitors/{kept.visitor_id}"
    if kind == "hold":
        review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        body = {"matter": "Kept v. Shop", "review_at": review}
        made = json_of(account.http.post(f"{path}/holds", json=body), 201)
        release = f"/v1/holds/{made['id']}"
    else:
        json_of(account.http.post(f"{path}/restriction", json={"ground": "claims"}), 201)
        release = f"{path}/restriction"
    report = run(account)
    assert of_class(report, "conversation")["people_erased"] == 1
    assert report["restricted_or_held"] == 1
    assert kept.me["visitor"]["id"] == kept.visitor_id
    assert account.http.delete(release).status_code == 204
    assert is_there(account, kept)
    assert of_class(run(account), "conversation")["people_erased"] == 1
    assert not is_there(account, kept)


def test_an_account_sets_its_own_time(api: Api, rows: psycopg.Connection[Any]) -> None:
    account = api.sign_up()
    visitor = talked(api, account)
    age(rows, visitor, 40)
    assert due(account)["conversation"]["people"] == 0
    body = {"privacy": {"retention": {"conversation_months": 1}}}
    json_of(account.http.patch("/v1/settings", json=body))
    assert due(account)["conversation"]["people"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("visit_hours", 0), ("visit_hours", 721), ("conversation_months", 37), ("audit_months", 11)],
)
def test_a_time_that_nobody_may_choose_is_refused_by_name(api: Api, field: str, value: int) -> None:
    account = api.sign_up()
    body = {"privacy": {"retention": {field: value}}}
    refused = account.http.patch("/v1/settings", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == f"privacy.retention.{field}"


def test_one_run_at_a_time(api: Api, rows: psycopg.Connection[Any]) -> None:
    account = api.sign_up()
    for visitor in [talked(api, account) for _ in range(3)]:
        age(rows, visitor, 400)
    first = json_of(account.http.post("/v1/retention/runs", json={}), 202)
    second = account.http.post("/v1/retention/runs", json={})
    if second.status_code == 409:
        assert second.json()["code"] == "run_under_way"
        assert second.json()["id"] == first["id"]
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if not due(account)["conversation"]["people"]:
            return
        time.sleep(0.02)
    raise AssertionError("somebody was left")


def test_what_no_account_sets_is_said_too(api: Api) -> None:
    account = api.sign_up()
    found = json_of(account.http.get("/v1/retention/preview"))["elsewhere"]
    assert [(each["code"], each["period"], each["set_by"]) for each in found] == [
        ("R7", 7, None),
        ("R9", 35, "CHATHAVEN_BACKUP_DAYS"),
        ("R10", None, None),
    ]
    record = json_of(account.http.get("/v1/records"))["record"]
    for language, words in (("en", "35 days (R9)"), ("de", "35 Tage behalten (R9)")):
        said = [each["text"] for each in record["languages"][language]["security"]]
        assert any(words in text for text in said)


def test_how_long_exports_stay_is_set(api: Api) -> None:
    account = api.sign_up()
    body = {"privacy": {"retention": {"export_days": 30}}}
    json_of(account.http.patch("/v1/settings", json=body))
    given = {"password": account.password}
    asked = json_of(account.http.post("/v1/account/exports", json=given), 202)
    until = datetime.fromisoformat(asked["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=30) - timedelta(minutes=5) < until <= timedelta(days=30)
    body = {"privacy": {"retention": {"export_days": 31}}}
    json_of(account.http.patch("/v1/settings", json=body), 422)
