"""Certificates stand under the root of their day, in the ledger and in the anchors of audit logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.ground import Ground
from chathaven.engines.ledger import Ledger, read
from chathaven.engines.ledger_days import Days
from chathaven.engines.vault.proof import document_hash
from chathaven.engines.vault.signing import NotGenuine
from chathaven.entry.cli.verify import Kept, verify
from chathaven.product.audit.anchors import Anchors, Kind
from chathaven.product.audit.cut import anchor_head
from chathaven.product.legal.examine_erasure import examine_erasure
from tests.product.privacy.erasing import erased, shown
from tests.product.privacy.test_erase_final import tick
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import Company, Served


async def both_stages(
    served: Served, ground: Ground, company: Company, count: int = 1
) -> list[dict[str, Any]]:
    """Erases people up to the second stage; returns each pair, the first stages first."""
    ids = [await erased(served, company, await come(served, company)) for _ in range(count)]
    noted = Days(ground.ledger.body())
    for each in ids:
        live = (await shown(company, each))["certificate"]
        assert noted.waits(document_hash(live)), "it is noted when it is signed, and not later"
    await tick(ground)
    found = [await shown(company, each) for each in ids]
    return [each[name] for name in ("certificate", "final_certificate") for each in found]


def unsigned(certificate: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in certificate.items() if name != "signature"}


async def test_the_second_certificate_shows_the_first_under_the_root_of_its_day(
    served: Served, ground: Ground, company: Company
) -> None:
    lives = (certificates := await both_stages(served, ground, company, 3))[:3]
    days = Days(ground.ledger.body())
    for live, final in zip(lives, certificates[3:], strict=True):
        place = days.place(document_hash(live))
        assert place is not None
        day = final["root_of_day"]
        assert (day["line"], day["root"]) == (place.line, place.root)
        assert (day["index"], day["size"], day["path"]) == (place.index, place.size, place.path)
        assert days.roots[day["line"]].mark == day["root"]
        own = days.place(document_hash(final))
        assert own is None or own.line > day["line"], "its own root comes after the one it shows"
        lines = examine_erasure([final], ground.signing.checker).lines
        assert any(f"their root, in line {day['line']} of the ledger" in each for each in lines)
    await tick(ground)
    days = Days(ground.ledger.body())
    assert all(days.place(document_hash(each)) for each in certificates)
    assert read(ground.ledger.body(), ground.ledger.path).faults == []


async def test_a_path_that_leads_elsewhere_is_caught_even_when_it_is_signed(
    served: Served, ground: Ground, company: Company
) -> None:
    *_, final = await both_stages(served, ground, company, 3)
    checker, sign = ground.signing.checker, ground.signing.sign
    day = final["root_of_day"]
    assert examine_erasure([sign(unsigned(final))], checker)
    for changed in (
        {"root": "00" * 32},
        {"index": day["index"] - 1},
        {"size": day["size"] + 64},
        {"path": day["path"][:-1]},
        {"path": ["00" * 32, *day["path"][1:]]},
    ):
        forged = sign({**unsigned(final), "root_of_day": {**day, **changed}})
        with pytest.raises(NotGenuine, match="root of its day"):
            examine_erasure([forged], checker)
    other = sign({**unsigned(final), "live_sha256": "00" * 32})
    with pytest.raises(NotGenuine, match="root of its day"):
        examine_erasure([other], checker)


async def test_one_of_before_there_were_roots_gets_its_place_with_the_second_stage(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    erasure_id = await erased(served, company, visitor)
    ground.ledger.path.unlink()
    await tick(ground)
    found = await shown(company, erasure_id)
    assert found["status"] == "final"
    place = Days(ground.ledger.body()).place(document_hash(found["certificate"]))
    assert place is not None
    assert place.root == found["final_certificate"]["root_of_day"]["root"]


async def test_an_anchor_names_the_newest_root(
    served: Served, ground: Ground, company: Company
) -> None:
    anchors = Anchors(served.data, ground.signing)
    account = UUID(company.id)
    assert (await anchor_head(ground.database, anchors, account))["ledger"] is None
    await both_stages(served, ground, company)
    document = await anchor_head(ground.database, anchors, account)
    root = ground.ledger.last_root()
    assert root is not None
    assert document["ledger"] == {"line": root.number, "hash": root.hash, "root": root.mark}
    assert None not in anchors.read(account)


class Verified:
    """`chathaven verify` on the certificates of one person, with or without an installation."""

    def __init__(self, served: Served, tmp: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.here = Settings(served.data, "http://127.0.0.1:1", served.data / "none")
        self.elsewhere = Settings(tmp / "none", "http://127.0.0.1:1", tmp / "none")
        self.file = tmp / "certificates.json"
        self.keys = tmp / "keys.json"
        self._capsys = capsys

    def run(self, here: bool = True, **kept: Path) -> tuple[int, str]:
        settings, key = (self.here, None) if here else (self.elsewhere, str(self.keys))
        status = verify(settings, self.file, key, None, Kept(**kept))
        return status, self._capsys.readouterr().out


@pytest.fixture
def verified(served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verified:
    (tmp_path / "copies").mkdir()
    return Verified(served, tmp_path / "copies", capsys)


async def test_verify_asks_the_ledger_and_its_anchors(
    served: Served, ground: Ground, company: Company, verified: Verified
) -> None:
    certificates = await both_stages(served, ground, company)
    verified.file.write_text(json.dumps(certificates))
    status, said = verified.run()
    assert status == 0
    assert "The live certificate" in said
    assert "is number 1 of" in said
    assert "is noted in" in said, "the second one's day has no root yet"
    await tick(ground)
    anchors = Anchors(served.data, ground.signing)
    await anchor_head(ground.database, anchors, UUID(company.id))
    status, said = verified.run()
    assert (status, said.count("under the root")) == (0, 2)
    assert "1 signed anchors name roots of the ledger, and it has each of them." in said
    # The same with copies alone, elsewhere.
    async with served.client() as anybody:
        verified.keys.write_text((await anybody.get("/.well-known/chathaven-keys.json")).text)
    ledger, anchored = verified.file.with_name("ledger"), verified.file.with_name("anchors")
    ledger.write_bytes(ground.ledger.body())
    anchored.write_bytes(anchors.documents(UUID(company.id)))
    assert "ledger is whole" not in verified.run(here=False)[1]
    status, said = verified.run(here=False, ledger=ledger, anchors=anchored)
    assert status == 0
    assert "it has each of them" in said
    # What does not bear it out.
    strange = Ledger(verified.file.with_name("strange"))
    strange.note_certificate(uuid4(), document_hash(certificates[0]))
    strange.close_day()
    for body, kept, why in (
        (ledger.read_bytes()[:-5] + b"x" + ledger.read_bytes()[-4:], {}, "changed"),
        (b"{}\n", {}, "not a ledger"),
        (strange.body(), {}, "does not have it there"),
        (ledger.read_bytes(), {"anchors": _changed(anchored)}, "Anchor 1 is not genuine"),
    ):
        ledger.with_name("other").write_bytes(body)
        status, said = verified.run(here=False, ledger=ledger.with_name("other"), **kept)
        assert (status, "THE LEDGER DOES NOT BEAR IT OUT" in said, why in said) == (1, True, True)


def _changed(anchors: Path) -> Path:
    other = anchors.with_name("changed")
    other.write_text(anchors.read_text().replace('"kind":"head"', '"kind":"start"'))
    assert other.read_text() != anchors.read_text()
    return other


async def test_a_ledger_that_was_begun_anew_is_not_the_one_that_was_anchored(
    served: Served, ground: Ground, company: Company, verified: Verified
) -> None:
    live, _ = await both_stages(served, ground, company)
    anchors = Anchors(served.data, ground.signing)
    await anchor_head(ground.database, anchors, UUID(company.id))
    verified.file.write_text(json.dumps(live))
    assert verified.run()[0] == 0
    ground.ledger.path.unlink()
    ground.ledger.note_certificate(UUID(live["erasure_id"]), document_hash(live))
    ground.ledger.close_day()
    status, said = verified.run()
    assert status == 1
    assert "missing or was written anew" in said
    # A restore without its ledger says so itself, signed.
    await anchor_head(ground.database, anchors, UUID(company.id), Kind.RESTORED)
    assert verified.run()[0] == 0
