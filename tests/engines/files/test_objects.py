"""The store of files: whole objects or none, found by whose they are."""

from __future__ import annotations

import asyncio
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.base.settings import SettingError, Settings
from chathaven.engines.files import objects as module
from chathaven.engines.files.objects import (
    Away,
    Missing,
    Objects,
    folder_of,
    new_object_name,
    person_folder,
)


def settings(folder: Path, files_url: str | None = None) -> Settings:
    return Settings(folder, "http://127.0.0.1:1", folder / "keyring.json", files_url=files_url)


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects.open(settings(tmp_path))


async def write(objects: Objects, name: str, data: bytes) -> None:
    async with objects.writing(name) as put:
        await put(data)


async def read(objects: Objects, name: str) -> bytes:
    return b"".join([piece async for piece in objects.read(name)])


async def test_what_was_written_is_read_and_removed(objects: Objects, tmp_path: Path) -> None:
    name = f"{person_folder(new_id(), new_id())}/{new_object_name()}"
    data = os.urandom(700_000)
    await write(objects, name, data)
    assert await read(objects, name) == data
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700
    await objects.remove([name, name])
    with pytest.raises(Missing):
        await read(objects, name)


async def test_what_was_written_outlives_a_loss_of_power_with_every_new_folder(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[Path] = []
    monkeypatch.setattr(module, "sync", on_disk.append)
    await write(objects, "a/b/c", b"x")
    root = tmp_path / "files"
    assert on_disk == [root / "a" / "b" / "c", root / "a" / "b", root / "a", root]
    await asyncio.to_thread(objects.put, "a/d", b"x")
    assert on_disk[4:] == [root / "a" / "d", root / "a", root]


async def test_what_goes_under_the_feet_of_who_writes_was_not_taken(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Erasing removes a person's folder: before the last byte, and between that and the disk.
    async def cut_off() -> None:
        async with objects.writing("a/b/c") as put:
            await put(b"x" * 700_000)
            objects.empty("a")

    with pytest.raises(Away):
        await cut_off()

    def go(_: Path) -> None:
        objects.empty("a")
        raise FileNotFoundError

    monkeypatch.setattr(module, "sync", go)
    with pytest.raises(Away):
        await write(objects, "a/b/c", b"x")
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_nothing_is_there_when_writing_ends_early(objects: Objects, tmp_path: Path) -> None:
    async def cut_off() -> None:
        async with objects.writing("a/b/c") as put:
            await put(b"x" * 7_000_000)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await cut_off()
    assert objects.count("a/b") == 0
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    with pytest.raises(Missing):
        await read(objects, "a/b/c")


async def test_a_folder_is_emptied_and_its_neighbours_stay(
    objects: Objects, tmp_path: Path
) -> None:
    account, person = new_id(), new_id()
    folder = person_folder(account, person)
    for name in (f"{folder}/one", f"{folder}/two", f"{folder}0/three"):
        await write(objects, name, b"x")
    (tmp_path / "files" / folder / "four#1").write_bytes(b"half")
    assert await asyncio.to_thread(objects.count, folder) == 2
    assert await asyncio.to_thread(objects.count, str(account)) == 3
    assert await asyncio.to_thread(objects.empty, folder) == 2
    assert objects.count(folder) == 0
    assert not (tmp_path / "files" / folder).exists()
    assert await read(objects, f"{folder}0/three") == b"x"
    assert objects.empty(folder) == 0


async def test_what_is_old_is_told_from_what_is_new(objects: Objects) -> None:
    await write(objects, "a/b/c", b"x")
    assert objects.older(now() - timedelta(minutes=5)) == []
    assert objects.older(now() + timedelta(minutes=5)) == ["a/b/c"]


async def test_half_written_parts_are_removed_when_they_are_old(
    objects: Objects, tmp_path: Path
) -> None:
    part = tmp_path / "files" / "a" / "b#1"
    part.parent.mkdir()
    part.write_bytes(b"half")
    assert objects.remove_parts(now() - timedelta(minutes=5)) == 0
    assert objects.remove_parts(now() + timedelta(minutes=5)) == 1
    assert not part.exists()


def test_it_is_tried_without_leaving_anything(objects: Objects, tmp_path: Path) -> None:
    objects.check()
    assert list((tmp_path / "files").iterdir()) == []


def test_another_folder_can_be_named(tmp_path: Path) -> None:
    named = settings(tmp_path, f"file://{tmp_path}/other%20place")
    assert folder_of(named) == tmp_path / "other place"
    Objects.open(named).check()
    assert (tmp_path / "other place").is_dir()
    assert folder_of(settings(tmp_path, "s3://bucket/folder")) is None


def test_what_cannot_be_opened_is_said_in_one_line_without_the_address(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    with pytest.raises(SettingError) as refused:
        Objects.open(settings(tmp_path, f"file://{tmp_path}/there/Quagga"))
    assert str(refused.value).startswith("CHATHAVEN_FILES_URL")
    assert "\n" not in str(refused.value)
    assert "Quagga" not in str(refused.value)
