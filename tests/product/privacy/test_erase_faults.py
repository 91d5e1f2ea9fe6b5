"""Erasing while something else happens, and with an end in the middle: the same end state.

What a killed process leaves is what it committed: so a step that raises stands for a kill there.
`test_erase_killed.py` kills a real server.
"""

from __future__ import annotations

import asyncio
import inspect
import io
from typing import Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

import httpx
import pytest

from chathaven.base.ids import new_id
from chathaven.engines.database.people import count
from chathaven.engines.ground import Ground
from chathaven.product.privacy import erase, export_account
from chathaven.product.privacy.export_chat import Gone
from chathaven.product.privacy.export_visitor import begin_person, person_file
from chathaven.product.privacy.export_writing import Progress, Writing
from chathaven.product.privacy.model import AccountExport, ExportStatus
from tests.product.privacy.erasing import ask, erase_now, is_gone
from tests.product.privacy.filed import paper, photo, send
from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import PASSWORD, Company, Served


class Killed(Exception):
    """Stands for the end of the process."""


# A visitor


STEPS = (
    "find_outside",
    "key_to_go",
    "remove_inside",
    "remove_outside",
    "look_again",
    "live_certificate",
    "record",
)


async def test_a_kill_in_the_middle(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await ground.post.send("vera@visitor.example", "Your copy", "Hello", about=visitor.id)
    await send(visitor.http, "photo.png", photo())
    erasure_id = await ask(company, visitor)
    for step in STEPS:
        done = getattr(erase, step)

        def after_it(*given: Any, done: Any = done) -> Any:
            """The end comes when the step is done and nothing of it is committed."""
            result = done(*given)
            if not inspect.isawaitable(result):
                raise Killed

            async def kill() -> None:
                await result
                raise Killed

            return kill()

        with monkeypatch.context() as patch:
            patch.setattr(erase, step, after_it)
            with pytest.raises(Killed):
                await erase_now(served, company, erasure_id)
        assert not await is_gone(ground, company, visitor, erasure_id), step
        async with ground.database.transaction(UUID(company.id)) as tx:
            left = await count(tx, visitor.id)
        assert left == {} or left["events"] == 4, f"half of it went at {step}"
    await erase_now(served, company, erasure_id)
    assert await is_gone(ground, company, visitor, erasure_id)
    shown = (await company.owner.get(f"/v1/erasures/{erasure_id}")).json()
    receipts = {each["store"]: each for each in shown["receipts"]}
    assert all(each["verified"] for each in receipts.values())
    expected = (("events", 4), ("person_keys", 1), ("letters", 1), ("objects of files", 2))
    for store, found in expected:
        assert (receipts[store]["found"], receipts[store]["removed"]) == (found, found), store
    assert shown["certificate"]["key"] is not None
    # Noted before the rows went, and noted again by each run that was killed later.
    assert ground.ledger.head().number > 1


async def test_the_ledger_that_cannot_be_written_stops_it(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whoever is erased and not noted could come back with a backup."""

    def full(*_: Any) -> None:
        raise OSError("no space left on device")

    erasure_id = await ask(company, visitor)
    with monkeypatch.context() as patch:
        patch.setattr(ground.ledger, "note", full)
        with pytest.raises(OSError, match="no space"):
            await erase_now(served, company, erasure_id)
    async with ground.database.transaction(UUID(company.id)) as tx:
        assert (await count(tx, visitor.id))["events"] == 3
    await erase_now(served, company, erasure_id)
    assert await is_gone(ground, company, visitor, erasure_id)


async def test_twice_at_once(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    second = await served.sign_in(company.email)
    path = f"/v1/visitors/{visitor.id}"
    own = visitor.http.post("/v1/widget/me/erasure")
    answers = await asyncio.gather(company.owner.delete(path), second.delete(path), own)
    # Whoever comes when it is done finds nobody, and the visitor's token ends with the first.
    asked = {each.json()["erasure"]["id"] for each in answers if each.status_code == 202}
    assert {each.status_code for each in answers} <= {202, 401, 404}
    [erasure_id] = map(UUID, asked)
    await asyncio.gather(*(erase_now(served, company, erasure_id) for _ in range(3)))
    assert await is_gone(ground, company, visitor, erasure_id)


async def test_while_the_visitor_writes(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    statuses: list[int] = []

    async def write(http: httpx.AsyncClient, path: str) -> None:
        status = 201
        while status == 201:
            body = {"id": str(new_id()), "text": "still here"}
            status = (await http.post(path, json=body)).status_code
            statuses.append(status)

    chat = (await visitor.http.get("/v1/widget/me")).json()["chat"]["id"]
    writers = asyncio.gather(
        write(visitor.http, "/v1/widget/me/messages"),
        write(company.owner, f"/v1/chats/{chat}/messages"),
    )
    while len(statuses) < 10:
        await asyncio.sleep(0)
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    await asyncio.wait_for(writers, 20)
    assert set(statuses) <= {201, 401, 404}
    assert await is_gone(ground, company, visitor, erasure_id)


async def test_while_it_is_exported(
    served: Served, ground: Ground, company: Company, visitor: Visitor
) -> None:
    """The export ends unfinished, which every reader of ZIPs sees; nothing of it is kept."""
    async with ground.database.transaction(UUID(company.id)) as tx:
        person = await begin_person(tx, ground, visitor.id)
    pieces = person_file(ground, served.process.live, person)
    got = [await anext(pieces)]
    erasure_id = await ask(company, visitor)
    await erase_now(served, company, erasure_id)
    with pytest.raises(Gone):
        got.extend([each async for each in pieces])
    with pytest.raises(BadZipFile):
        ZipFile(io.BytesIO(b"".join(got)))
    assert await is_gone(ground, company, visitor, erasure_id)


# An account's export


async def asked_for_export(company: Company) -> UUID:
    answer = await company.owner.post("/v1/account/exports", json={"password": PASSWORD})
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["id"])


async def step(ground: Ground, company: Company, export_id: UUID) -> AccountExport:
    """Runs the job once; returns how the export stands then."""
    await export_account.export_account_job(ground)(account_id=UUID(company.id), id=export_id)
    async with ground.database.transaction(UUID(company.id)) as tx:
        return await export_account.read_export(tx, export_id)


async def to_the_end(ground: Ground, company: Company, export_id: UUID) -> dict[str, bytes]:
    for _ in range(200):
        export = await step(ground, company, export_id)
        if export.status == ExportStatus.READY:
            break
    answer = await company.owner.get(f"/v1/account/exports/{export_id}/file")
    assert answer.status_code == 200
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_an_export_goes_on_where_it_was_killed(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sent = [
        await send(visitor.http, "photo.png", photo()),
        *[await send(visitor.http, f"{n}.pdf", paper(n, 200_000)) for n in range(3)],
    ]
    whole = await to_the_end(ground, company, await asked_for_export(company))
    held = {name.partition(".")[0][-36:] for name in whole if name.startswith("files/")}
    assert held == {each["id"] for each in sent}
    # One table or file a step, and every second step is killed after it wrote to the file.
    monkeypatch.setattr(export_account, "SLICE_SECONDS", 0.0)
    export_id = await asked_for_export(company)
    keep = Writing.keep

    async def keep_and_die(writing: Writing) -> Progress:
        await keep(writing)
        raise Killed

    seen = -1
    while (export := await step(ground, company, export_id)).status == ExportStatus.RUNNING:
        assert export.done >= seen, "it began anew"
        seen = export.done
        with monkeypatch.context() as patch:
            patch.setattr(Writing, "keep", keep_and_die)
            try:
                await step(ground, company, export_id)
            except Killed:
                continue
    again = await to_the_end(ground, company, export_id)
    # The exports themselves left lines in the log, and the manifest tells its time.
    moving = {"manifest.json", *(name for name in again if "tables/audit_" in name)}
    # Of files it is one part a step: together they hold the same rows.
    moving |= parts_of_files(whole) | parts_of_files(again)
    assert again.keys() - moving == whole.keys() - moving
    assert {name for name in again.keys() - moving if again[name] != whole[name]} == set()
    assert rows_of_files(again) == rows_of_files(whole)
    assert len(parts_of_files(again)) == len(sent)


def parts_of_files(export: dict[str, bytes]) -> set[str]:
    return {name for name in export if name.startswith("tables/files/")}


def rows_of_files(export: dict[str, bytes]) -> list[bytes]:
    return [row for name in sorted(parts_of_files(export)) for row in export[name].splitlines()]


async def test_a_person_erased_meanwhile_is_not_in_it(
    served: Served, ground: Ground, company: Company, visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    stays = await come(served, company)
    await stays.say("I stay")
    monkeypatch.setattr(export_account, "SLICE_SECONDS", 0.0)
    export_id = await asked_for_export(company)
    while (export := await step(ground, company, export_id)).status == ExportStatus.RUNNING:
        if export.progress and "events" in export.progress["through"]:
            break
    await erase_now(served, company, await ask(company, visitor))
    files = await to_the_end(ground, company, export_id)
    told = b"".join(data for name, data in files.items() if "audit_lines" not in name)
    assert str(visitor.id).encode() not in told
    assert b"message 1" not in told
    assert b"I stay" in told


async def test_one_export_at_a_time(company: Company) -> None:
    first = await asked_for_export(company)
    again = await company.owner.post("/v1/account/exports", json={"password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (409, "export_running")
    assert again.json()["id"] == str(first)


async def test_when_its_time_is_over_it_is_gone(
    ground: Ground, company: Company, served: Served
) -> None:
    export_id = await asked_for_export(company)
    await to_the_end(ground, company, export_id)
    [path] = (served.data / "exports" / company.id).iterdir()
    await export_account.expire_export_job(ground)(account_id=UUID(company.id), id=export_id)
    assert not path.exists()
    answer = await company.owner.get(f"/v1/account/exports/{export_id}")
    assert answer.status_code == 404
