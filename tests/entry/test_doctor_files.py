"""What `doctor` says of the store of files; it writes nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.files.objects import Objects
from chathaven.entry.cli.doctor_files import files


def settings(data: Path, files_url: str | None = None) -> Settings:
    return Settings(data, "http://127.0.0.1:1", data / "keyring.json", files_url=files_url)


def test_a_folder_before_and_after_the_first_start(tmp_path: Path) -> None:
    here = settings(tmp_path)
    assert str(files(here)).startswith("✓ Files")
    assert not (tmp_path / "files").exists()
    Objects.open(here)
    assert str(files(here)).endswith("(mode 0700); what is in it is encrypted")
    assert list((tmp_path / "files").iterdir()) == []


def test_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    here = settings(tmp_path)
    Objects.open(here)
    (tmp_path / "files").chmod(0o755)
    assert not files(here).well
    assert "chmod 700" in str(files(here))


def test_a_bucket_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "hunter2",
        "AWS_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    found = files(settings(tmp_path, "s3://bucket/folder"))
    assert not found.well
    assert "s3://bucket/folder does not answer" in str(found)
    assert "hunter2" not in str(found)
