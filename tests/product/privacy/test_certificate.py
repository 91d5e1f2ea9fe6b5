"""The certificate of an erasure: signed, complete, and without a word about whom."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chathaven.base.clock import now
from chathaven.engines.database.people import Removed
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.proof import data_map_hash, holder_of
from chathaven.engines.vault.signing import Checker, NotGenuine, Signing
from chathaven.product.legal.examine_erasure import examine_erasure
from chathaven.product.privacy.certificate import Done, live_certificate
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


def done_in(*stores: str) -> Done:
    """An erasure with a receipt for each of these places."""
    receipts = [Removed(name, found, found, True) for found, name in enumerate(stores)]
    return Done(
        erasure_id=uuid4(),
        account_id=uuid4(),
        subject="visitor",
        ground="art-17",
        commitment="00" * 32,
        requested_at=now(),
        started_at=now(),
        finished_at=now(),
        key=None,
        stores=receipts,
    )


def test_every_place_is_named_once_before_it_is_signed(tmp_path: Path) -> None:
    signing = Signing.open(tmp_path / "signing.json")
    methods = {"events": "deleted", "letters": "deleted"}
    signed = live_certificate(signing, done_in("events", "letters"), methods)
    assert [each["store"] for each in signed["stores"]] == ["events", "letters"]
    for stores in (
        ("events",),
        ("events", "letters", "events"),
        ("events", "events"),
        ("events", "letters", "jobs"),
    ):
        with pytest.raises(ValueError, match="every place"):
            live_certificate(signing, done_in(*stores), methods)
    left = done_in("events", "letters")
    left.stores[1] = Removed("letters", 2, 2, False)
    with pytest.raises(ValueError, match="verified"):
        live_certificate(signing, left, methods)


def test_a_place_that_stands_twice_in_a_certificate_is_caught(tmp_path: Path) -> None:
    """The second could hide what was left: the data map's hash knows each name once."""
    signing = Signing.open(tmp_path / "signing.json")
    methods = {"events": "deleted", "letters": "deleted"}
    whole = live_certificate(signing, done_in("events", "letters"), methods)
    plain = {name: value for name, value in whole.items() if name != "signature"}
    stores = [*plain["stores"], plain["stores"][0]]
    # As one who forges would: with the hash over the longer list.
    names = [each["store"] for each in stores]
    forged = {"stores": stores, "data_map_sha256": data_map_hash(plain["columns_sha256"], names)}
    assert examine_erasure(signing.sign(plain), signing.checker)
    with pytest.raises(NotGenuine, match="every store"):
        examine_erasure(signing.sign({**plain, **forged}), signing.checker)


def test_every_certificate_of_a_list_has_to_be_the_askers(tmp_path: Path) -> None:
    signing = Signing.open(tmp_path / "signing.json")
    nonces = [b"one" * 11, b"two" * 11]
    found = []
    for nonce in nonces:
        done = done_in("events")
        done.holder = holder_of(nonce)
        found.append(live_certificate(signing, done, {"events": "deleted"}))
    for mine, theirs in ((0, 1), (1, 0)):
        key = nonces[mine].hex()
        assert examine_erasure([found[mine]], signing.checker, key).yours is True
        assert examine_erasure([found[mine]], signing.checker, key.upper()).yours is True
        assert examine_erasure([found[theirs]], signing.checker, key).yours is False
    for nonce in nonces:
        assert examine_erasure(found, signing.checker, nonce.hex()).yours is False
