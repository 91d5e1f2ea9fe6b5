"""Files of chats in backups and restores: sealed as they are, wherever the store is."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from chathaven.engines.backup.archive import FILES, opening
from tests.entry.backups import Past, chathaven, objects_of


def test_holds_files_sealed_as_they_are(past: Past) -> None:
    with opening(past.backup) as archive:
        assert archive.manifest.files == 8
        body = archive.whole(FILES)
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        held = {name: tar.extractfile(name) for name in tar.getnames()}
        sealed = {name: file.read() for name, file in held.items() if file is not None}
    there = objects_of(past.folder / "data")
    assert len(there) == 4, "two were erased since, and two deleted with their message"
    assert there < sealed.keys()
    for name in there:
        assert (past.folder / "data" / "files" / name).read_bytes() == sealed[name]
    for plain in past.files.values():
        assert plain[len(plain) // 2 :][:48] not in body


def test_files_elsewhere_stay_and_are_brought_there(past: Past, folder: Path) -> None:
    """A store outside the data folder keeps what it has, and gets what it has lost."""
    data, elsewhere = past.copy(folder / "here"), folder / "elsewhere"
    (data / "files").rename(elsewhere)
    lost = min(each for each in elsewhere.rglob("*") if each.is_file())
    body = lost.read_bytes()
    lost.unlink()
    later = elsewhere / lost.relative_to(elsewhere).parent / ("0" * 32)
    later.write_bytes(b"came after the backup")
    done = chathaven(
        "restore", "--data", data, "--yes", past.backup, CHATHAVEN_FILES_URL=elsewhere.as_uri()
    )
    assert done.returncode == 0, done.stderr
    assert lost.read_bytes() == body
    assert later.exists(), "what nothing names is swept by the server, an hour later"
    assert past.erased.visitor_id not in {each.name for each in elsewhere.rglob("*")}
    assert not (data / "files").exists()


def test_files_may_stay_out(past: Past, folder: Path) -> None:
    data, path = past.copy(folder / "here"), folder / "alone.backup"
    made = chathaven("backup", "--data", data, "--no-keys", "--no-files", path)
    assert made.returncode == 0, made.stderr
    assert "no files of chats" in made.stdout
    with opening(path) as archive:
        assert archive.manifest.files is None
        assert not archive.has(FILES)
    there = objects_of(data)
    done = chathaven("restore", "--data", data, "--yes", path)
    assert done.returncode == 0, done.stderr
    assert "those in the store stay as they are" in done.stdout
    assert objects_of(data) == there
