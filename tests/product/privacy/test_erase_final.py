"""The second certificate: made when no root is left that could open a copy, and not before."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.ground import Ground
from chathaven.engines.ledger_days import Days
from chathaven.engines.vault.proof import document_hash
from chathaven.engines.vault.signing import NotGenuine
from chathaven.engines.vault.tick import shred_tick
from chathaven.product.legal.examine import examine
from chathaven.product.legal.examine_erasure import NotJudged, examine_erasure
from chathaven.product.privacy import close_account
from chathaven.product.privacy.finish_erasure import finish_erasures
from tests.product.privacy.erasing import erased, shown
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import PASSWORD, Company, Served


async def tick(ground: Ground, grace: int = 0) -> None:
    await shred_tick(ground.database, ground.vault, grace=grace)


async def test_final_when_its_root_is_destroyed(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
) -> None:
    before, after = visitor, await come(served, company)
    first = await erased(served, company, before)
    assert (await shown(company, first))["status"] == "live"
    assert await finish_erasures(ground) == 0
    await tick(ground, grace=2)
    assert (await shown(company, first))["status"] == "live", "its root is still there"
    second = await erased(served, company, after)
    await tick(ground, grace=0)
    for erasure_id in (first, second):
        found = await shown(company, erasure_id)
        assert found["status"] == "final"
        live, final = found["certificate"], found["final_certificate"]
        assert final["live_sha256"] == document_hash(live)
        assert final["subject"] == live["subject"]
        assert final["roots"]["all_destroyed_up_to"] == live["root_epoch"]
        assert final["backup_horizon"]["days"] == Settings.backup_days == 35
        assert final["retained"] == live["retained"]
        assert final["recipients"] == []
        assert "cannot be decrypted" in final["claim"]
        assert "keyring" in final["not_covered"]
        checker = ground.signing.checker
        assert checker.check(final)
        lines = examine_erasure([live, final], checker).lines
        assert any("FINAL" in line for line in lines)
        told = json.dumps(found)
        assert str(before.id) not in told
        assert str(after.id) not in told
    assert await finish_erasures(ground) == 0, "once is enough"


async def test_an_account_is_final_too_when_it_is_gone(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(close_account, "SETTLE_SECONDS", 0.0)
    await ground.post.send("vera@visitor.example", "Your copy", "Hello", about=visitor.id)
    body = {"confirm": "DELETE", "password": PASSWORD}
    closed = (await company.owner.request("DELETE", "/v1/account", json=body)).json()
    erasure_id = UUID(closed["erasure"]["id"])
    await close_account.close_account_job(ground)(account_id=UUID(company.id), id=erasure_id)
    async with served.client() as anybody:
        first = (await anybody.get(f"/v1/certificates/{erasure_id}")).json()["certificate"]
        assert Days(ground.ledger.body()).waits(document_hash(first)), "noted when it is signed"
        await tick(ground)
        found = (await anybody.get(f"/v1/certificates/{erasure_id}")).json()
    assert found["status"] == "final"
    stores = {each["store"]: each for each in found["receipts"]}
    assert stores["letters"]["removed"] == 1
    assert not list((served.data / "outbox").iterdir())
    both = [found["certificate"], found["final_certificate"]]
    examined = examine_erasure(both, ground.signing.checker, closed["nonce"])
    assert examined.yours is True
    assert examine_erasure(both, ground.signing.checker, "00" * 32).yours is False


async def chain(
    served: Served,
    ground: Ground,
    company: Company,
) -> list[dict[str, Any]]:
    """Three erasures, then their second stages, in the order in which they were signed."""
    found = []
    for _ in range(3):
        erasure_id = await erased(served, company, await come(served, company))
        found.append(await shown(company, erasure_id))
    await tick(ground)
    finals = [(await shown(company, UUID(each["id"])))["final_certificate"] for each in found]
    lives = [each["certificate"] for each in found]
    return lives + sorted(finals, key=lambda each: str(each["issued_at"]))


async def test_certificates_follow_one_another_through_both_stages(
    served: Served,
    ground: Ground,
    company: Company,
) -> None:
    certificates = await chain(served, ground, company)
    previous = "0" * 64
    for each in certificates:
        assert each["previous_sha256"] == previous
        previous = document_hash(each)
    assert examine_erasure(certificates, ground.signing.checker).yours is None


def every_bit(certificate: dict[str, Any]) -> list[bytes]:
    text = json.dumps(certificate, separators=(",", ":")).encode()
    return [
        text[:place] + bytes([text[place] ^ 1 << bit]) + text[place + 1 :]
        for place in range(len(text))
        for bit in range(8)
    ]


async def test_every_flipped_bit_is_caught(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
) -> None:
    erasure_id = await erased(served, company, visitor)
    await tick(ground)
    found = await shown(company, erasure_id)
    checker = ground.signing.checker
    tried = 0
    for certificate in (found["certificate"], found["final_certificate"]):
        assert examine(json.dumps(certificate).encode(), checker).genuine
        for flipped in every_bit(certificate):
            assert not examine(flipped, checker).genuine, flipped
            tried += 1
    assert tried > 20_000


async def test_what_is_left_out_is_caught_even_when_it_is_signed(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
) -> None:
    """A program that forgot a store signs what it says; the data map's hash tells on it."""
    certificate = (await shown(company, await erased(served, company, visitor)))["certificate"]
    checker, sign = ground.signing.checker, ground.signing.sign
    plain = {name: value for name, value in certificate.items() if name != "signature"}
    assert examine_erasure(sign(plain), checker)
    stores = plain["stores"]
    for missing in range(len(stores)):
        forged = sign({**plain, "stores": stores[:missing] + stores[missing + 1 :]})
        with pytest.raises(NotGenuine, match="every store"):
            examine_erasure(forged, checker)
    for left, removed in ((1, 1), (1, 2), (0, 1)):
        kept = {**stores[0], "found": 2, "removed": removed, "left": left}
        with pytest.raises(NotGenuine, match="left in a store"):
            examine_erasure(sign({**plain, "stores": [kept, *stores[1:]]}), checker)


async def test_a_forged_order_is_caught(
    served: Served,
    ground: Ground,
    company: Company,
) -> None:
    certificates = await chain(served, ground, company)
    checker, sign = ground.signing.checker, ground.signing.sign
    first, second, third, *finals = certificates
    for forged in (
        [second, first, third],
        [first, third, second],
        [*finals, first],
        certificates[::-1],
    ):
        with pytest.raises(NotGenuine, match="order"):
            examine_erasure(forged, checker)
    # Signed, and in the place of another.
    plain = {name: value for name, value in third.items() if name != "signature"}
    twin = sign({**plain, "previous_sha256": second["previous_sha256"]})
    with pytest.raises(NotGenuine, match="follow the same"):
        examine_erasure([first, second, twin], checker)
    # The second stage of one erasure beside another first stage of the same.
    final = next(each for each in finals if each["erasure_id"] == third["erasure_id"])
    other = sign({**plain, "ground": "retention"})
    with pytest.raises(NotGenuine, match="another first certificate"):
        examine_erasure([other, final], checker)
    # Signed, and no certificate.
    with pytest.raises(NotJudged, match="no certificate"):
        examine_erasure(sign({"format": "chathaven-erasure-certificate-1"}), checker)
