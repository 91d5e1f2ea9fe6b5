"""Taking a whole account along: every row that is given out, and back into another installation."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from tests.conftest import Api
from tests.driving import Account, Server, VisitorClient, json_of
from tests.entry.installation import CHATHAVEN, environment
from tests.interface.team import join
from tests.product.privacy.canaries import leaves
from tests.product.privacy.filed import paper, photo, send_now

MADE_ANEW = {"account_keys", "person_keys", "invitations", "audit_lines", "audit_heads"}
"""Keys are others, everybody is invited, and the exports themselves leave lines in the log."""
DOORS = {"sessions", "api_tokens", "visitor_tokens"}


def talk(api: Api, account: Account) -> VisitorClient:
    text = {"general": {"legal_text": {"enabled": True, "texts": {"en": "We keep it."}}}}
    json_of(account.http.patch("/v1/settings", json=text))
    with api.server.http() as http:
        notice = json_of(http.get(f"/v1/widget/{account.site_key}"))["notice"]
    visitor = api.visitor(account.site_key, notice_id=notice["id"])
    visitor.say("Hello ✓")
    body = {"name": "Vera", "email": "vera@visitor.example", "phone": "+49 30 1234"}
    json_of(visitor.http.patch("/v1/widget/me", json=body))
    account.say(visitor.chat_id, "Good morning")
    return visitor


def ask(http: httpx.Client, password: str) -> dict[str, Any]:
    return json_of(http.post("/v1/account/exports", json={"password": password}), 202)


def until_ready(http: httpx.Client, export_id: str, status: str = "ready") -> dict[str, Any]:
    export: dict[str, Any] = {}
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        export = json_of(http.get(f"/v1/account/exports/{export_id}"))
        assert export["done"] <= export["total"] or not export["total"]
        if export["status"] == status:
            return export
        time.sleep(0.05)
    raise AssertionError(f"the export did not become {status}: {export}")


def fetch(http: httpx.Client, export_id: str) -> bytes:
    answer = http.get(f"/v1/account/exports/{export_id}/file")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


def tables(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """Returns the rows by table, after comparing every file with the manifest."""
    found: dict[str, list[dict[str, Any]]] = {}
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["format"] == "chathaven-account-1"
        named = {each["name"] for each in manifest["files"]}
        assert named | {"manifest.json"} == set(archive.namelist())
        for each in manifest["files"]:
            data = archive.read(each["name"])
            assert hashlib.sha256(data).hexdigest() == each["sha256"]
            if each["name"].startswith("tables/"):
                rows = found.setdefault(each["name"].split("/")[1], [])
                rows += map(json.loads, data.splitlines())
    assert {table: len(rows) for table, rows in found.items()} == {
        table: count for table, count in manifest["tables"].items() if count
    }
    return found


def export(account: Account) -> bytes:
    asked = ask(account.http, account.password)
    assert asked["status"] == "queued"
    ready = until_ready(account.http, asked["id"])
    assert ready["done"] == ready["total"] > 10
    return fetch(account.http, asked["id"])


def test_everything_is_in_it_and_nothing_that_opens_a_door(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    visitor, _ = talk(api, account), talk(api, other)
    token = {"name": "script", "scopes": ["*"]}
    secret = json_of(account.http.post("/v1/tokens", json=token), 201)["token"]
    data = export(account)
    found = tables(data)
    listed = account.events(visitor.chat_id)
    assert [row["params"] for row in found["events"]] == [e["params"] for e in listed]
    assert [row["seq"] for row in found["events"]] == [1, 2, 3]
    [owner] = found["operators"]
    assert owner["email"] == account.email
    assert not {"password_hash", "email_index"} & owner.keys()
    assert found["visitors"][0]["phone"] == "+49 30 1234"
    assert found["accounts"][0]["company"] == account.company
    for table in DOORS | {"account_keys", "person_keys"}:
        assert not {"digest", "wrapped", "wrapped_index_key"} & found[table][0].keys(), table
    told = set(leaves(list(found.values())))
    assert account.password not in told
    assert not {other.email, other.account_id, other.operator_id} & told
    assert not {visitor.token, secret} & told


def test_it_rests_encrypted_for_its_owner_alone(api: Api) -> None:
    account = api.sign_up()
    talk(api, account)
    data = export(account)
    folder = api.server.data / "exports" / account.account_id
    [path] = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    rested = path.read_bytes()
    assert len(rested) >= len(data)
    for word in (b"tables/", b"PK\x03\x04", b"manifest", account.email.encode()):
        assert word in data or word == account.email.encode()
        assert word not in rested
    [listed] = json_of(account.http.get("/v1/account/exports"))["items"]
    assert account.http.delete(f"/v1/account/exports/{listed['id']}").status_code == 204
    assert not path.exists()
    assert account.http.get(f"/v1/account/exports/{listed['id']}/file").status_code == 404


def test_it_asks_for_the_password_and_for_an_owner(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    wrong = account.http.post("/v1/account/exports", json={"password": "not the password"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_credentials")
    assert wrong.json()["errors"][0]["field"] == "password"
    assert json_of(account.http.get("/v1/account/exports"))["items"] == []
    with closing(join(api.server, account, "administrator")) as administrator:
        body = {"password": account.password}
        assert administrator.post("/v1/account/exports", json=body).status_code == 403
        assert administrator.get("/v1/account/exports").status_code == 403
    asked = ask(account.http, account.password)
    until_ready(account.http, asked["id"])
    for path in ("", "/file"):
        assert other.http.get(f"/v1/account/exports/{asked['id']}{path}").status_code == 404


def test_an_erased_person_is_in_no_export(api: Api) -> None:
    account = api.sign_up()
    gone, stays = talk(api, account), talk(api, account)
    asked = ask(account.http, account.password)
    until_ready(account.http, asked["id"])
    assert gone.visitor_id in str(tables(fetch(account.http, asked["id"])))
    erasure = json_of(account.http.delete(f"/v1/visitors/{gone.visitor_id}"), 202)["erasure"]
    for _ in range(200):
        if json_of(account.http.get(f"/v1/erasures/{erasure['id']}"))["status"] == "live":
            break
        time.sleep(0.05)
    until_ready(account.http, asked["id"])
    found = tables(fetch(account.http, asked["id"]))
    del found["audit_lines"]
    assert gone.visitor_id not in str(found)
    assert stays.visitor_id in str(found)


@pytest.mark.slow
def test_it_comes_into_an_empty_installation_and_is_the_same(api: Api, tmp_path: Path) -> None:
    account = api.sign_up()
    visitors = [talk(api, account) for _ in range(2)]
    held = files_of(account, visitors)
    assert len(held) == 9
    data = export(account)
    file = tmp_path / "account.zip"
    file.write_bytes(data)
    before = tables(data)
    target = Server(api.server.data.parent / "imported")
    others = run_import(target, file, "--key", "mPr0qzzH_z8U2Wm1ULbk2nUvmQeQJeNMlfO0wO9tQZ8")
    assert others.returncode == 1
    assert "signed with a key that is not known here" in others.stderr
    keys = tmp_path / "keys.json"
    keys.write_text(api.server.http().get("/.well-known/chathaven-keys.json").text)
    said = import_into(target, file, "--key", str(keys))
    assert f"the key {json.loads(keys.read_text())['current']}, which you gave." in said
    [token] = re.findall(r"/join#(\S+)", said)
    with target, target.http() as http:
        body = {"token": token, "name": account.name, "password": "another horse battery"}
        json_of(http.post("/v1/invitations/accept", json=body), 201)
        for visitor in visitors:
            path = f"/v1/chats/{visitor.chat_id}"
            was, came = json_of(account.http.get(path)), json_of(http.get(path))
            was["visitor"]["online"] = came["visitor"]["online"]
            assert came == was
            events = json_of(http.get(f"{path}/events"))["items"]
            assert events == account.events(visitor.chat_id)
        for each, sent in held.items():
            assert http.get(each).content == sent, "byte for byte"
        assert len(json_of(http.get("/v1/visitors?email=vera@visitor.example"))["items"]) == 2
        assert http.get(f"/v1/widget/{account.site_key}").status_code == 200
        sign_in = {"email": account.email, "password": account.password}
        assert http.post("/v1/sessions", json=sign_in).status_code == 401
        asked = ask(http, "another horse battery")
        until_ready(http, asked["id"])
        after = tables(fetch(http, asked["id"]))
        again = run_import(target, file)
        assert again.returncode == 1
        assert "not empty" in again.stderr
    assert before.keys() - after.keys() <= DOORS | {"invitations"}
    for rows in (before["files"], after["files"]):
        for row in rows:
            # Objects are sealed anew, under names of the new store.
            assert re.fullmatch("[0-9a-f]{32}", row.pop("object_name"))
            del row["thumbnail_name"]
    for table in before.keys() - MADE_ANEW - DOORS:
        assert after[table] == before[table], table


def files_of(account: Account, visitors: list[VisitorClient]) -> dict[str, bytes]:
    """Lets everybody send files; returns what is fetched of each, and of small pictures."""
    paths = []
    for number, visitor in enumerate(visitors):
        theirs = f"/v1/chats/{visitor.chat_id}/files"
        for said in (
            send_now(visitor.http, "photo.png", photo(number)),
            send_now(visitor.http, "large.pdf", paper(number, 3_000_000)),
            send_now(account.http, "offer.pdf", paper(number + 7), theirs),
        ):
            paths += [f"{theirs}/{said['id']}"]
            paths += [f"{theirs}/{said['id']}/thumbnail"] if said["thumbnail"] else []
    found = {path: account.http.get(path).content for path in paths}
    empty = send_now(visitors[0].http, "notes.txt", b"hello", "/v1/widget/me/files")
    path = f"/v1/chats/{visitors[0].chat_id}/files/{empty['id']}"
    return found | {path: account.http.get(path).content}


def test_what_is_not_a_whole_export_is_refused(tmp_path: Path, server: Server) -> None:
    empty = Server(server.data.parent / "refusing")
    for name, data in (("cut.zip", b"PK\x03\x04"), ("other.zip", _other())):
        (tmp_path / name).write_bytes(data)
        refused = run_import(empty, tmp_path / name)
        assert refused.returncode == 1
        assert refused.stderr.startswith("chathaven: The file ")


def _other() -> bytes:
    data = io.BytesIO()
    with ZipFile(data, "w") as archive:
        archive.writestr("manifest.json", '{"format": "something-else"}')
    return data.getvalue()


def run_import(target: Server, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(CHATHAVEN), "import", str(file), "--data", str(target.data), *options],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def import_into(target: Server, file: Path, *options: str) -> str:
    done = run_import(target, file, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout
