"""Erasing reaches the store of files: what rows name, what never came to a row, and at any moment."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from chathaven.engines.files.kept import KeptFiles
from chathaven.engines.files.objects import Away, Objects, new_object_name, person_folder
from chathaven.engines.ground import Ground
from tests.product.privacy.erasing import ask, erase_now, erased, is_gone, shown
from tests.product.privacy.filed import OWN, form, paper, photo, send
from tests.product.privacy.test_erase_faults import Killed
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import Company, Served


def folder_of(served: Served, company: Company, visitor: Visitor) -> Path:
    return served.data / "files" / person_folder(UUID(company.id), visitor.id)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def some_files(visitor: Visitor) -> None:
    """Sends a picture, which has a small one beside it, and a paper."""
    await send(visitor.http, "photo.png", photo())
    await send(visitor.http, "offer.pdf", paper(1))


async def receipt(company: Company, erasure_id: UUID) -> dict[str, Any]:
    found = await shown(company, erasure_id)
    assert found["status"] == "live"
    assert KeptFiles.name in {each["store"] for each in found["certificate"]["stores"]}
    return next(each for each in found["receipts"] if each["store"] == KeptFiles.name)


async def test_files_and_small_pictures_go_and_others_stay(
    served: Served, company: Company, visitor: Visitor
) -> None:
    other = await come(served, company)
    for each in (visitor, other):
        await some_files(each)
    theirs = names_in(folder_of(served, company, other))
    assert len(names_in(folder_of(served, company, visitor))) == len(theirs) == 3
    erasure_id = await erased(served, company, visitor)
    assert await receipt(company, erasure_id) == {
        "store": "objects of files", "found": 3, "removed": 3, "verified": True
    }  # fmt: skip
    assert not folder_of(served, company, visitor).exists()
    assert sorted(names_in(folder_of(served, company, other))) == sorted(theirs)


async def test_what_never_came_to_a_row_goes_too(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    """An upload whose server was killed: an object without a row, and half of another."""
    await some_files(visitor)
    name = f"{person_folder(UUID(company.id), visitor.id)}/{new_object_name()}"
    ground.objects.put(name, b"sealed, and named by nothing")
    folder = folder_of(served, company, visitor)
    # The store's own name for what is being written.
    (folder / f"{new_object_name()}#1").write_bytes(b"half")
    erasure_id = await erased(served, company, visitor)
    assert (await receipt(company, erasure_id))["removed"] == 4
    assert not folder.exists()


async def test_killed_between_two_objects(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await some_files(visitor)
    folder = folder_of(served, company, visitor)
    erasure_id = await ask(company, visitor)

    def one(self: Objects, _: str) -> int:
        (folder / names_in(folder)[0]).unlink()
        raise Killed

    for left in (2, 1, 0):
        with monkeypatch.context() as patch:
            patch.setattr(Objects, "empty", one)
            with pytest.raises(Killed):
                await erase_now(served, company, erasure_id)
        assert len(names_in(folder)) == left
    await erase_now(served, company, erasure_id)
    assert (await receipt(company, erasure_id))["found"] == 3


async def test_while_they_are_being_sent(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    statuses: list[int] = []
    chat = (await visitor.http.get("/v1/widget/me")).json()["chat"]["id"]

    async def keep_sending(http: httpx.AsyncClient, path: str, name: str, body: bytes) -> None:
        status = 201
        # Its folder goes under an upload's feet: that is answered 503, and sent again as any is.
        while status in (201, 503):
            status = (await http.post(path, **form(name, body))).status_code
            statuses.append(status)

    theirs = f"/v1/chats/{chat}/files"
    senders = asyncio.gather(
        keep_sending(visitor.http, OWN, "large.pdf", paper(1, 700_000)),
        keep_sending(visitor.http, OWN, "photo.png", photo()),
        keep_sending(company.owner, theirs, "offer.pdf", paper(2)),
    )
    while len(statuses) < 6:
        await asyncio.sleep(0)
    erasure_id = await ask(company, visitor)
    # While something is on its way the last look may find it, and then the job runs again.
    for _ in range(20):
        try:
            await erase_now(served, company, erasure_id)
            break
        except Exception:  # noqa: BLE001  as the queue does, whatever it was
            continue
    await asyncio.wait_for(senders, 30)
    assert set(statuses) <= {201, 401, 404, 503}
    assert await is_gone(ground, company, visitor, erasure_id)
    assert not names_in(folder_of(served, company, visitor))


async def test_twice_at_once(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    await some_files(visitor)
    erasure_id = await ask(company, visitor)
    await asyncio.gather(*(erase_now(served, company, erasure_id) for _ in range(4)))
    found = await receipt(company, erasure_id)
    assert (found["found"], found["removed"]) == (3, 3)
    assert await is_gone(ground, company, visitor, erasure_id)


async def test_a_store_that_is_away_is_waited_for(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await some_files(visitor)
    erasure_id = await ask(company, visitor)

    def away(*_: Any) -> int:
        raise Away("TimeoutError")

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "empty", away)
        with pytest.raises(Away):
            await erase_now(served, company, erasure_id)
    assert (await shown(company, erasure_id))["certificate"] is None
    await erase_now(served, company, erasure_id)
    assert (await receipt(company, erasure_id))["removed"] == 3
