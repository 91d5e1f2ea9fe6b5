"""The list of erasures, and a person's own look at theirs with what they were given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chathaven.base.settings import Settings
from chathaven.entry.cli.verify import verify
from chathaven.product.legal.examine import examine
from tests.conftest import Api
from tests.driving import Account, all_items, json_of
from tests.interface.team import with_token
from tests.product.privacy.test_certificate import checker
from tests.product.privacy.test_erase import talk, until_live


def ask_oneself(api: Api, account: Account) -> tuple[str, str]:
    """Erases a visitor who asked for it; returns the number and the nonce that they got."""
    asked = json_of(talk(api, account).http.post("/v1/widget/me/erasure"), 202)
    until_live(account, asked["erasure"]["id"])
    return asked["erasure"]["id"], asked["nonce"]


def test_the_newest_first_page_by_page(api: Api) -> None:
    account, other = api.sign_up(), api.sign_up()
    ids = []
    for _ in range(3):
        asked = json_of(account.http.delete(f"/v1/visitors/{talk(api, account).visitor_id}"), 202)
        ids.append(asked["erasure"]["id"])
        until_live(account, ids[-1])
    assert [each["id"] for each in all_items(account.http, "/v1/erasures", limit=2)] == ids[::-1]
    assert json_of(other.http.get("/v1/erasures"))["items"] == []
    for scopes, status in ((["visitors:read"], 403), (["visitors:erase"], 200)):
        with with_token(api.server, account.http, *scopes) as script:
            assert script.get("/v1/erasures").status_code == status
    assert account.http.get("/v1/erasures", params={"after": "x"}).status_code == 422


def test_the_person_fetches_the_certificate_with_what_they_hold(api: Api) -> None:
    account = api.sign_up()
    number, nonce = ask_oneself(api, account)
    with api.server.http() as anybody:
        body = {"erasure_id": number, "nonce": nonce}
        found = json_of(anybody.post("/v1/erasures/look", json=body))
        assert found["status"] == "live"
        assert found["certificate"]["subject"]["holder"]
        wrong = ({"nonce": "00" * 32}, {"nonce": "x"}, {"erasure_id": account.account_id})
        answers = [anybody.post("/v1/erasures/look", json=body | each) for each in wrong]
        assert {(each.status_code, each.text) for each in answers} == {(404, answers[0].text)}


def test_anybody_checks_it_offline_and_the_person_that_it_is_theirs(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = api.sign_up()
    number, nonce = ask_oneself(api, account)
    certificate = until_live(account, number)["certificate"]
    file, keys = tmp_path / "certificate.json", tmp_path / "keys.json"
    file.write_text(json.dumps(certificate))
    keys.write_text(api.server.http().get("/.well-known/chathaven-keys.json").text)
    nowhere = Settings(tmp_path / "none", "http://127.0.0.1:1", tmp_path / "none")
    assert verify(nowhere, file, str(keys)) == 0
    assert "GENUINE" in capsys.readouterr().out
    assert verify(nowhere, file, str(keys), nonce) == 0
    assert "IT IS YOURS" in capsys.readouterr().out
    assert verify(nowhere, file, str(keys), "00" * 32) == 1
    assert "NOT YOURS" in capsys.readouterr().out
    file.write_text(json.dumps(certificate | {"claim": "nothing remains"}))
    assert verify(nowhere, file, str(keys), nonce) == 1
    assert "NOT GENUINE" in capsys.readouterr().out


def test_the_page_checks_and_fetches(api: Api) -> None:
    account = api.sign_up()
    number, nonce = ask_oneself(api, account)
    certificate = until_live(account, number)["certificate"]
    with api.server.http() as anybody:
        sent = {"text": json.dumps(certificate), "nonce": nonce}
        page = anybody.post("/verify", data=sent)
        assert "GENUINE" in page.text
        assert "IT IS YOURS" in page.text
        page = anybody.post("/verify", data={**sent, "nonce": "00" * 32})
        assert "NOT YOURS" in page.text
        page = anybody.post("/verify/erasure", data={"number": number, "nonce": nonce})
        assert "LIVE, first stage" in page.text
        assert certificate["id"] in page.text
        page = anybody.post("/verify/erasure", data={"number": number, "nonce": "00" * 32})
        assert page.status_code == 200
        assert certificate["id"] not in page.text
        assert 'class="card answer bad"' in page.text
    assert examine(json.dumps([certificate]).encode(), checker(api)).genuine
