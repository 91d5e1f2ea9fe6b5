"""The keyring: made once, private, and refused in words when it is not what it should be."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chathaven.base.settings import SettingError
from chathaven.engines.vault.keyring import FORMAT, CannotUnwrap, Keyring, unwrap, wrap


def test_it_is_made_private_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keyring.json"
    made = Keyring.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    epoch, wrapped = made.wrap(b"k" * 32, b"here")
    assert Keyring.open(path).unwrap(epoch, wrapped, b"here") == b"k" * 32
    assert [each.name for each in path.parent.iterdir()] == ["keyring.json"]


def test_it_is_on_disk_before_it_takes_the_place_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a loss of power could leave neither; and the old one is written over."""
    path = tmp_path / "keyring.json"
    keyring, steps = Keyring.open(path), []
    sync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        steps.append(os.fstat(handle).st_ino)
        sync(handle)

    def named(draft: Path, target: Path) -> Path:
        steps.append(0)
        return replace(draft, target)

    with path.open("rb") as old:
        before = old.read()
        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(Path, "replace", named)
        keyring.roots.make(2)
        inodes = [path.stat().st_ino, 0, tmp_path.stat().st_ino, os.fstat(old.fileno()).st_ino]
        assert steps == inodes
        old.seek(0)
        assert old.read() not in {before, b""}


STARTER = """
import sys
from pathlib import Path
from chathaven.engines.vault.keyring import Keyring
print(flush=True)
sys.stdin.readline()
epoch, wrapped = Keyring.open(Path(sys.argv[1])).wrap(b"k" * 32, b"here")
print(epoch, wrapped.hex())
"""


def test_processes_that_start_together_hold_the_same_root(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in starters:
        assert each.stdout is not None
        each.stdout.readline()
    for each in starters:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    answers = [each.communicate(timeout=30)[0].split() for each in starters]
    keyring = Keyring.open(path)
    opened = [keyring.unwrap(int(epoch), bytes.fromhex(key), b"here") for epoch, key in answers]
    assert opened == [b"k" * 32] * 4


def test_a_draft_that_a_crash_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".keyring.json.{os.getpid()}").write_text("half a dra")
    assert Keyring.open(tmp_path / "keyring.json").current == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keyring.json"
    Keyring.open(path)
    path.chmod(mode)
    with pytest.raises(SettingError, match=rf"CHATHAVEN_KEYRING.*{mode:04o}.*0600"):
        Keyring.open(path)


ROOT = base64.b64encode(b"r" * 32).decode()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        '{"format": "chathaven-keyring-1"}',
        json.dumps({"format": "chathaven-keyring-9", "current": 1, "epochs": {"1": ROOT}}),
        json.dumps({"format": FORMAT, "current": 2, "epochs": {"1": ROOT}}),
        json.dumps({"format": FORMAT, "current": 1, "epochs": {"1": "c2hvcnQ="}}),
        json.dumps({"format": FORMAT, "current": 1, "epochs": {"one": ROOT}}),
        json.dumps({"format": FORMAT, "current": 1, "epochs": {"1": "!"}}),
        b"\xff\xfe\x00",
    ],
    ids=str,
)
def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "keyring.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)
    with pytest.raises(SettingError, match="CHATHAVEN_KEYRING") as caught:
        Keyring.open(path)
    assert ROOT not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_place_where_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="CHATHAVEN_KEYRING"):
        Keyring.open(tmp_path / "file" / "keyring.json")
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(SettingError, match="CHATHAVEN_KEYRING"):
        Keyring.open(tmp_path / "folder")


def test_a_wrapped_key_opens_only_for_its_place_epoch_and_root(tmp_path: Path) -> None:
    keyring = Keyring.open(tmp_path / "keyring.json")
    epoch, wrapped = keyring.wrap(b"k" * 32, b"here")
    with pytest.raises(CannotUnwrap):
        keyring.unwrap(epoch, wrapped, b"there")
    with pytest.raises(CannotUnwrap, match="epoch 2"):
        keyring.unwrap(2, wrapped, b"here")
    with pytest.raises(CannotUnwrap):
        Keyring.open(tmp_path / "other.json").unwrap(epoch, wrapped, b"here")


def test_every_flipped_bit_of_a_wrapped_key_is_noticed() -> None:
    key = os.urandom(32)
    wrapped = wrap(key, b"k" * 32, b"here")
    for bit in range(len(wrapped) * 8):
        altered = bytearray(wrapped)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotUnwrap):
            unwrap(key, bytes(altered), b"here")
    with pytest.raises(CannotUnwrap):
        unwrap(key, b"", b"here")
