"""The same store in a bucket: what works in a folder works there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chathaven.base.clock import now
from chathaven.base.ids import new_id
from chathaven.base.settings import SettingError, Settings
from chathaven.engines.files.objects import Missing, Objects, person_folder
from tests.engines.files.bucket import Bucket, bucket_server


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with bucket_server() as running:
        for name, value in {
            "AWS_ENDPOINT": running.url,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "eu-central-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def objects(bucket: Bucket, tmp_path: Path) -> Objects:
    keyring = tmp_path / "keyring.json"
    made = Settings(tmp_path, "http://127.0.0.1:1", keyring, files_url="s3://files/chathaven")
    return Objects.open(made)


async def write(objects: Objects, name: str, data: bytes) -> None:
    async with objects.writing(name) as put:
        for start in range(0, len(data), 1_000_000):
            await put(data[start : start + 1_000_000])


async def read(objects: Objects, name: str) -> bytes:
    return b"".join([piece async for piece in objects.read(name)])


@pytest.mark.parametrize("size", [300, 12_000_000])
async def test_what_was_written_is_read_and_removed(
    objects: Objects, bucket: Bucket, size: int
) -> None:
    name = f"{person_folder(new_id(), new_id())}/object"
    data = os.urandom(size)
    await write(objects, name, data)
    # What is large comes in parts; no more than one waits in memory.
    assert bucket.parts_taken == (3 if size > 300 else 0)
    assert list(bucket.objects) == [f"chathaven/{name}"]
    assert await read(objects, name) == data
    await objects.remove([name, name])
    assert bucket.objects == {}
    with pytest.raises(Missing):
        await read(objects, name)


async def test_nothing_is_there_when_writing_ends_early(objects: Objects, bucket: Bucket) -> None:
    async def cut_off() -> None:
        async with objects.writing("a/b/c") as put:
            await put(b"x" * 7_000_000)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await cut_off()
    assert bucket.objects == {}


async def test_a_folder_is_emptied_and_its_neighbours_stay(
    objects: Objects, bucket: Bucket
) -> None:
    account, person, other = new_id(), new_id(), new_id()
    names = [f"{person_folder(account, who)}/{index}" for who in (person, other) for index in "ab"]
    for name in names:
        await write(objects, name, b"x")
    folder = person_folder(account, person)
    assert await asyncio.to_thread(objects.count, folder) == 2
    assert await asyncio.to_thread(objects.empty, folder) == 2
    assert await asyncio.to_thread(objects.count, folder) == 0
    assert await asyncio.to_thread(objects.count, str(account)) == 2
    assert objects.older(now() - timedelta(minutes=5)) == []
    assert sorted(objects.older(now() + timedelta(minutes=5))) == sorted(names[2:])
    assert objects.remove_parts(now()) == 0


def test_it_is_tried_without_leaving_anything(objects: Objects, bucket: Bucket) -> None:
    objects.check()
    assert bucket.objects == {}


def test_one_that_does_not_answer_is_said_in_one_line(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:1")
    keyring = tmp_path / "keyring.json"
    away = Settings(tmp_path, "http://127.0.0.1:1", keyring, files_url="s3://files/chathaven")
    with pytest.raises(SettingError, match="CHATHAVEN_FILES_URL"):
        Objects.open(away).check()
