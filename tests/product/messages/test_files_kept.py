"""What lies in the store of files: it opens whole or not at all, and it goes when its person goes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from chathaven.base.clock import now
from chathaven.engines.files.objects import Away, Objects, new_object_name, person_folder
from chathaven.engines.ground import Ground
from chathaven.product.messages import attach
from chathaven.product.messages.files_sweep import sweep_files
from chathaven.product.privacy import close_account
from tests.product.privacy.erasing import ask, erase_now, shown
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import PASSWORD, Company, Served

LATER = timedelta(hours=2)


@pytest.fixture
async def visitor(served: Served, company: Company) -> Visitor:
    return await come(served, company)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(out, "PNG")
    return out.getvalue()


async def send(
    http: httpx.AsyncClient, name: str, data: bytes, id: str | None = None
) -> httpx.Response:
    body = {"id": id or str(uuid4())}
    return await http.post("/v1/widget/me/files", data=body, files={"file": (name, data)})


async def sent(visitor: Visitor, name: str, data: bytes) -> str:
    """Sends a file; returns the address where its visitor finds it."""
    answer = await send(visitor.http, name, data)
    assert answer.status_code == 201, answer.text
    return f"/v1/widget/me/files/{answer.json()['id']}"


def kept(served: Served) -> list[Path]:
    return sorted(path for path in (served.data / "files").rglob("*") if path.is_file())


def flip(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    "change", [flip, lambda data: data[:-1], lambda data: data + b"\0", lambda _: b""]
)
async def test_what_was_altered_does_not_open(
    served: Served, visitor: Visitor, change: Callable[[bytes], bytes]
) -> None:
    path = await sent(visitor, "a.txt", b"words")
    [place] = kept(served)
    place.write_bytes(change(place.read_bytes()))
    answer = await visitor.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (500, "file_damaged")


async def test_what_is_swapped_does_not_open(served: Served, visitor: Visitor) -> None:
    addresses = [await sent(visitor, name, b"words") for name in ("a.txt", "b.txt")]
    one, other = kept(served)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for path in addresses:
        assert (await visitor.http.get(path)).json()["code"] == "file_damaged"


async def test_what_is_missing_is_not_found(served: Served, visitor: Visitor) -> None:
    path = await sent(visitor, "a.txt", b"words")
    [place] = kept(served)
    place.unlink()
    answer = await visitor.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_killed_between_object_and_row(
    served: Served, ground: Ground, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was acknowledged; what lies there nobody can open, and the sweep takes it."""

    class Killed(BaseException):
        """Stands for the end of the process: nothing is tidied up."""

    async def killed(*_: object) -> None:
        raise Killed

    whole = await sent(visitor, "whole.png", picture())
    before = kept(served)
    id = str(uuid4())
    with monkeypatch.context() as patch:
        patch.setattr(attach, "append", killed)
        patch.setattr(attach.Attacher, "_take_back", killed)
        with pytest.raises(BaseException):  # noqa: B017, PT011 # what a kill comes to, here
            await send(visitor.http, "a.png", picture(), id)
    orphans = set(kept(served)) - set(before)
    assert len(orphans) == 2
    assert await sweep_files(ground.database, ground.objects) == 0
    assert await sweep_files(ground.database, ground.objects, now() + LATER) == 2
    assert kept(served) == before
    assert (await visitor.http.get(whole)).status_code == 200
    # The browser tries again with the same id.
    assert (await send(visitor.http, "a.png", picture(), id)).status_code == 201


async def test_the_sweep_leaves_what_is_out_of_sight(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    path = await sent(visitor, "a.png", picture())
    asked = await company.owner.post(
        f"/v1/visitors/{visitor.id}/restriction", json={"ground": "accuracy"}
    )
    assert asked.status_code in (200, 201)
    await sweep_files(ground.database, ground.objects, now() + LATER)
    assert len(kept(served)) == 2
    assert (await visitor.http.get(path)).status_code == 200


async def test_the_sweep_leaves_what_is_not_ours(served: Served, ground: Ground) -> None:
    for name in ("readme", "other/folder/file", f"{uuid4()}/file"):
        await asyncio.to_thread(ground.objects.put, name, b"somebody else's")
    assert await sweep_files(ground.database, ground.objects, now() + LATER) == 0
    assert len(kept(served)) == 3


async def test_nothing_stays_of_what_was_not_committed(
    served: Served, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(attach, "append", fails)
        assert (await send(visitor.http, "a.png", picture())).status_code == 500
    assert kept(served) == []


async def test_a_store_that_is_away_is_told(
    served: Served, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await sent(visitor, "a.txt", b"words")

    def away(*_: object) -> None:
        raise Away("GenericError")

    async def away_when_read(*_: object) -> AsyncIterator[bytes]:
        for piece in (b"\0\0", None):
            if piece is None:
                raise Away("GenericError")
            yield piece

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "writing", away)
        patch.setattr(Objects, "read", away_when_read)
        for refused in (await send(visitor.http, "a.txt", b"words"), await visitor.http.get(path)):
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            assert refused.headers["retry-after"] == "5"


async def test_erasing_a_person_removes_their_objects(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    other = await come(served, company)
    stays = await sent(other, "b.txt", b"words")
    before = kept(served)
    for name, data in (("a.png", picture()), ("a.txt", b"words")):
        await sent(visitor, name, data)
    # One that never came to a row is about them too.
    folder = person_folder(UUID(company.id), visitor.id)
    await asyncio.to_thread(ground.objects.put, f"{folder}/{new_object_name()}", b"sealed")
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    found = await shown(company, erasure_id)
    assert found["status"] == "live"
    receipts = {each["store"]: each for each in found["receipts"]}
    assert receipts["objects of files"] == {
        "store": "objects of files",
        "found": 4,
        "removed": 4,
        "verified": True,
    }
    assert receipts["files"]["removed"] == 2
    stores = {each["store"] for each in found["certificate"]["stores"]}
    assert {"files", "objects of files"} <= stores
    assert kept(served) == before
    assert (await other.http.get(stays)).status_code == 200


async def test_closing_an_account_removes_its_objects(
    served: Served,
    ground: Ground,
    company: Company,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(close_account, "SETTLE_SECONDS", 0.0)
    another = await served.sign_up()
    others = await come(served, another)
    stays = await sent(others, "b.txt", b"words")
    before = kept(served)
    await sent(visitor, "a.png", picture())
    body = {"confirm": "DELETE", "password": PASSWORD}
    closed = await company.owner.request("DELETE", "/v1/account", json=body)
    erasure_id = UUID(closed.json()["erasure"]["id"])
    await close_account.close_account_job(ground)(account_id=UUID(company.id), id=erasure_id)
    async with ground.database.transaction(UUID(company.id)) as tx:
        erasure = await close_account.read_account_erasure(tx, erasure_id)
    assert erasure is not None
    assert erasure.status == "live"
    receipts = {each["store"]: each for each in erasure.receipts}
    assert receipts["objects of files"]["removed"] == 2
    assert receipts["objects of files"]["verified"]
    assert receipts["files"]["removed"] == 1
    assert kept(served) == before
    assert (await others.http.get(stays)).status_code == 200
