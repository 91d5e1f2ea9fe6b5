"""Files of exports that a crash left behind are found, and go."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from chathaven.base.ids import new_id
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.ground import Ground
from chathaven.product.privacy.export_account import drop_export
from chathaven.product.privacy.exports_left import gone_after, sweep_exports
from chathaven.product.privacy.model import AccountExport, ExportStatus
from tests.product.privacy.erasing import ask, erase_now
from tests.product.privacy.test_erase_faults import to_the_end
from tests.product.privacy.test_erase_places import receipts
from tests.product.privacy.test_export_visitor import Visitor
from tests.product.served import PASSWORD, Company, Served


async def exported(ground: Ground, company: Company) -> tuple[UUID, Path]:
    """Makes an export; returns its id and its file."""
    answer = await company.owner.post("/v1/account/exports", json={"password": PASSWORD})
    export_id = UUID(answer.json()["id"])
    await to_the_end(ground, company, export_id)
    return export_id, ground.settings.data / "exports" / company.id / f"{export_id}.sealed"


async def test_one_whose_export_is_no_more_is_swept(
    ground: Ground, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone_id, gone = await exported(ground, company)
    with monkeypatch.context() as killed:
        # Between the commit and what follows it.
        killed.setattr(Transaction, "committed", lambda _: None)
        async with ground.database.transaction(UUID(company.id)) as tx:
            await drop_export(tx, ground, gone_id)
    _, kept = await exported(ground, company)
    assert gone.exists()
    assert await sweep_exports(ground) == 1
    assert not gone.exists()
    assert kept.exists()
    (kept.parent.parent / "notes").mkdir()
    assert await sweep_exports(ground) == 0


async def test_an_erasure_finds_what_was_left(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    """And can be proven, which it could not while the file lay there."""
    export_id, waits = await exported(ground, company)
    async with ground.database.transaction(UUID(company.id)) as tx:
        # As it was begun anew by one who was killed before the file went.
        anew = {"status": ExportStatus.QUEUED, "file_key": None, "progress": None}
        await tx.run(update(AccountExport).where(AccountExport.id == export_id).values(anew))
    stray = waits.with_name(f"{new_id()}.sealed")
    stray.write_bytes(b"of an export that is no more")
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    assert [waits.exists(), stray.exists()] == [False, False]
    found = (await receipts(company, erasure_id))["files of exports"]
    assert (found["found"], found["removed"], found["verified"]) == (2, 2, True)


async def test_one_that_was_begun_meanwhile_stays(
    ground: Ground, company: Company, tmp_path: Path
) -> None:
    """Another process may take the job up as soon as it is committed."""
    old, other = tmp_path / "old", tmp_path / "other"
    for path in (old, other):
        path.write_bytes(b"of before")
    async with ground.database.transaction(UUID(company.id)) as tx:
        for path in (old, other, tmp_path / "nothing"):
            gone_after(tx, path)

        def begin() -> None:
            other.unlink()
            other.write_bytes(b"the next one")

        tx._after_commit.insert(0, begin)
        assert old.exists()
    assert not old.exists()
    assert other.read_bytes() == b"the next one"
