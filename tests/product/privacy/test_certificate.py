"""The certificate of an erasure: signed, complete, and without a word about whom."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest

from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.signing import Checker, NotGenuine
from tests.conftest import Api
from tests.driving import json_of
from tests.product.privacy.test_erase import talk, until_live


def checker(api: Api) -> Checker:
    return Checker.of(api.server.http().get("/.well-known/chathaven-keys.json").text)


def test_it_can_be_checked_by_anybody_and_names_nobody(api: Api) -> None:
    account = api.sign_up()
    visitor = talk(api, account)
    asked = json_of(visitor.http.post("/v1/widget/me/erasure"), 202)
    certificate = until_live(account, asked["erasure"]["id"])["certificate"]
    assert checker(api).check(certificate) == certificate["signature"]["key_id"]
    assert visitor.visitor_id not in json.dumps(certificate)
    # Only the person has the nonce, and with it can show that the certificate is theirs.
    mine = hashlib.sha256(bytes.fromhex(asked["nonce"]) + UUID(visitor.visitor_id).bytes)
    holder = hashlib.sha256(b"chathaven-holder-1\0" + bytes.fromhex(asked["nonce"]))
    assert certificate["subject"] == {
        "kind": "visitor",
        "commitment": mine.hexdigest(),
        "holder": holder.hexdigest(),
    }
    stores = {each["store"]: each for each in certificate["stores"]}
    assert (stores["events"]["found"], stores["events"]["left"]) == (3, 0)
    assert stores["person_keys"]["removed"] == 1
    assert certificate["key"] == {"version": 1, "account_key_version": 1, "root_epoch": 1}
    assert certificate["claim"].startswith("deleted from the live systems")
    assert "backups" in certificate["not_covered"]
    assert certificate["recipients"] == []
    [kept] = certificate["retained"]
    assert kept["store"] == "audit_lines"
    assert certificate["requested_at"] <= certificate["started_at"] <= certificate["finished_at"]


def test_whatever_is_changed_in_it_is_seen(api: Api) -> None:
    account = api.sign_up()
    asked = json_of(account.http.delete(f"/v1/visitors/{talk(api, account).visitor_id}"), 202)
    certificate = until_live(account, asked["erasure"]["id"])["certificate"]
    check = checker(api).check
    check(certificate)

    def changes() -> list[dict[str, Any]]:
        fewer = {**certificate, "stores": certificate["stores"][1:]}
        turned = {**certificate, "stores": certificate["stores"][::-1]}
        later = {**certificate, "finished_at": "2030-01-01T00:00:00.000Z"}
        return [fewer, turned, later, *({**certificate, name: "x"} for name in certificate)]

    for changed in changes():
        with pytest.raises(NotGenuine):
            check(changed)


def test_certificates_of_an_account_are_a_chain(api: Api) -> None:
    account = api.sign_up()
    found = []
    for _ in range(2):
        asked = json_of(account.http.delete(f"/v1/visitors/{talk(api, account).visitor_id}"), 202)
        found.append(until_live(account, asked["erasure"]["id"])["certificate"])
    assert found[0]["previous_sha256"] == "0" * 64
    assert found[1]["previous_sha256"] == hashlib.sha256(canonical(found[0])).hexdigest()
