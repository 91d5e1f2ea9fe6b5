"""The file of a backup: whole under its name or not there, and every part of it checked."""

from __future__ import annotations

import os
import resource
import signal
import stat
import zipfile
from pathlib import Path

import msgspec
import pytest

from chathaven.engines.backup import archive
from chathaven.engines.backup.archive import Manifest, Writer, opening, writing
from chathaven.engines.backup.rebuild import check_version
from chathaven.engines.backup.refused import BackupError
from chathaven.engines.ledger import Head
from chathaven.engines.vault.signing import Signing

DUMP = os.urandom(5_000)


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing.open(tmp_path / "signing.json")


def manifest(migration: str = "0001") -> Manifest:
    return Manifest(
        format=archive.FORMAT,
        chathaven="9.9.9",
        migration=migration,
        postgresql=180000,
        created_at="2026-11-23T12:00:00Z",
        counts={"chats": 3},
        without=["account_keys"],
        ledger=Head(2, "ab" * 32),
        parts=[],
    )


def fill(writer: Writer, signing: Signing, migration: str = "0001") -> None:
    with writer.part(archive.DUMP) as write:
        write(DUMP[:100])
        write(DUMP[100:])
    writer.whole(archive.VERSIONS, b"{}")
    writer.whole(archive.PUBLIC_KEYS, msgspec.json.encode(signing.public))
    writer.close(manifest(migration), signing)


@pytest.fixture
def made(tmp_path: Path, signing: Signing) -> Path:
    path = tmp_path / "one.backup"
    with writing(path) as writer:
        fill(writer, signing)
    return path


def checked(path: Path) -> Manifest:
    with opening(path) as opened:
        opened.check(lambda _done, _total: None)
        assert b"".join(opened.pieces(archive.DUMP)) == DUMP
        return opened.manifest


def test_comes_back_as_it_was(made: Path, signing: Signing) -> None:
    found = checked(made)
    assert found.counts == {"chats": 3}
    assert [part.name for part in found.parts] == [
        archive.DUMP,
        archive.VERSIONS,
        archive.PUBLIC_KEYS,
    ]
    with opening(made) as opened:
        assert opened.signed_by(signing.checker) == signing.key_id


def test_is_private(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_knows_whose_it_is(made: Path, tmp_path: Path) -> None:
    other = Signing.open(tmp_path / "other.json")
    with opening(made) as opened, pytest.raises(BackupError, match="not known here"):
        opened.signed_by(other.checker)


def regions(path: Path) -> dict[str, tuple[int, int]]:
    """Where in the file each part lies."""
    with zipfile.ZipFile(path) as whole:
        found = {}
        for each in whole.infolist():
            begin = each.header_offset + 30 + len(each.filename) + len(each.extra)
            # The header of a streamed part has an extra field of its own.
            body = path.read_bytes().find(whole.read(each), each.header_offset)
            found[each.filename] = (max(begin, body), each.file_size)
        return found


@pytest.mark.parametrize(
    "part", [archive.DUMP, archive.VERSIONS, archive.PUBLIC_KEYS, archive.MANIFEST]
)
def test_names_what_was_changed(made: Path, part: str) -> None:
    begin, size = regions(made)[part]
    whole = made.read_bytes()
    for at in range(begin, begin + size, max(1, size // 60)):
        if part == archive.MANIFEST and whole[at : at + 1].isspace():
            continue  # Between two words of JSON a space is as good as another.
        made.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BackupError, match="damaged"):
            checked(made)


def test_a_flip_anywhere_is_refused_or_changes_nothing(made: Path) -> None:
    whole = made.read_bytes()
    refused = 0
    for at in range(0, len(whole), 37):
        made.write_bytes(whole[:at] + bytes([whole[at] ^ 64]) + whole[at + 1 :])
        try:
            assert msgspec.structs.replace(checked(made), parts=[]) == manifest()
        except BackupError:
            refused += 1
    assert refused > len(whole) / 37 * 0.9


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_says_that_it_is_packed_is_refused(made: Path, way: int) -> None:
    whole = bytearray(made.read_bytes())
    entry = whole.find(b"PK\x01\x02")
    while entry >= 0:
        whole[entry + 10 : entry + 12] = way.to_bytes(2, "little")
        entry = whole.find(b"PK\x01\x02", entry + 4)
    made.write_bytes(whole)
    with pytest.raises(BackupError, match="damaged"):
        checked(made)


@pytest.mark.parametrize("left", [0, 1, 100, 5_000])
def test_a_cut_file_is_refused(made: Path, left: int) -> None:
    made.write_bytes(made.read_bytes()[:left])
    with pytest.raises(BackupError, match="damaged, or no backup"):
        checked(made)


def test_another_versions_schema_is_refused(tmp_path: Path, signing: Signing) -> None:
    path = tmp_path / "new.backup"
    with writing(path) as writer:
        fill(writer, signing, migration="9999")
    with (
        opening(path) as opened,
        pytest.raises(BackupError, match=r"made by Chathaven 9\.9\.9 with schema 9999"),
    ):
        check_version(opened)


def test_takes_no_name_that_is_taken(made: Path, signing: Signing) -> None:
    with pytest.raises(BackupError, match="exists already"), writing(made) as writer:
        fill(writer, signing)
    checked(made)


def test_nothing_is_left_of_one_that_failed(tmp_path: Path, signing: Signing) -> None:
    path = tmp_path / "half.backup"

    def fail() -> None:
        with writing(path) as writer:
            writer.whole(archive.VERSIONS, b"{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [each.name for each in tmp_path.iterdir()] == ["signing.json"]


def test_a_killed_one_leaves_no_file_of_the_name_and_is_swept_up(
    tmp_path: Path, signing: Signing
) -> None:
    path = tmp_path / "half.backup"
    child = os.fork()
    if child == 0:
        with writing(path) as writer:
            writer.whole(archive.VERSIONS, b"{}")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert not path.exists()
    assert len(list(tmp_path.glob("*.part"))) + len(list(tmp_path.glob(".*.part"))) >= 1
    with writing(path) as writer:
        fill(writer, signing)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["half.backup", "signing.json"]


def test_a_full_disk_leaves_nothing(tmp_path: Path, signing: Signing) -> None:
    path = tmp_path / "half.backup"
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
        try:
            with writing(path) as writer:
                fill(writer, signing)
        except OSError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert [each.name for each in tmp_path.iterdir()] == ["signing.json"]


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("hello", "world")
    with pytest.raises(BackupError, match="no backup of Chathaven"), opening(path):
        pass
    with zipfile.ZipFile(path, "w") as other:
        other.writestr(archive.MANIFEST, '{"format": "something-else"}')
    with pytest.raises(BackupError, match="format is not known"), opening(path):
        pass
